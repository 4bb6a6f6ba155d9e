// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// @dev The collection that `OffsettingCollection` is without gasprint.
contract PlainCollection is ERC721 {
    uint256 public nextTokenId;

    constructor() ERC721("Collection", "COL") {}

    function mint(uint256 count, bytes calldata) external {
        for (uint256 i = 0; i < count; ++i) {
            _mint(msg.sender, nextTokenId++);
        }
    }
}
