// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {NestingCollection} from "./NestingCollection.sol";

/// @dev Mints, and refuses what it minted: by a revert, or by burning all gas.
contract HostileMinter {
    NestingCollection private immutable _collection;
    bool private _burnsAllGas;

    error NotToday();

    constructor(NestingCollection collection) {
        _collection = collection;
    }

    function mint(bool burnsAllGas) external {
        _burnsAllGas = burnsAllGas;
        _collection.mint();
    }

    function onERC721Received(address, address, uint256, bytes calldata) external view returns (bytes4) {
        while (_burnsAllGas) {}
        revert NotToday();
    }
}
