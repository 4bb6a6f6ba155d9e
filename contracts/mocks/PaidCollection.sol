// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @dev Sells tokens at 1,000 wei, and pays back what is too much in the way of old; or more than it was sent, or later.
contract PaidCollection is ERC721 {
    uint256 public constant PRICE_WEI = 1_000;

    uint256 public nextTokenId;

    error WrongPrice(uint256 value);

    constructor() ERC721("Paid", "PAID") {}

    function buy(uint256 count) external payable returns (uint256 firstTokenId) {
        firstTokenId = nextTokenId;
        for (uint256 i = 0; i < count; ++i) {
            _safeMint(msg.sender, nextTokenId++);
        }
        payable(msg.sender).transfer(msg.value - count * PRICE_WEI);
    }

    function buyFor(address to) external payable {
        if (msg.value != PRICE_WEI) revert WrongPrice(msg.value);
        _mint(to, nextTokenId++);
    }

    function buyRewarded() external payable {
        _safeMint(msg.sender, nextTokenId++);
        payable(msg.sender).transfer(2 * msg.value);
    }

    function pay(address payable to, uint256 value) external {
        Address.sendValue(to, value);
    }

    function buyUnasked() external payable {
        _mint(msg.sender, nextTokenId++);
    }
}
