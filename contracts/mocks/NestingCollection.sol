// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IAutoRetire, OffsetOnMint} from "../integrations/OffsetOnMint.sol";

/// @dev Calls its receivers, so that a mint can happen inside of a mint.
contract NestingCollection is ERC721, OffsetOnMint {
    uint256 public nextTokenId;

    constructor(
        IAutoRetire autoRetire,
        uint256 threshold
    ) ERC721("Nesting", "NEST") OffsetOnMint(autoRetire, threshold) {}

    function mint() external offsetOnMint {
        _safeMint(msg.sender, nextTokenId++);
    }
}
