// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";

/// @dev Receives credits, and calls `target` with `data` when the next of them arrive, or a certificate says so.
contract ReenteringReceiver is ERC1155Holder {
    address public target;
    bytes public data;
    bool public succeeded;
    uint256 public calls;
    bytes public answer;

    function arm(address target_, bytes calldata data_) external {
        (target, data) = (target_, data_);
    }

    function call(address callee, bytes calldata data_) external returns (bytes memory) {
        (bool ok, bytes memory returned) = callee.call(data_);
        if (ok) return returned;
        assembly {
            revert(add(returned, 32), mload(returned))
        }
    }

    function onERC1155Received(
        address operator,
        address from,
        uint256 id,
        uint256 value,
        bytes memory data_
    ) public override returns (bytes4) {
        _reenter();
        return super.onERC1155Received(operator, from, id, value, data_);
    }

    function onERC1155BatchReceived(
        address operator,
        address from,
        uint256[] memory ids,
        uint256[] memory values,
        bytes memory data_
    ) public override returns (bytes4) {
        _reenter();
        return super.onERC1155BatchReceived(operator, from, ids, values, data_);
    }

    function onERC721Received(address, address, uint256, bytes calldata) external returns (bytes4) {
        _reenter();
        return this.onERC721Received.selector;
    }

    function _reenter() private {
        ++calls;
        address target_ = target;
        target = address(0);
        if (target_ != address(0)) (succeeded, answer) = target_.call(data);
    }
}
