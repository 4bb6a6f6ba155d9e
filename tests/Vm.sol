// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @dev The cheatcodes that the proofs and invariants use, by hand: forge-std is on no package registry, and these
/// few lines are all that we would take from it. Forge and halmos both answer at this address.
Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

/// @dev Here halmos alone answers.
Svm constant svm = Svm(address(uint160(uint256(keccak256("svm cheat code")))));

/// @title What halmos can do beside
interface Svm {
    /// @dev A call of any function of a contract, but those that only read, with any arguments.
    function createCalldata(string calldata contractName) external pure returns (bytes memory);
}

/// @title What forge and halmos can do to a test's world
interface Vm {
    /// @dev Puts code at an address.
    function etch(address target, bytes calldata code) external;

    /// @dev Sends the next call from `sender`.
    function prank(address sender) external;

    /// @dev Sets the time, in Unix seconds.
    function warp(uint256 timestamp) external;

    /// @dev An event as it was emitted.
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    /// @dev Begins to take down events.
    function recordLogs() external;

    /// @dev Those that were taken down since, or since the last time that this was called.
    function getRecordedLogs() external returns (Log[] memory);

    /// @dev Gives up a run whose inputs do not meet the condition.
    function assume(bool condition) external pure;
}
