// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {ICarbonCredits} from "./ICarbonCredits.sol";

/// @title What the registry said of credits since they were issued
/// @notice Labels, and the settlement of retired serials at the registry: what changes nobody's units. Only
/// custodians, who speak for the registry, write here.
interface ICreditRecords {
    /// @notice An attribute that a registry gives a credit for a time, such as CCP or CORSIA.
    /// @param name The label.
    /// @param from Unix seconds from which it holds.
    /// @param until Unix seconds from which it holds no more; 0 for open.
    struct Label {
        string name;
        uint40 from;
        uint40 until;
    }

    /// @notice Retired serials were retired at the registry too.
    /// @param tokenId The credit.
    /// @param firstSerial The first of them.
    /// @param lastSerial The last of them.
    /// @param registryReference Where the registry says so.
    event SerialsSettled(uint256 indexed tokenId, uint256 firstSerial, uint256 lastSerial, string registryReference);

    /// @notice A credit was given a label.
    /// @param tokenId The credit.
    /// @param index The label's place in `labelsOf`.
    /// @param name The label.
    /// @param from Unix seconds from which it holds.
    event LabelAdded(uint256 indexed tokenId, uint256 indexed index, string name, uint256 from);

    /// @notice A credit's label came to its end.
    /// @param tokenId The credit.
    /// @param index The label's place in `labelsOf`.
    /// @param until Unix seconds from which it holds no more.
    event LabelEnded(uint256 indexed tokenId, uint256 indexed index, uint256 until);

    /// @notice Serials through this one are not wholly retired, or are settled already.
    error SerialsNotSettleable(uint256 throughSerial, uint256 settledThrough, uint256 retiredThrough);

    /// @notice A credit has that many labels at most, those that ended among them.
    error TooManyLabels(uint256 tokenId, uint256 maxLabels);

    /// @notice There is no open label of that index.
    error UnknownLabel(uint256 tokenId, uint256 index);

    /// @notice Records that the registry retired serials that are wholly retired here; in order; by a custodian.
    /// @param tokenId The credit.
    /// @param throughSerial The last of them; they begin after those settled before. Serials among them that were
    /// cancelled before they were retired are none of the registry's retirements.
    /// @param registryReference Where the registry says so.
    function settleSerials(uint256 tokenId, uint256 throughSerial, string calldata registryReference) external;

    /// @notice Gives a credit a label; by a custodian.
    /// @param tokenId The credit.
    /// @param name The label; at most 64 bytes.
    /// @param from Unix seconds from which it holds.
    /// @return index Its place in `labelsOf`.
    function addLabel(uint256 tokenId, string calldata name, uint40 from) external returns (uint256 index);

    /// @notice Ends a credit's label; by a custodian.
    /// @param tokenId The credit.
    /// @param index Its place in `labelsOf`.
    /// @param until Unix seconds from which it holds no more.
    function endLabel(uint256 tokenId, uint256 index, uint40 until) external;

    /// @notice The labels of a credit, also those that ended.
    /// @param tokenId The credit.
    /// @return labels In the order in which they were given.
    function labelsOf(uint256 tokenId) external view returns (Label[] memory labels);

    /// @notice Whether a credit has a label at the moment.
    /// @param tokenId The credit.
    /// @param nameHash The keccak256 of the label's name.
    /// @return has True from the time from which it holds until it ends.
    function hasLabel(uint256 tokenId, bytes32 nameHash) external view returns (bool has);

    /// @notice The last serial of a credit that the registry retired too.
    /// @param tokenId The credit.
    /// @return serial 0 for none.
    function settledThrough(uint256 tokenId) external view returns (uint256 serial);

    /// @notice A credit as JSON, for its `uri`.
    /// @param tokenId The credit; reverts where it does not exist.
    /// @return dataUri A `data:application/json;base64,` URI.
    function documentOf(uint256 tokenId) external view returns (string memory dataUri);

    /// @notice The credits that are spoken of.
    /// @return credits Their contract.
    function carbonCredits() external view returns (ICarbonCredits credits);

    /// @notice What says who is a custodian.
    /// @return manager An AccessManager.
    function authority() external view returns (IAccessManager manager);
}
