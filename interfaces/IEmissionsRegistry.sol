// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICarbonCredits} from "./ICarbonCredits.sol";

/// @title What accounts have emitted by the gas they used
/// @notice Gas times a factor is CO2e, rounded up to the microgram. It comes in on two ways, into one total a source:
/// recorded in the very transaction that used the gas, whose receipt then carries gas, energy, CO2e and the factor's
/// version; or committed afterwards, a range of blocks at a time, as the root of a tree from which every transaction
/// proves itself. A source is an account: its transactions are those sent by it, sent to it, or that created it.
interface IEmissionsRegistry {
    /// @notice Energy and CO2e of one gas: best estimate, and bounds. 48 bits hold 281 g and 281 Wh of one gas.
    /// @param picogramsPerGas CO2e, the best estimate; this is what is charged.
    /// @param picowattHoursPerGas Energy, the best estimate.
    /// @param effectiveAt Unix seconds from which it is in force.
    /// @param picogramsPerGasLower CO2e, lower bound.
    /// @param picogramsPerGasUpper CO2e, upper bound.
    /// @param picowattHoursPerGasLower Energy, lower bound.
    /// @param picowattHoursPerGasUpper Energy, upper bound.
    /// @param evidenceHash SHA-256 of the evidence document, data and method, from which anyone can recompute it.
    struct Factor {
        uint48 picogramsPerGas;
        uint48 picowattHoursPerGas;
        uint40 effectiveAt;
        uint48 picogramsPerGasLower;
        uint48 picogramsPerGasUpper;
        uint48 picowattHoursPerGasLower;
        uint48 picowattHoursPerGasUpper;
        bytes32 evidenceHash;
    }

    /// @notice All that an account has emitted, on either way.
    /// @param recordCount How many records, and transactions that were committed.
    /// @param gasUsed Gas.
    /// @param energyPicowattHours Energy.
    /// @param co2eMicrograms CO2e.
    struct Emissions {
        uint256 recordCount;
        uint256 gasUsed;
        uint256 energyPicowattHours;
        uint256 co2eMicrograms;
    }

    /// @notice What a source says of its transactions in a range of blocks.
    /// @param firstBlock The first block; the one after its last commitment's last.
    /// @param lastBlock The last block; it has to be final.
    /// @param lastBlockHash That block's hash, so that nothing is committed of a chain that was given up.
    /// @param factorVersion The factor by which all of it is charged.
    /// @param recordCount How many transactions are in the tree.
    /// @param gasUsed Their gas, less what was recorded in them already.
    /// @param co2eMicrograms Their CO2e, each rounded up by itself.
    /// @param topHash The hash at the tree's top; zero where there are no transactions.
    /// @param recordsHash SHA-256 of the file that lists them.
    struct Commitment {
        uint64 firstBlock;
        uint64 lastBlock;
        bytes32 lastBlockHash;
        uint256 factorVersion;
        uint256 recordCount;
        uint256 gasUsed;
        uint256 co2eMicrograms;
        bytes32 topHash;
        bytes32 recordsHash;
    }

    /// @notice What is kept of a commitment; the rest is in its event.
    /// @param root Binds the transactions and their number, gas, energy and CO2e; zero where there are none.
    /// @param firstBlock The first block.
    /// @param lastBlock The last block.
    /// @param factorVersion The factor by which all of it is charged.
    /// @param picogramsPerGas CO2e by that factor.
    /// @param picowattHoursPerGas Energy by that factor.
    struct Committed {
        bytes32 root;
        uint48 firstBlock;
        uint48 lastBlock;
        uint32 factorVersion;
        uint48 picogramsPerGas;
        uint48 picowattHoursPerGas;
    }

    /// @notice What one transaction of a source emitted: one record of a commitment.
    /// @param transactionHash Its hash.
    /// @param blockNumber Its block.
    /// @param gasUsed Gas, less what the source metered in it; below 2^56.
    /// @param energyPicowattHours Energy: gas times the factor's best estimate; below 2^88.
    /// @param co2eMicrograms CO2e: gas times the factor's best estimate, rounded up; below 2^80.
    struct EmissionRecord {
        bytes32 transactionHash;
        uint64 blockNumber;
        uint256 gasUsed;
        uint256 energyPicowattHours;
        uint256 co2eMicrograms;
    }

    /// @notice A node of a commitment's tree, beside the way from a record to the root.
    /// @param hash Its hash.
    /// @param sums What the records below it add up to:
    /// `recordCount (32 bits) | gasUsed (56) | energyPicowattHours (88) | co2eMicrograms (80)`.
    struct Sibling {
        bytes32 hash;
        uint256 sums;
    }

    /// @notice Shows that a record is part of a commitment.
    /// @param index Which of its records, from 0, in the order of the chain.
    /// @param recordCount How many records the commitment has.
    /// @param siblings From the record up.
    struct RecordProof {
        uint256 index;
        uint256 recordCount;
        Sibling[] siblings;
    }

    /// @notice A factor was announced: it is in force from its `effectiveAt` on, and never changes.
    /// @param version Its version, from 1.
    /// @param factor The factor.
    /// @param evidenceLocation Where its evidence document is.
    /// @param source The model, grid and data it comes from, in words.
    event FactorPublished(uint256 indexed version, Factor factor, string evidenceLocation, string source);

    /// @notice Gas that `account` used in this very transaction was recorded; where it did not do so itself, an
    /// `EmissionsReported` comes before.
    /// @param account Whose emissions.
    /// @param factorVersion The version of the factor in force.
    /// @param gasUsed Gas.
    /// @param energyPicowattHours Energy: gas times the factor's best estimate.
    /// @param co2eMicrograms CO2e: gas times the factor's best estimate, rounded up.
    event EmissionsRecorded(
        address indexed account,
        uint256 factorVersion,
        uint256 gasUsed,
        uint256 energyPicowattHours,
        uint256 co2eMicrograms
    );

    /// @notice `reporter`, whom `account` approved, records for it what the next event says.
    /// @param account Whose emissions.
    /// @param reporter Who records them.
    event EmissionsReported(address indexed account, address indexed reporter);

    /// @notice What `account` emitted in a range of blocks, beyond what was recorded in them, was committed.
    /// @param account Whose emissions.
    /// @param index Which of its commitments this is, from 0.
    /// @param factorVersion The version of the factor by which it is charged.
    /// @param firstBlock The first block.
    /// @param lastBlock The last block.
    /// @param lastBlockHash The last block's hash.
    /// @param recordCount How many transactions.
    /// @param gasUsed Gas.
    /// @param energyPicowattHours Energy.
    /// @param co2eMicrograms CO2e.
    /// @param root Binds the transactions and these totals.
    /// @param recordsHash SHA-256 of the file that lists the transactions.
    event EmissionsCommitted(
        address indexed account,
        uint256 indexed index,
        uint256 indexed factorVersion,
        uint256 firstBlock,
        uint256 lastBlock,
        bytes32 lastBlockHash,
        uint256 recordCount,
        uint256 gasUsed,
        uint256 energyPicowattHours,
        uint256 co2eMicrograms,
        bytes32 root,
        bytes32 recordsHash
    );

    /// @notice `account` lets `reporter` record and commit for it, or does so no more.
    /// @param account Whose emissions.
    /// @param reporter Who.
    /// @param approved Whether from now on.
    event ReporterSet(address indexed account, address indexed reporter, bool approved);

    /// @notice No factor is in force yet.
    error NoFactorInForce();

    /// @notice There is no factor of that version, or it is not in force yet.
    error UnknownFactor(uint256 version);

    /// @notice A factor of zero would let emissions go unrecorded.
    error FactorIsZero();

    /// @notice A factor has to rest on evidence.
    error EvidenceMissing();

    /// @notice A best estimate lies outside of its bounds.
    error BoundsOutOfOrder(uint256 lower, uint256 best, uint256 upper);

    /// @notice A factor that was announced is not in force yet; the next can be announced from then on.
    error FactorPending(uint256 version, uint256 effectiveAt);

    /// @notice A factor has to be announced at least `noticeSeconds` before it binds, and not for a far future.
    error EffectiveAtOutOfRange(uint256 effectiveAt, uint256 earliest, uint256 latest);

    /// @notice One version moves a best estimate to the double or the half at most.
    error StepTooLarge(uint256 figure, uint256 figureInForce);

    /// @notice The notice or the finality that the registry was to be deployed with makes no sense.
    error InvalidParameter(uint256 value, uint256 least, uint256 most);

    /// @notice No transaction can have used more gas than its block holds, nor those of a range more than twice what as
    /// many blocks hold now.
    error GasExceedsBlock(uint256 gasUsed, uint256 blockGasLimit);

    /// @notice `account` has not approved `reporter`.
    error NotReporter(address account, address reporter);

    /// @notice A commitment has to go on where the account's last one ended: no overlap, and no gap.
    error RangeNotNext(uint256 firstBlock, uint256 nextBlock);

    /// @notice A range ends before it begins.
    error RangeIsEmpty(uint256 firstBlock, uint256 lastBlock);

    /// @notice A range ends in a block that may still be given up.
    error RangeNotFinal(uint256 lastBlock, uint256 finalBlock);

    /// @notice The last block of the range is another on this chain.
    error WrongBlockHash(uint256 lastBlock, bytes32 blockHash);

    /// @notice A range is charged by an older factor than the one before it.
    error FactorGoesBack(uint256 factorVersion, uint256 lastFactorVersion);

    /// @notice The totals contradict each other: CO2e is not what the factor makes of the gas, to the rounding of each
    /// transaction, or there is gas without a transaction.
    error TotalsContradict(uint256 recordCount, uint256 gasUsed, uint256 co2eMicrograms);

    /// @notice Beyond half of what an account's sums can hold nothing is committed, so that it can still record.
    error CommitmentTooLarge(uint256 recordCount, uint256 gasUsed);

    /// @notice Announces the next version of the factor.
    /// @dev Who sent a wrong one corrects it with the next version, once the wrong one is in force.
    /// @param factor The factor, and from when on it is to be in force.
    /// @param evidenceLocation Where its evidence document is.
    /// @param source The model, grid and data it comes from, in words.
    /// @return version Its version, from 1.
    function publishFactor(
        Factor calldata factor,
        string calldata evidenceLocation,
        string calldata source
    ) external returns (uint256 version);

    /// @notice Records gas that the caller used in this transaction, at the factor in force.
    /// @param gasUsed How much; what earlier calls in the same transaction recorded comes on top.
    /// @return co2eMicrograms What it emitted.
    function record(uint256 gasUsed) external returns (uint256 co2eMicrograms);

    /// @notice Records gas that the caller used in this transaction, less what it has recorded since a moment before:
    /// so what runs inside of something that is measured is not recorded twice.
    /// @param recordedGas What `gasUsedBy` the caller was at that moment.
    /// @param gasUsed How much, with all that was recorded since.
    /// @return co2eMicrograms What it emitted.
    /// @return emittedCo2eMicrograms What `emittedBy` the caller is with it.
    function recordSince(
        uint256 recordedGas,
        uint256 gasUsed
    ) external returns (uint256 co2eMicrograms, uint256 emittedCo2eMicrograms);

    /// @notice Records gas that `account` used in this transaction; the caller is a reporter whom it approved.
    /// @param account Whose emissions.
    /// @param gasUsed How much; what earlier calls in the same transaction recorded comes on top.
    /// @return co2eMicrograms What it emitted.
    function recordFor(address account, uint256 gasUsed) external returns (uint256 co2eMicrograms);

    /// @notice Commits what `account` emitted in a range of blocks beyond what was recorded in them. The caller is the
    /// account, or a reporter whom it approved.
    /// @dev Warning: what a transaction recorded itself must not be in the tree again, which no contract can see:
    /// `gasprint report` leaves it out, and an audit finds it.
    /// @param account Whose emissions.
    /// @param commitment The range, the totals, and the tree.
    /// @return index Which of its commitments this is, from 0.
    function commit(address account, Commitment calldata commitment) external returns (uint256 index);

    /// @notice Lets `reporter` record and commit for the caller, or no more.
    /// @dev Warning: what a reporter charges stands for ever, and no contract can see whether it is true. It can make
    /// the caller owe more than all its credits, which a settlement then retires.
    /// @param reporter Who.
    /// @param approved Whether from now on.
    function setReporter(address reporter, bool approved) external;

    /// @notice Whether `reporter` may record and commit for `account`: it is the account, or was approved by it.
    /// @param account Whose emissions.
    /// @param reporter Who.
    /// @return approved Whether.
    function isReporter(address account, address reporter) external view returns (bool approved);

    /// @notice Whether a commitment of `account` holds a transaction, with just these figures.
    /// @param account Whose emissions.
    /// @param index Which of its commitments.
    /// @param record_ The transaction and what it emitted.
    /// @param proof Its place in the tree, and the way up.
    /// @return proven Whether.
    function proveTransaction(
        address account,
        uint256 index,
        EmissionRecord calldata record_,
        RecordProof calldata proof
    ) external view returns (bool proven);

    /// @notice How many commitments `account` has.
    /// @param account Whose.
    /// @return count How many.
    function commitmentCount(address account) external view returns (uint256 count);

    /// @notice A commitment of `account`.
    /// @param account Whose.
    /// @param index From 0; all is zero of one that is not there.
    /// @return committed What is kept of it.
    function getCommitment(address account, uint256 index) external view returns (Committed memory committed);

    /// @notice The CO2e that an account has emitted, gross.
    /// @param account Whose.
    /// @return co2eMicrograms How much.
    function emittedBy(address account) external view returns (uint256 co2eMicrograms);

    /// @notice The gas that an account has recorded and committed.
    /// @param account Whose.
    /// @return gasUsed How much.
    function gasUsedBy(address account) external view returns (uint256 gasUsed);

    /// @notice Gas, energy and CO2e of an account, gross.
    /// @param account Whose.
    /// @return emissions How much.
    function emissionsOf(address account) external view returns (Emissions memory emissions);

    /// @notice What is emitted and not yet retired: `emittedBy − offsetFor · 10,000`, never below zero. What was
    /// retired in excess stays in the account's favour.
    /// @param account Whose.
    /// @return co2eMicrograms How much.
    function outstanding(address account) external view returns (uint256 co2eMicrograms);

    /// @notice The version of the factor in force; 0 before the first.
    /// @return version Its version.
    function factorVersion() external view returns (uint256 version);

    /// @notice How many versions were announced; the last may not be in force yet.
    /// @return count How many.
    function factorCount() external view returns (uint256 count);

    /// @notice A factor by its version.
    /// @param version From 1 to `factorCount()`; reverts for another.
    /// @return factor The factor.
    function getFactor(uint256 version) external view returns (Factor memory factor);

    /// @notice How long before it binds a factor has to be announced, the first one too. Nobody can change it.
    /// @return seconds_ How long.
    function noticeSeconds() external view returns (uint256 seconds_);

    /// @notice How many blocks have to follow on one before it can be committed. Nobody can change it.
    /// @return blocks How many.
    function finalityBlocks() external view returns (uint256 blocks);

    /// @notice The credits whose retirements count against emissions.
    /// @return credits Their contract.
    function carbonCredits() external view returns (ICarbonCredits credits);
}
