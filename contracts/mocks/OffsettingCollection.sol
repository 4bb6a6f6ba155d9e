// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IAutoRetire, OffsetOnMint} from "../integrations/OffsetOnMint.sol";

contract OffsettingCollection is ERC721, OffsetOnMint {
    uint256 public nextTokenId;

    constructor(
        IAutoRetire autoRetire,
        uint256 threshold
    ) ERC721("Collection", "COL") OffsetOnMint(autoRetire, threshold) {}

    function mint(uint256 count, bytes calldata) external offsetOnMint {
        for (uint256 i = 0; i < count; ++i) {
            _mint(msg.sender, nextTokenId++);
        }
    }
}
