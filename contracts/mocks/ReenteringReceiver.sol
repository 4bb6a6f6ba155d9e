// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";

/// @dev Receives credits, and calls `target` with `data` each time that some arrive.
contract ReenteringReceiver is ERC1155Holder {
    address public target;
    bytes public data;
    bool public succeeded;
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
        if (target != address(0)) (succeeded, answer) = target.call(data);
        return super.onERC1155Received(operator, from, id, value, data_);
    }
}
