// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {NestingCollection} from "./NestingCollection.sol";

/// @dev Mints from inside of a mint, or many times with calldata that it does not pay for.
contract NestingMinter {
    NestingCollection private immutable _collection;
    uint256 private _depth;

    error MintFailed();

    constructor(NestingCollection collection) {
        _collection = collection;
    }

    function mintNested(uint256 depth) external {
        _depth = depth;
        _collection.mint();
    }

    function mintPadded(uint256 count, uint256 paddingBytes) external {
        bytes memory call = abi.encodePacked(NestingCollection.mint.selector, new bytes(paddingBytes));
        for (uint256 i = 0; i < count; ++i) {
            (bool minted, ) = address(_collection).call(call);
            if (!minted) revert MintFailed();
        }
    }

    function onERC721Received(address, address, uint256, bytes calldata) external returns (bytes4) {
        if (_depth > 1) {
            --_depth;
            _collection.mint();
        }
        return this.onERC721Received.selector;
    }
}
