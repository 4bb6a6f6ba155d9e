// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {DataSuffix} from "../libraries/DataSuffix.sol";
import {IEmissionsRegistry} from "../../interfaces/IEmissionsRegistry.sol";
import {EmissionSums} from "../libraries/EmissionSums.sol";
import {RecordTree} from "../libraries/RecordTree.sol";
import {RetirementIds} from "../libraries/RetirementIds.sol";
import {TokenIds} from "../libraries/TokenIds.sol";
import {Units} from "../libraries/Units.sol";

/// @dev Makes the libraries callable, for the vectors that Python is held to as well.
contract LibrariesHarness {
    event Proven();

    error NotProven();

    function co2eMicrogramsUp(uint256 gasUsed, uint256 picogramsPerGas) external pure returns (uint256) {
        return Units.co2eMicrogramsUp(gasUsed, picogramsPerGas);
    }

    function energyPicowattHours(uint256 gasUsed, uint256 picowattHoursPerGas) external pure returns (uint256) {
        return Units.energyPicowattHours(gasUsed, picowattHoursPerGas);
    }

    function unitsUp(uint256 co2eMicrograms) external pure returns (uint256) {
        return Units.unitsUp(co2eMicrograms);
    }

    function co2eMicrograms(uint256 units) external pure returns (uint256) {
        return Units.co2eMicrograms(units);
    }

    function unitsOfSerials(uint256 firstSerial, uint256 lastSerial) external pure returns (uint256) {
        return Units.unitsOfSerials(firstSerial, lastSerial);
    }

    function costUp(uint256 units, uint256 pricePerTonne) external pure returns (uint256) {
        return Units.costUp(units, pricePerTonne);
    }

    function unitsFor(uint256 amount, uint256 pricePerTonne) external pure returns (uint256) {
        return Units.unitsFor(amount, pricePerTonne);
    }

    function encode(uint256 projectId, uint256 creditId) external pure returns (uint256) {
        return TokenIds.encode(projectId, creditId);
    }

    function registryOf(uint256 tokenId) external pure returns (uint256) {
        return TokenIds.registryOf(tokenId);
    }

    function projectNumberOf(uint256 tokenId) external pure returns (uint256) {
        return TokenIds.projectNumberOf(tokenId);
    }

    function serialsOf(uint256 tokenId) external pure returns (uint256, uint256) {
        return TokenIds.serialsOf(tokenId);
    }

    function retirementId(uint256 tokenId, uint256 startUnits, uint256 units) external pure returns (uint256) {
        return RetirementIds.encode(tokenId, startUnits, units);
    }

    function spanOf(uint256 retirementId_) external pure returns (ICarbonCredits.SerialSpan memory) {
        return RetirementIds.spanOf(retirementId_);
    }

    function leafHash(IEmissionsRegistry.EmissionRecord calldata record) external pure returns (bytes32, uint256) {
        return RecordTree.leafHash(record);
    }

    function nodeHash(
        IEmissionsRegistry.Sibling calldata left,
        IEmissionsRegistry.Sibling calldata right
    ) external pure returns (bytes32, uint256) {
        return (
            RecordTree.nodeHash(left.hash, left.sums, right.hash, right.sums),
            EmissionSums.add(left.sums, right.sums)
        );
    }

    function treeRoot(bytes32 topHash, uint256 totals) external pure returns (bytes32) {
        return RecordTree.root(topHash, totals);
    }

    function verifyRecord(
        IEmissionsRegistry.EmissionRecord calldata record,
        IEmissionsRegistry.RecordProof calldata proof,
        bytes32 root
    ) public pure returns (bool) {
        return RecordTree.verify(record, proof, root);
    }

    /// @dev As a transaction that anyone can send, to see what it costs.
    function showRecord(
        IEmissionsRegistry.EmissionRecord calldata record,
        IEmissionsRegistry.RecordProof calldata proof,
        bytes32 root
    ) external {
        if (!RecordTree.verify(record, proof, root)) revert NotProven();
        emit Proven();
    }

    /// @dev Many proofs in one call: whether each holds, and what it reverts with where it does.
    function verifyRecords(
        IEmissionsRegistry.EmissionRecord[] calldata records,
        IEmissionsRegistry.RecordProof[] calldata proofs,
        bytes32[] calldata roots
    ) external view returns (bool[] memory holds, bytes[] memory reverts) {
        holds = new bool[](records.length);
        reverts = new bytes[](records.length);
        for (uint256 i = 0; i < records.length; ++i) {
            try this.verifyRecord(records[i], proofs[i], roots[i]) returns (bool held) {
                holds[i] = held;
            } catch (bytes memory reason) {
                reverts[i] = reason;
            }
        }
    }

    function findSuffix(
        bytes calldata data
    ) external pure returns (bool found, uint8 schemaId, bytes memory schemaData, uint256 dataLength) {
        return DataSuffix.find(data);
    }

    function stripSuffix(bytes calldata data) external pure returns (bytes memory) {
        return DataSuffix.strip(data);
    }
}
