// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @dev Calls another contract, so that a transaction is not sent to that one itself.
contract Relay {
    function relay(address target, bytes calldata data) external {
        Address.functionCall(target, data);
    }
}
