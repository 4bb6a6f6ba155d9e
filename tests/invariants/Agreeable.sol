// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Says yes to whatever it is asked
/// @notice A custodian's wallet that attests to everything (ERC-1271), and the counterpart of whichever contract asks.
contract Agreeable {
    address public authority;
    address public creditRecords;

    function agree(address authority_, address creditRecords_) external {
        (authority, creditRecords) = (authority_, creditRecords_);
    }

    function carbonCredits() external view returns (address) {
        return msg.sender;
    }

    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return this.isValidSignature.selector;
    }
}
