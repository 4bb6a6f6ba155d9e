// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IAutoRetire, OffsetOnMint} from "../integrations/OffsetOnMint.sol";

/// @dev What a marketplace would deploy that has its credits bought.
contract BuyingCollection is ERC721, Ownable, OffsetOnMint {
    uint256 public nextTokenId;

    constructor(
        IAutoRetire autoRetire,
        uint256 threshold,
        IAutoRetire.Policy memory policy
    ) ERC721("Collection", "COL") Ownable(msg.sender) OffsetOnMint(autoRetire, threshold) {
        _setPolicy(policy);
    }

    function mint(uint256 count) external offsetOnMint {
        for (uint256 i = 0; i < count; ++i) {
            _mint(msg.sender, nextTokenId++);
        }
    }

    function withdrawPayment(address paymentToken, uint256 amount, address to) external onlyOwner {
        _withdrawPayment(paymentToken, amount, to);
    }
}
