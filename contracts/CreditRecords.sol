// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {ICarbonCredits} from "../interfaces/ICarbonCredits.sol";
import {ICreditRecords} from "../interfaces/ICreditRecords.sol";
import {CreditJson} from "./libraries/CreditJson.sol";
import {RetirementIds} from "./libraries/RetirementIds.sol";
import {Roles} from "./libraries/Roles.sol";
import {TextLimits} from "./libraries/TextLimits.sol";
import {TokenIds} from "./libraries/TokenIds.sol";
import {Units} from "./libraries/Units.sol";

/// @title What the registry said of credits since they were issued
/// @notice Documented in ICreditRecords. It alone knows labels and settlements.
contract CreditRecords is ICreditRecords {
    /// @notice The longest label, in bytes.
    uint256 public constant MAX_LABEL_BYTES = 64;

    /// @notice How many labels a credit can have, so that its document stays readable.
    uint256 public constant MAX_LABELS = 32;

    /// @notice The longest reference, in bytes.
    uint256 public constant MAX_REFERENCE_BYTES = 256;

    /// @inheritdoc ICreditRecords
    ICarbonCredits public immutable carbonCredits;

    /// @inheritdoc ICreditRecords
    IAccessManager public immutable authority;

    /// @inheritdoc ICreditRecords
    mapping(uint256 tokenId => uint256 serial) public settledThrough;

    mapping(uint256 tokenId => Label[]) private _labels;

    modifier onlyCustodian() {
        (bool isCustodian, uint32 delay) = authority.hasRole(Roles.CUSTODIAN, msg.sender);
        if (!isCustodian || delay != 0) revert ICarbonCredits.NotCustodian(msg.sender);
        _;
    }

    constructor(IAccessManager authority_, ICarbonCredits carbonCredits_) {
        authority = authority_;
        carbonCredits = carbonCredits_;
    }

    /// @inheritdoc ICreditRecords
    function settleSerials(
        uint256 tokenId,
        uint256 throughSerial,
        string calldata registryReference
    ) external onlyCustodian {
        TextLimits.requireShort("registryReference", registryReference, MAX_REFERENCE_BYTES);
        (uint256 creditFirst, ) = TokenIds.serialsOf(tokenId);
        uint256 passedSerials = carbonCredits.stateOf(tokenId).passedUnits / Units.UNITS_PER_TONNE;
        uint256 retiredThrough = creditFirst + passedSerials - 1;
        uint256 settledBefore = settledThrough[tokenId];
        if (settledBefore == 0) settledBefore = creditFirst - 1;
        if (throughSerial <= settledBefore || throughSerial > retiredThrough) {
            revert SerialsNotSettleable(throughSerial, settledBefore, retiredThrough);
        }
        settledThrough[tokenId] = throughSerial;
        emit SerialsSettled(tokenId, settledBefore + 1, throughSerial, registryReference);
        carbonCredits.certificates().noteChanges(tokenId);
    }

    /// @inheritdoc ICreditRecords
    function addLabel(
        uint256 tokenId,
        string calldata name,
        uint40 from
    ) external onlyCustodian returns (uint256 index) {
        TextLimits.requireShort("name", name, MAX_LABEL_BYTES);
        if (!carbonCredits.tokenExists(tokenId)) revert ICarbonCredits.UnknownCredit(tokenId);
        index = _labels[tokenId].length;
        if (index == MAX_LABELS) revert TooManyLabels(tokenId, MAX_LABELS);
        _labels[tokenId].push(Label(name, from, 0));
        emit LabelAdded(tokenId, index, name, from);
    }

    /// @inheritdoc ICreditRecords
    function endLabel(uint256 tokenId, uint256 index, uint40 until) external onlyCustodian {
        if (index >= _labels[tokenId].length) revert UnknownLabel(tokenId, index);
        Label storage label = _labels[tokenId][index];
        if (label.until != 0) revert UnknownLabel(tokenId, index);
        if (until == 0 || until < label.from) revert ICarbonCredits.PeriodReversed(label.from, until);
        label.until = until;
        emit LabelEnded(tokenId, index, until);
    }

    /// @inheritdoc ICreditRecords
    function labelsOf(uint256 tokenId) public view returns (Label[] memory) {
        return _labels[tokenId];
    }

    /// @inheritdoc ICreditRecords
    function hasLabel(uint256 tokenId, bytes32 nameHash) external view returns (bool) {
        Label[] storage labels = _labels[tokenId];
        uint256 count = labels.length;
        for (uint256 i = 0; i < count; ++i) {
            Label storage label = labels[i];
            (uint40 from, uint40 until) = (label.from, label.until);
            bool holds = block.timestamp >= from && (until == 0 || block.timestamp < until);
            if (holds && keccak256(bytes(label.name)) == nameHash) return true;
        }
        return false;
    }

    /// @inheritdoc ICreditRecords
    function documentOf(uint256 tokenId) external view returns (string memory) {
        ICarbonCredits.CreditState memory state = carbonCredits.stateOf(tokenId);
        uint256 allOfIt = RetirementIds.encode(tokenId, 0, TokenIds.unitsOf(tokenId));
        return
            CreditJson.dataUri(
                tokenId,
                carbonCredits.getMetadata(tokenId),
                CreditJson.CreditState({
                    retiredUnits: state.retiredUnits,
                    redeemedUnits: state.redeemedUnits,
                    invalidUnits: carbonCredits.invalidUnitsOf(tokenId, allOfIt),
                    leftUnits: state.availableUnits,
                    suspended: carbonCredits.suspendedUntil(tokenId) != 0,
                    evidenceHash: carbonCredits.evidenceHashOf(tokenId),
                    labels: labelsOf(tokenId)
                })
            );
    }
}
