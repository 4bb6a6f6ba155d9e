// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC8393} from "./IERC8393.sol";

/// @title Carbon credits whose ids are their serial numbers
/// @notice ERC-8393 credits. `projectId = registry << 64 | project number` and
/// `creditId = first serial << 64 | last serial`, so registry, project and serials can be read off a token id
/// without a call. A credit's retirements fill its serials from the first one on, without gap or overlap: each
/// retirement owns an exact span of serials, down to a fraction of one.
interface ICarbonCredits is IERC8393 {
    /// @notice One act of retirement.
    /// @param tokenId The credit it drew on.
    /// @param beneficiary For whom the units were retired.
    /// @param startUnits How many units of the credit had been retired before it.
    /// @param holder Whose units they were.
    /// @param units How many units it retired.
    struct Retirement {
        uint256 tokenId;
        address beneficiary;
        uint96 startUnits;
        address holder;
        uint96 units;
    }

    /// @notice The serials that a retirement owns. A serial is 10^8 units long, counted from 0.
    /// @param firstSerial The first serial it touches.
    /// @param firstOffsetUnits Where in that serial it starts.
    /// @param lastSerial The last serial it touches.
    /// @param lastEndUnits Where in that serial it ends (exclusive, 1 to 10^8).
    struct SerialSpan {
        uint256 firstSerial;
        uint256 firstOffsetUnits;
        uint256 lastSerial;
        uint256 lastEndUnits;
    }

    /// @notice Units were retired and own the `units` from `startUnits` on of the credit's serials.
    /// @param retirementId The retirement's number, from 1.
    /// @param tokenId The credit.
    /// @param beneficiary For whom.
    /// @param holder Whose units they were.
    /// @param agent Who called.
    /// @param startUnits How many units of the credit had been retired before.
    /// @param units How many units.
    event RetirementRecorded(
        uint256 indexed retirementId,
        uint256 indexed tokenId,
        address indexed beneficiary,
        address holder,
        address agent,
        uint256 startUnits,
        uint256 units
    );

    /// @notice A project or credit id has more than 128 bits.
    error IdTooLarge(uint256 projectId, uint256 creditId);

    /// @notice A project id names no registry or no project.
    error InvalidProject(uint256 registry, uint256 projectNumber);

    /// @notice A credit id is not a range of serials.
    error InvalidSerialRange(uint256 firstSerial, uint256 lastSerial);

    /// @notice Serials of the range are tokenised already.
    error SerialsOverlap(uint256 firstSerial, uint256 lastSerial, uint256 takenFirst, uint256 takenLast);

    /// @notice The credit was issued before.
    error CreditAlreadyIssued(uint256 tokenId);

    /// @notice The credit was never issued.
    error UnknownCredit(uint256 tokenId);

    /// @notice The metadata's `field` differs from the argument of that name.
    error MetadataMismatch(string field);

    /// @notice The amount is not what the range of serials stands for.
    error AmountDiffersFromSerials(uint256 amountUnits, uint256 serialsUnits);

    /// @notice The expiry does not fit 64 bits.
    error ExpiryTooLarge(uint256 expiry);

    /// @notice A retirement needs at least one unit.
    error NothingToRetire();

    /// @notice A retirement needs somebody it is for.
    error BeneficiaryMissing();

    /// @notice There is no retirement of that number.
    error UnknownRetirement(uint256 retirementId);

    /// @notice Retires units that `holder` has, for `beneficiary`. It cannot be undone.
    /// @param tokenId The credit.
    /// @param holder Whose units: the caller's, or of one who made the caller an operator.
    /// @param units How many.
    /// @param beneficiary For whom they count as offset; need not know of it.
    /// @return retirementId Its number, from 1.
    function retireFor(
        uint256 tokenId,
        address holder,
        uint256 units,
        address beneficiary
    ) external returns (uint256 retirementId);

    /// @notice The units retired for `beneficiary`, over all credits; never falls.
    /// @param beneficiary For whom.
    /// @return units How many.
    function retiredFor(address beneficiary) external view returns (uint256 units);

    /// @notice The units of a credit that are retired, for anyone.
    /// @param tokenId The credit.
    /// @return units How many.
    function retiredUnits(uint256 tokenId) external view returns (uint256 units);

    /// @notice How many retirements there are; the last one's number.
    /// @return count From 0.
    function retirementCount() external view returns (uint256 count);

    /// @notice A retirement by its number.
    /// @param retirementId From 1 to `retirementCount()`; reverts for another.
    /// @return retirement What was retired, and for whom.
    function getRetirement(uint256 retirementId) external view returns (Retirement memory retirement);

    /// @notice The serials that a retirement owns; no two retirements share any part of a serial.
    /// @param retirementId From 1 to `retirementCount()`; reverts for another.
    /// @return span From where to where.
    function serialSpanOf(uint256 retirementId) external view returns (SerialSpan memory span);
}
