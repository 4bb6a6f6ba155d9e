// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAutoRetire} from "../../interfaces/IAutoRetire.sol";
import {IAutomationCompatible} from "../../interfaces/IAutomationCompatible.sol";

/// @title Settlement of accounts that are due, by Chainlink Automation
/// @notice Register an upkeep with this contract, and as its data the ABI-encoded accounts (`address[]`): whichever of them
/// can be settled is settled. Anyone may deploy it, call it, and call it for any account.
contract SettlementUpkeep is IAutomationCompatible {
    /// @notice How many accounts one upkeep settles, so that its gas has a bound.
    uint256 public constant MAX_ACCOUNTS_PER_UPKEEP = 4;

    /// @notice What settles.
    IAutoRetire public immutable autoRetire;

    /// @notice An account could not be settled; the others were tried all the same.
    /// @param account The account.
    /// @param reason What it reverted with.
    event SettlementFailed(address indexed account, bytes reason);

    constructor(IAutoRetire autoRetire_) {
        autoRetire = autoRetire_;
    }

    /// @inheritdoc IAutomationCompatible
    /// @dev It tries to settle, since an account may be due and have nothing to settle with. Sent as a transaction, it
    /// settles.
    function checkUpkeep(bytes calldata checkData) external returns (bool upkeepNeeded, bytes memory performData) {
        address[] memory accounts = abi.decode(checkData, (address[]));
        address[] memory settled = new address[](MAX_ACCOUNTS_PER_UPKEEP);
        uint256 count = 0;
        for (uint256 i = 0; i < accounts.length && count < MAX_ACCOUNTS_PER_UPKEEP; ++i) {
            if (_settle(accounts[i]) != 0) settled[count++] = accounts[i];
        }
        // Shortens the array to what was found.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(settled, count)
        }
        return (count != 0, abi.encode(settled));
    }

    /// @inheritdoc IAutomationCompatible
    function performUpkeep(bytes calldata performData) external {
        address[] memory accounts = abi.decode(performData, (address[]));
        for (uint256 i = 0; i < accounts.length; ++i) {
            _settle(accounts[i]);
        }
    }

    function _settle(address account) private returns (uint256 units) {
        if (!autoRetire.isDue(account)) return 0;
        try autoRetire.settle(account) returns (uint256 settled, uint256[] memory) {
            units = settled;
        } catch (bytes memory reason) {
            emit SettlementFailed(account, reason);
        }
    }
}
