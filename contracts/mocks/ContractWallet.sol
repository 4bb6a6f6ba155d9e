// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";

/// @dev A wallet of one owner, whose answer to "is this your signature?" can be made to fail in each way there is.
contract ContractWallet is IERC1271, ERC1155Holder {
    enum Manner {
        Honest,
        Refusing,
        Reverting,
        Garbage,
        DirtyMagic,
        ShortMagic,
        Silent,
        Agreeing
    }

    address public immutable owner;
    Manner public manner;

    error NotNow();

    constructor(address owner_) {
        owner = owner_;
    }

    function setManner(Manner manner_) external {
        manner = manner_;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (manner == Manner.Refusing) return 0xffffffff;
        if (manner == Manner.Reverting) revert NotNow();
        if (manner == Manner.Agreeing) return IERC1271.isValidSignature.selector;
        bytes32 magic = bytes32(IERC1271.isValidSignature.selector);
        if (manner == Manner.Garbage) _answer(keccak256(signature), 32);
        if (manner == Manner.DirtyMagic) _answer(magic | bytes32(uint256(1)), 32);
        if (manner == Manner.ShortMagic) _answer(magic, 4);
        if (manner == Manner.Silent) _answer(magic, 0);
        return ECDSA.recover(hash, signature) == owner ? IERC1271.isValidSignature.selector : bytes4(0);
    }

    function _answer(bytes32 word, uint256 lengthBytes) private pure {
        assembly {
            mstore(0, word)
            return(0, lengthBytes)
        }
    }
}
