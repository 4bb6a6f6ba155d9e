// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title What Chainlink Automation calls
/// @notice A look whether there is something to do, and the doing.
/// @dev As AutomationCompatibleInterface of @chainlink/contracts has it: for two functions, that package brings a dozen
/// others.
interface IAutomationCompatible {
    /// @notice Whether there is something to do; called off-chain, and simulated.
    /// @param checkData As the upkeep was registered with.
    /// @return upkeepNeeded Whether.
    /// @return performData For `performUpkeep`.
    function checkUpkeep(bytes calldata checkData) external returns (bool upkeepNeeded, bytes memory performData);

    /// @notice Does it.
    /// @param performData What `checkUpkeep` returned.
    function performUpkeep(bytes calldata performData) external;
}
