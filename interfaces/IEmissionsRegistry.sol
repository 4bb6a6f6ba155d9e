// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICarbonCredits} from "./ICarbonCredits.sol";

/// @title What accounts have emitted by the gas they used
/// @notice Gas times the factor in force is CO2e, rounded up to the microgram. The event stands in the receipt of
/// the transaction that it is about, so the receipt itself carries gas, energy, CO2e and the factor's version.
interface IEmissionsRegistry {
    /// @notice Energy and CO2e of one gas: best estimate, and bounds.
    /// @param picogramsPerGas CO2e, the best estimate; this is what is charged.
    /// @param picowattHoursPerGas Energy, the best estimate.
    /// @param publishedAt Unix seconds of its publication, set by the registry; it is in force from then on.
    /// @param picogramsPerGasLower CO2e, lower bound.
    /// @param picogramsPerGasUpper CO2e, upper bound.
    /// @param picowattHoursPerGasLower Energy, lower bound.
    /// @param picowattHoursPerGasUpper Energy, upper bound.
    /// @param evidenceHash SHA-256 of the evidence document from which anyone can recompute the factor.
    struct Factor {
        uint64 picogramsPerGas;
        uint64 picowattHoursPerGas;
        uint64 publishedAt;
        uint64 picogramsPerGasLower;
        uint64 picogramsPerGasUpper;
        uint64 picowattHoursPerGasLower;
        uint64 picowattHoursPerGasUpper;
        bytes32 evidenceHash;
    }

    /// @notice All that an account has recorded.
    /// @param co2eMicrograms CO2e.
    /// @param energyPicowattHours Energy.
    /// @param gasUsed Gas.
    struct Emissions {
        uint96 co2eMicrograms;
        uint96 energyPicowattHours;
        uint64 gasUsed;
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

    /// @notice A factor was published and is in force from now on.
    /// @param version Its version, from 1.
    /// @param factor The factor.
    /// @param source The model, grid and data it comes from, in words.
    event FactorPublished(uint256 indexed version, Factor factor, string source);

    /// @notice `account` recorded gas used in this very transaction.
    /// @param account Whose emissions.
    /// @param factorVersion The version of the factor in force.
    /// @param gasUsed Gas.
    /// @param energyPicowattHours Energy: gas times the factor's best estimate.
    /// @param co2eMicrograms CO2e: gas times the factor's best estimate, rounded up.
    event EmissionsRecorded(
        address indexed account,
        uint256 indexed factorVersion,
        uint256 gasUsed,
        uint256 energyPicowattHours,
        uint256 co2eMicrograms
    );

    /// @notice No factor was published yet.
    error NoFactorInForce();

    /// @notice There is no factor of that version.
    error UnknownFactor(uint256 version);

    /// @notice A factor of zero would let emissions go unrecorded.
    error FactorIsZero();

    /// @notice A best estimate lies outside of its bounds.
    error BoundsOutOfOrder(uint256 lower, uint256 best, uint256 upper);

    /// @notice No transaction can have used more gas than its block holds.
    error GasExceedsBlock(uint256 gasUsed, uint256 blockGasLimit);

    /// @notice Publishes the next version of the factor; it is in force at once, and never changes.
    /// @param factor The factor; its `publishedAt` is ignored.
    /// @param source The model, grid and data it comes from, in words.
    /// @return version Its version, from 1.
    function publishFactor(Factor calldata factor, string calldata source) external returns (uint256 version);

    /// @notice Records gas that the caller used in this transaction, at the factor in force.
    /// @param gasUsed How much; what earlier calls in the same transaction recorded comes on top.
    /// @return co2eMicrograms What it emitted.
    function record(uint256 gasUsed) external returns (uint256 co2eMicrograms);

    /// @notice The CO2e that an account has emitted, gross.
    /// @param account Whose.
    /// @return co2eMicrograms How much.
    function emittedBy(address account) external view returns (uint256 co2eMicrograms);

    /// @notice The gas that an account has recorded.
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

    /// @notice A factor by its version.
    /// @param version From 1 to `factorVersion()`; reverts for another.
    /// @return factor The factor.
    function getFactor(uint256 version) external view returns (Factor memory factor);

    /// @notice The credits whose retirements count against emissions.
    /// @return credits Their contract.
    function carbonCredits() external view returns (ICarbonCredits credits);
}
