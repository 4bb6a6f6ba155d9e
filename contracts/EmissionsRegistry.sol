// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {ICarbonCredits} from "../interfaces/ICarbonCredits.sol";
import {IEmissionsRegistry} from "../interfaces/IEmissionsRegistry.sol";
import {EmissionSums} from "./libraries/EmissionSums.sol";
import {RecordTree} from "./libraries/RecordTree.sol";
import {Units} from "./libraries/Units.sol";

/// @title What accounts have emitted by the gas they used
/// @notice Documented in IEmissionsRegistry. It alone knows who emitted what; what was retired it asks the credits.
contract EmissionsRegistry is IEmissionsRegistry, AccessManaged {
    using EmissionSums for uint256;
    using FixedPointMathLib for uint256;
    using SafeCast for uint256;

    /// @notice The shortest notice that a registry can be deployed with.
    uint256 public constant LEAST_NOTICE_SECONDS = 1 hours;

    /// @notice The longest.
    uint256 public constant MOST_NOTICE_SECONDS = 90 days;

    /// @notice How long after its notice a factor takes effect at most, so that none bars the next for ever.
    uint256 public constant MOST_LEAD_SECONDS = 90 days;

    /// @notice By how much one version moves a best estimate at most, up or down.
    uint256 public constant MOST_STEP_RATIO = 2;

    /// @dev The most that the field of the block number holds, and no chain's finality takes as long.
    uint256 private constant MOST_FINALITY_BLOCKS = 1_000_000;

    uint256 private constant VERSION_SHIFT = 232;
    uint256 private constant EFFECTIVE_AT_SHIFT = 192;
    uint256 private constant FIGURES_BITS = 96;
    uint256 private constant FIGURE_BITS = 48;

    /// @dev A word of EmissionSums, in a struct so that it can be found once and then read and written.
    struct Total {
        uint256 sums;
    }

    /// @dev More than any block holds, and with figures of 48 bits all fits the fields of EmissionSums.
    uint256 private constant MOST_GAS = 2 ** 40;

    /// @inheritdoc IEmissionsRegistry
    ICarbonCredits public immutable carbonCredits;

    /// @inheritdoc IEmissionsRegistry
    uint256 public immutable noticeSeconds;

    /// @inheritdoc IEmissionsRegistry
    uint256 public immutable finalityBlocks;

    /// @dev All that a record needs in one slot, from the left: a version (24 bits), the time from which on the next one
    /// holds in its stead (40), and the figures of both (96 each): picograms and picowatt-hours of a gas.
    uint256 private _binding;
    Factor[] private _factors;
    mapping(address account => Total) private _emissions;
    mapping(address account => mapping(uint256 index => Committed)) private _commitments;

    /// @inheritdoc IEmissionsRegistry
    mapping(address account => uint256 count) public commitmentCount;

    mapping(address account => mapping(address reporter => bool approved)) private _reporters;

    constructor(
        address authority,
        ICarbonCredits carbonCredits_,
        uint256 noticeSeconds_,
        uint256 finalityBlocks_
    ) AccessManaged(authority) {
        _requireWithin(noticeSeconds_, LEAST_NOTICE_SECONDS, MOST_NOTICE_SECONDS);
        _requireWithin(finalityBlocks_, 1, MOST_FINALITY_BLOCKS);
        carbonCredits = carbonCredits_;
        noticeSeconds = noticeSeconds_;
        finalityBlocks = finalityBlocks_;
    }

    /// @inheritdoc IEmissionsRegistry
    function publishFactor(
        Factor calldata factor,
        string calldata evidenceLocation,
        string calldata source
    ) external restricted returns (uint256 version) {
        uint256 nextEffectiveAt = uint40(_binding >> EFFECTIVE_AT_SHIFT);
        if (block.timestamp < nextEffectiveAt) revert FactorPending(_factors.length, nextEffectiveAt);
        uint256 earliest = block.timestamp + noticeSeconds;
        if (factor.effectiveAt < earliest || factor.effectiveAt > earliest + MOST_LEAD_SECONDS)
            revert EffectiveAtOutOfRange(factor.effectiveAt, earliest, earliest + MOST_LEAD_SECONDS);
        _requireFactor(factor);
        uint256 inForce = _factors.length;
        (, uint256 figures) = _figuresNow();
        // The first version has none to step from.
        if (inForce != 0) {
            _requireStep(factor.picogramsPerGas, figures >> FIGURE_BITS);
            _requireStep(factor.picowattHoursPerGas, uint48(figures));
        }

        uint256 nextFigures = (uint256(factor.picogramsPerGas) << FIGURE_BITS) | factor.picowattHoursPerGas;
        _binding =
            (inForce << VERSION_SHIFT) |
            (uint256(factor.effectiveAt) << EFFECTIVE_AT_SHIFT) |
            (figures << FIGURES_BITS) |
            nextFigures;
        _factors.push(factor);
        version = _factors.length;
        emit FactorPublished(version, factor, evidenceLocation, source);
    }

    /// @inheritdoc IEmissionsRegistry
    function record(uint256 gasUsed) external returns (uint256 co2eMicrograms) {
        (co2eMicrograms, ) = _record(msg.sender, _emissions[msg.sender], gasUsed, type(uint256).max);
    }

    /// @inheritdoc IEmissionsRegistry
    function recordSince(
        uint256 recordedGas,
        uint256 gasUsed
    ) external returns (uint256 co2eMicrograms, uint256 emittedCo2eMicrograms) {
        (co2eMicrograms, emittedCo2eMicrograms) = _record(msg.sender, _emissions[msg.sender], gasUsed, recordedGas);
        // As Solidity returns it, but that no memory is asked for: every mint pays for this.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(0x00, co2eMicrograms)
            mstore(0x20, emittedCo2eMicrograms)
            return(0x00, 0x40)
        }
    }

    /// @inheritdoc IEmissionsRegistry
    function recordFor(address account, uint256 gasUsed) external returns (uint256 co2eMicrograms) {
        _requireReporter(account);
        emit EmissionsReported(account, msg.sender);
        (co2eMicrograms, ) = _record(account, _emissions[account], gasUsed, type(uint256).max);
    }

    /// @inheritdoc IEmissionsRegistry
    function setReporter(address reporter, bool approved) external {
        _reporters[msg.sender][reporter] = approved;
        emit ReporterSet(msg.sender, reporter, approved);
    }

    /// @inheritdoc IEmissionsRegistry
    function commit(address account, Commitment calldata commitment) external returns (uint256 index) {
        _requireReporter(account);
        index = _requireNext(account, commitment);
        (uint256 sums, bytes32 root) = _requireTotals(commitment);
        _emissions[account].sums = _emissions[account].sums.add(sums);
        // The other half is for records, so that no reporter can bar an account's for ever.
        if (_emissions[account].sums.isHalfFull())
            revert CommitmentTooLarge(commitment.recordCount, commitment.gasUsed);
        _keep(account, index, commitment, root);
        emit EmissionsCommitted(
            account,
            index,
            commitment.factorVersion,
            commitment.firstBlock,
            commitment.lastBlock,
            commitment.lastBlockHash,
            commitment.recordCount,
            commitment.gasUsed,
            sums.energyPicowattHours(),
            commitment.co2eMicrograms,
            root,
            commitment.recordsHash
        );
    }

    /// @inheritdoc IEmissionsRegistry
    function proveTransaction(
        address account,
        uint256 index,
        EmissionRecord calldata record_,
        RecordProof calldata proof
    ) external view returns (bool) {
        Committed storage committed = _commitments[account][index];
        (uint256 blockNumber, uint256 gasUsed) = (record_.blockNumber, record_.gasUsed);
        // The totals are what the factor makes of the gas, and so has to be each part.
        return
            blockNumber >= committed.firstBlock &&
            blockNumber <= committed.lastBlock &&
            record_.energyPicowattHours == Units.energyPicowattHours(gasUsed, committed.picowattHoursPerGas) &&
            record_.co2eMicrograms == Units.co2eMicrogramsUp(gasUsed, committed.picogramsPerGas) &&
            RecordTree.verify(record_, proof, committed.root);
    }

    /// @inheritdoc IEmissionsRegistry
    function getCommitment(address account, uint256 index) external view returns (Committed memory) {
        return _commitments[account][index];
    }

    /// @inheritdoc IEmissionsRegistry
    function emittedBy(address account) public view returns (uint256) {
        return _emissions[account].sums.co2eMicrograms();
    }

    /// @inheritdoc IEmissionsRegistry
    function gasUsedBy(address account) external view returns (uint256) {
        return _emissions[account].sums.gasUsed();
    }

    /// @inheritdoc IEmissionsRegistry
    function emissionsOf(address account) external view returns (Emissions memory) {
        uint256 sums = _emissions[account].sums;
        return Emissions(sums.records(), sums.gasUsed(), sums.energyPicowattHours(), sums.co2eMicrograms());
    }

    /// @inheritdoc IEmissionsRegistry
    function outstanding(address account) external view returns (uint256) {
        uint256 emitted = emittedBy(account);
        uint256 offset = Units.co2eMicrograms(carbonCredits.offsetFor(account));
        return emitted > offset ? emitted - offset : 0;
    }

    /// @inheritdoc IEmissionsRegistry
    function factorVersion() external view returns (uint256) {
        (uint256 version, uint256 figures) = _figuresNow();
        return figures == 0 ? 0 : version;
    }

    /// @inheritdoc IEmissionsRegistry
    function factorCount() external view returns (uint256) {
        return _factors.length;
    }

    /// @inheritdoc IEmissionsRegistry
    function getFactor(uint256 version) external view returns (Factor memory) {
        return _factor(version);
    }

    /// @inheritdoc IEmissionsRegistry
    function isReporter(address account, address reporter) public view returns (bool) {
        return reporter == account || _reporters[account][reporter];
    }

    /// @dev What was recorded since `recordedGas` is left out of `gasUsed`.
    function _record(
        address account,
        Total storage total,
        uint256 gasUsed,
        uint256 recordedGas
    ) private returns (uint256 co2eMicrograms, uint256 emittedCo2eMicrograms) {
        if (gasUsed > block.gaslimit || gasUsed > MOST_GAS) revert GasExceedsBlock(gasUsed, block.gaslimit);
        (uint256 version, uint256 figures) = _figuresNow();
        if (figures == 0) revert NoFactorInForce();

        uint256 sums = total.sums;
        uint256 energyPicowattHours;
        gasUsed = gasUsed.zeroFloorSub(sums.gasUsed().zeroFloorSub(recordedGas));
        // As in Units, without its checks: these are figures of 48 bits, and gas of 40.
        unchecked {
            energyPicowattHours = gasUsed * uint48(figures);
            co2eMicrograms = (gasUsed * (figures >> FIGURE_BITS)).divUp(Units.PICOGRAMS_PER_MICROGRAM);
        }
        sums = sums.add(EmissionSums.one(gasUsed, energyPicowattHours, co2eMicrograms));
        total.sums = sums;
        emittedCo2eMicrograms = sums.co2eMicrograms();
        // As `emit EmissionsRecorded(account, version, gasUsed, energyPicowattHours, co2eMicrograms)`, at a tenth less:
        // every mint pays for this.
        bytes32 topic = EmissionsRecorded.selector;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let data := mload(0x40)
            mstore(data, version)
            mstore(add(data, 0x20), gasUsed)
            mstore(add(data, 0x40), energyPicowattHours)
            mstore(add(data, 0x60), co2eMicrograms)
            log2(data, 0x80, topic, account)
        }
    }

    function _keep(address account, uint256 index, Commitment calldata commitment, bytes32 root) private {
        Factor storage factor = _factors[commitment.factorVersion - 1];
        commitmentCount[account] = index + 1;
        _commitments[account][index] = Committed({
            root: root,
            firstBlock: uint256(commitment.firstBlock).toUint48(),
            lastBlock: uint256(commitment.lastBlock).toUint48(),
            factorVersion: commitment.factorVersion.toUint32(),
            picogramsPerGas: factor.picogramsPerGas,
            picowattHoursPerGas: factor.picowattHoursPerGas
        });
    }

    /// @dev The next factor takes the place of the last one by the clock alone; `publishFactor` writes it down.
    /// `figures` are picograms and picowatt-hours, zero before the first factor.
    function _figuresNow() private view returns (uint256 version, uint256 figures) {
        figures = _binding;
        version = figures >> VERSION_SHIFT;
        unchecked {
            if (block.timestamp < uint40(figures >> EFFECTIVE_AT_SHIFT)) figures >>= FIGURES_BITS;
            else ++version;
        }
        figures = uint96(figures);
    }

    function _factor(uint256 version) private view returns (Factor storage) {
        if (version == 0 || version > _factors.length) revert UnknownFactor(version);
        return _factors[version - 1];
    }

    function _requireNext(address account, Commitment calldata commitment) private view returns (uint256 index) {
        (uint256 firstBlock, uint256 lastBlock) = (commitment.firstBlock, commitment.lastBlock);
        if (lastBlock < firstBlock) revert RangeIsEmpty(firstBlock, lastBlock);
        uint256 finalBlock = block.number > finalityBlocks ? block.number - finalityBlocks : 0;
        if (lastBlock > finalBlock) revert RangeNotFinal(lastBlock, finalBlock);
        // Zero beyond the last 256 blocks: there, and so wherever finality takes longer, the hash goes unchecked.
        bytes32 blockHash = blockhash(lastBlock);
        if (blockHash != 0 && blockHash != commitment.lastBlockHash) revert WrongBlockHash(lastBlock, blockHash);

        index = commitmentCount[account];
        if (index == 0) return 0;
        Committed storage last = _commitments[account][index - 1];
        uint256 nextBlock = last.lastBlock + 1;
        if (firstBlock != nextBlock) revert RangeNotNext(firstBlock, nextBlock);
        if (commitment.factorVersion < last.factorVersion)
            revert FactorGoesBack(commitment.factorVersion, last.factorVersion);
    }

    /// @dev `n` roundings up of parts come to less than `n` more than one rounding up of the whole.
    function _requireTotals(Commitment calldata commitment) private view returns (uint256 sums, bytes32 root) {
        Factor storage factor = _factor(commitment.factorVersion);
        if (factor.effectiveAt > block.timestamp) revert UnknownFactor(commitment.factorVersion);
        (uint256 count, uint256 gasUsed, uint256 co2e) = (
            commitment.recordCount,
            commitment.gasUsed,
            commitment.co2eMicrograms
        );
        // The limit may have been higher then; by a factor of two it moves in 700 blocks at least.
        uint256 blocksGas = (uint256(commitment.lastBlock) - commitment.firstBlock + 1) * block.gaslimit * 2;
        if (gasUsed > blocksGas) revert GasExceedsBlock(gasUsed, blocksGas);

        uint256 least = Units.co2eMicrogramsUp(gasUsed, factor.picogramsPerGas);
        uint256 energyPicowattHours = Units.energyPicowattHours(gasUsed, factor.picowattHoursPerGas);
        bool isEmpty = count == 0;
        bool agrees =
            isEmpty
                ? gasUsed == 0 && co2e == 0 && commitment.topHash == 0
                : gasUsed >= count && co2e >= least && co2e < least + count;
        if (!agrees) revert TotalsContradict(count, gasUsed, co2e);
        sums = EmissionSums.pack(count, gasUsed, energyPicowattHours, co2e);
        root = isEmpty ? bytes32(0) : RecordTree.root(commitment.topHash, sums);
    }

    function _requireFactor(Factor calldata factor) private pure {
        if (factor.picogramsPerGas == 0 || factor.picowattHoursPerGas == 0) revert FactorIsZero();
        if (factor.evidenceHash == 0) revert EvidenceMissing();
        _requireOrder(factor.picogramsPerGasLower, factor.picogramsPerGas, factor.picogramsPerGasUpper);
        _requireOrder(factor.picowattHoursPerGasLower, factor.picowattHoursPerGas, factor.picowattHoursPerGasUpper);
    }

    function _requireReporter(address account) private view {
        if (!isReporter(account, msg.sender)) revert NotReporter(account, msg.sender);
    }

    function _requireOrder(uint256 lower, uint256 best, uint256 upper) private pure {
        if (lower > best || best > upper) revert BoundsOutOfOrder(lower, best, upper);
    }

    function _requireStep(uint256 figure, uint256 inForce) private pure {
        if (figure > inForce * MOST_STEP_RATIO || inForce > figure * MOST_STEP_RATIO)
            revert StepTooLarge(figure, inForce);
    }

    function _requireWithin(uint256 value, uint256 least, uint256 most) private pure {
        if (value < least || value > most) revert InvalidParameter(value, least, most);
    }
}
