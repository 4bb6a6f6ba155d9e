// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @dev Takes a fee on transfers or on top of them, blocks whom it likes, returns false, lies about balances, burns all
/// gas, also as a receiver of credits, and calls `target` with `data` during a transfer, or a permit.
contract HostileToken is ERC20("Hostile", "HOST") {
    enum Manner {
        Honest,
        ReturnsFalse,
        BurnsAllGas,
        ClaimsToHoldNothing
    }

    uint256 public feePercent;
    uint256 public feeOnTopPercent;
    Manner public manner;
    mapping(address account => bool blocked) public isBlocked;
    address public target;
    bytes public data;
    bool public succeeded;
    bytes public answer;

    error Blocked(address account);

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @dev Above 100, the receiver loses by a transfer.
    function setFee(uint256 percent) external {
        feePercent = percent;
    }

    /// @dev Which the payer loses besides.
    function setFeeOnTop(uint256 percent) external {
        feeOnTopPercent = percent;
    }

    function setManner(Manner manner_) external {
        manner = manner_;
    }

    function blockAccount(address account) external {
        isBlocked[account] = true;
    }

    function arm(address target_, bytes calldata data_) external {
        (target, data) = (target_, data_);
    }

    /// @dev So that the token itself can be a seller or buyer.
    function call(address callee, bytes calldata data_) external {
        (bool ok, bytes memory returned) = callee.call(data_);
        if (ok) return;
        assembly {
            revert(add(returned, 32), mload(returned))
        }
    }

    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external view returns (bytes4) {
        while (manner == Manner.BurnsAllGas) {}
        return this.onERC1155Received.selector;
    }

    function permit(address, address, uint256, uint256, uint8, bytes32, bytes32) external {
        _callBack();
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return manner != Manner.ReturnsFalse && super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return manner != Manner.ReturnsFalse && super.transferFrom(from, to, amount);
    }

    function balanceOf(address account) public view override returns (uint256) {
        if (manner == Manner.ClaimsToHoldNothing) return 0;
        return super.balanceOf(account);
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (isBlocked[from]) revert Blocked(from);
        if (isBlocked[to]) revert Blocked(to);
        while (manner == Manner.BurnsAllGas) {}
        super._update(from, to, amount);
        if (from == address(0)) return;
        if (feePercent != 0) super._update(to, address(0), (amount * feePercent) / 100);
        if (feeOnTopPercent != 0) super._update(from, address(0), (amount * feeOnTopPercent) / 100);
        _callBack();
    }

    function _callBack() private {
        address target_ = target;
        target = address(0);
        if (target_ != address(0)) (succeeded, answer) = target_.call(data);
    }
}
