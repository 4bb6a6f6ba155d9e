// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC8393} from "../../interfaces/IERC8393.sol";
import {TokenIds} from "./TokenIds.sol";

/// @title What a custodian signs
/// @notice The EIP-712 types, spelled out so that a wallet shows the signer the very serials, strings and recipient.
library Attestations {
    /// @dev One argument of `mintCredit` each; the ids taken apart.
    bytes32 internal constant CREDIT_TYPE_HASH = keccak256(
        "Credit(address recipient,uint256 registry,uint256 projectNumber,uint256 firstSerial,uint256 lastSerial,uint256 amountUnits,uint256 expiry,string projectName,string methodology,string vintage,string country)"
    );

    bytes32 internal constant ATTESTATION_TYPE_HASH = keccak256(
        "Attestation(Credit credit,bytes32 evidenceHash,uint256 deadline)Credit(address recipient,uint256 registry,uint256 projectNumber,uint256 firstSerial,uint256 lastSerial,uint256 amountUnits,uint256 expiry,string projectName,string methodology,string vintage,string country)"
    );

    function hashCredit(address recipient, IERC8393.CreditMetadata calldata metadata) internal pure returns (bytes32) {
        uint256 tokenId = TokenIds.encode(metadata.projectId, metadata.creditId);
        (uint256 firstSerial, uint256 lastSerial) = TokenIds.serialsOf(tokenId);
        return
            keccak256(
                abi.encode(
                    CREDIT_TYPE_HASH,
                    recipient,
                    TokenIds.registryOf(tokenId),
                    TokenIds.projectNumberOf(tokenId),
                    firstSerial,
                    lastSerial,
                    metadata.totalVolume,
                    metadata.expiry,
                    keccak256(bytes(metadata.projectName)),
                    keccak256(bytes(metadata.methodology)),
                    keccak256(bytes(metadata.vintage)),
                    keccak256(bytes(metadata.country))
                )
            );
    }

    function hashAttestation(
        bytes32 creditHash,
        bytes32 evidenceHash,
        uint256 deadline
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(ATTESTATION_TYPE_HASH, creditHash, evidenceHash, deadline));
    }
}
