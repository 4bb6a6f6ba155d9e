// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IAutoRetire} from "../../interfaces/IAutoRetire.sol";
import {MintFootprints, OffsetOnMint} from "../integrations/MintFootprints.sol";

/// @dev Shows in a token's metadata what it emitted and what offset it.
contract ShowingCollection is ERC721, MintFootprints {
    uint256 public nextTokenId;

    constructor(
        IAutoRetire autoRetire,
        uint256 threshold
    ) ERC721("Showing", "SHOW") OffsetOnMint(autoRetire, threshold) {}

    function mint(uint256 count) external offsetOnMint {
        for (uint256 i = 0; i < count; ++i) {
            _mint(msg.sender, nextTokenId++);
        }
    }

    function tokenURI(uint256 tokenId) public view override returns (string memory) {
        _requireOwned(tokenId);
        return string.concat('data:application/json,{"attributes":[', _footprintAttributes(tokenId), "]}");
    }

    function _tokenCount() internal view override returns (uint256) {
        return nextTokenId;
    }
}
