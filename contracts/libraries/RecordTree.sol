// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IEmissionsRegistry} from "../../interfaces/IEmissionsRegistry.sol";
import {EmissionSums} from "./EmissionSums.sol";

/// @title Records under one root, with their totals
/// @notice A Merkle-sum tree of the shape of RFC 9162, where an odd node goes up unchanged. Each node commits to the
/// sums of both its children, so a proof shows a record, and that the totals hold it and all that is beside it.
/// `src/gasprint/record_tree.py` builds it; both are checked on `tests/parity/vectors.json`.
/// @dev `sums` are words of EmissionSums. A hash begins with 0 for a record, 1 for a node, 2 for a root, so that none can
/// pass for one of another kind.
library RecordTree {
    /// @dev Whether a proof leads from a record to a root (RFC 9162, 2.1.3.2). Reverts where a sum leaves its field.
    function verify(
        IEmissionsRegistry.EmissionRecord calldata record,
        IEmissionsRegistry.RecordProof calldata proof,
        bytes32 expectedRoot
    ) internal pure returns (bool) {
        uint256 index = proof.index;
        uint256 last = proof.recordCount;
        if (index >= last) return false;
        IEmissionsRegistry.Sibling[] calldata siblings = proof.siblings;
        (bytes32 hash, uint256 sums) = leafHash(record);
        // The count is above the index, so that the last is not below zero; `i` cannot reach the end of its type.
        unchecked {
            --last;
            for (uint256 i = 0; i < siblings.length; ++i) {
                if (last == 0) return false;
                IEmissionsRegistry.Sibling calldata sibling = siblings[i];
                (bytes32 siblingHash, uint256 siblingSums) = (sibling.hash, sibling.sums);
                if (index & 1 == 1 || index == last) {
                    hash = nodeHash(siblingHash, siblingSums, hash, sums);
                    // An odd node went up unchanged to here.
                    while (index & 1 == 0 && index != 0) {
                        index >>= 1;
                        last >>= 1;
                    }
                } else {
                    hash = nodeHash(hash, sums, siblingHash, siblingSums);
                }
                sums = EmissionSums.add(sums, siblingSums);
                index >>= 1;
                last >>= 1;
            }
        }
        return last == 0 && EmissionSums.records(sums) == proof.recordCount && root(hash, sums) == expectedRoot;
    }

    function leafHash(
        IEmissionsRegistry.EmissionRecord calldata record
    ) internal pure returns (bytes32 hash, uint256 sums) {
        sums = EmissionSums.pack(1, record.gasUsed, record.energyPicowattHours, record.co2eMicrograms);
        hash = keccak256(abi.encodePacked(uint8(0), record.transactionHash, record.blockNumber, sums));
    }

    /// @dev In assembly since a proof hashes one for each of its siblings, and each takes 100 gas less than by
    /// `abi.encodePacked`. It writes to memory that is free, and does not claim it.
    function nodeHash(
        bytes32 leftHash,
        uint256 leftSums,
        bytes32 rightHash,
        uint256 rightSums
    ) internal pure returns (bytes32 hash) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore8(free, 1)
            mstore(add(free, 1), leftHash)
            mstore(add(free, 33), leftSums)
            mstore(add(free, 65), rightHash)
            mstore(add(free, 97), rightSums)
            hash := keccak256(free, 129)
        }
    }

    function root(bytes32 topHash, uint256 totals) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(2), topHash, totals));
    }
}
