// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @dev A well-behaved stablecoin with ERC-2612, of which anyone can have any amount.
contract PaymentToken is ERC20Permit {
    uint8 private immutable _decimals;

    constructor(uint8 decimals_) ERC20("Stablecoin", "COIN") ERC20Permit("Stablecoin") {
        _decimals = decimals_;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function decimals() public view override returns (uint8) {
        return _decimals;
    }
}
