// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IEmissionsRegistry, Metered} from "../integrations/Metered.sol";

contract MeteredCollection is ERC721, Metered {
    uint256 public nextTokenId;

    constructor(IEmissionsRegistry registry) ERC721("Collection", "COL") Metered(registry) {}

    function setReporter(address reporter, bool approved) external {
        _setReporter(reporter, approved);
    }

    function mint(uint256 count, bytes calldata) external metered {
        for (uint256 i = 0; i < count; ++i) {
            _mint(msg.sender, nextTokenId++);
        }
    }
}
