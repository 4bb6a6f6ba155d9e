// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {LibCall} from "solady/src/utils/LibCall.sol";
import {IAutoRetire} from "../../interfaces/IAutoRetire.sol";
import {IAutomationCompatible} from "../../interfaces/IAutomationCompatible.sol";

/// @title Settlement of accounts that are due, by Chainlink Automation
/// @notice Register an upkeep with this contract, with a gas limit of 5,000,000, and as its data the ABI-encoded accounts
/// (`address[]`): whichever of them can be settled is settled, up to three at once. An account that fails, in whatever
/// way, stops no other. Anyone may deploy it, call it, and call it for any account.
/// @dev `checkUpkeep` is simulated with 10,000,000 gas. Behind five accounts that use up all that they are given it still
/// finds a sixth; behind more it says `GasLimitTooLow`: give such accounts upkeeps of their own.
contract SettlementUpkeep is IAutomationCompatible {
    /// @notice How many accounts one upkeep settles, so that its gas has a bound.
    uint256 public constant MAX_ACCOUNTS_PER_UPKEEP = 3;

    /// @notice How often an account is settled at once where that retires nothing, but clears the way: of entries of its
    /// queue that have nothing to give, or of listings that are over.
    uint256 public constant MAX_TRIES_PER_ACCOUNT = 2;

    /// @notice The gas that the settlement of one account may use; two purchases for the first time, with certificates and
    /// the longest texts, after a sweep of listings and of deposits that are over, take less. A policy that needs more, as one of many
    /// projects and a rule may, is for somebody to settle with more gas.
    uint256 public constant MAX_GAS_PER_ACCOUNT = 1_500_000;

    /// @dev What is left has to do for the look whether an account is due, and for what comes after the last of them; and
    /// a call is given at most 63/64 of it.
    uint256 private constant GAS_NEEDED_PER_ACCOUNT = (MAX_GAS_PER_ACCOUNT * 64) / 63 + 50_000;

    /// @dev A longer reason is cut, so that nothing that is returned can use up the gas of the others.
    uint16 private constant MAX_REASON_BYTES = 256;

    /// @notice What settles.
    IAutoRetire public immutable autoRetire;

    /// @notice An account could not be settled; the others were tried all the same.
    /// @param account The account.
    /// @param reason What it reverted with, its first 256 bytes; empty where it ran out of gas.
    event SettlementFailed(address indexed account, bytes reason);

    /// @notice More accounts than one upkeep settles.
    error TooManyAccounts(uint256 count, uint256 maxCount);

    /// @notice The gas limit leaves too little to settle even one account; raise it.
    error GasLimitTooLow(uint256 gasLeft, uint256 gasNeeded);

    constructor(IAutoRetire autoRetire_) {
        autoRetire = autoRetire_;
    }

    /// @inheritdoc IAutomationCompatible
    /// @dev It tries to settle, since an account may be due and have nothing to settle with. Sent as a transaction, it
    /// settles.
    function checkUpkeep(bytes calldata checkData) external returns (bool upkeepNeeded, bytes memory performData) {
        address[] memory settled = _settleDue(abi.decode(checkData, (address[])));
        return (settled.length != 0, abi.encode(settled));
    }

    /// @inheritdoc IAutomationCompatible
    function performUpkeep(bytes calldata performData) external {
        address[] memory accounts = abi.decode(performData, (address[]));
        if (accounts.length > MAX_ACCOUNTS_PER_UPKEEP) {
            revert TooManyAccounts(accounts.length, MAX_ACCOUNTS_PER_UPKEEP);
        }
        _settleDue(accounts);
    }

    /// @dev Where too little gas is left for another it stops, so that nobody can starve a settlement into failing. Where
    /// nothing was settled by then, it says so: who pays for the upkeep would pay for nothing.
    function _settleDue(address[] memory accounts) private returns (address[] memory settled) {
        settled = new address[](MAX_ACCOUNTS_PER_UPKEEP);
        uint256 count = 0;
        for (uint256 i = 0; i < accounts.length && count < MAX_ACCOUNTS_PER_UPKEEP; ++i) {
            if (gasleft() < GAS_NEEDED_PER_ACCOUNT) {
                if (count == 0) revert GasLimitTooLow(gasleft(), GAS_NEEDED_PER_ACCOUNT);
                break;
            }
            if (_settle(accounts[i]) != 0) settled[count++] = accounts[i];
        }
        // Shortens the array to what was settled.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(settled, count)
        }
    }

    function _settle(address account) private returns (uint256 units) {
        for (uint256 tries = 0; tries < MAX_TRIES_PER_ACCOUNT && units == 0; ++tries) {
            bool hasGas = tries == 0 || gasleft() >= GAS_NEEDED_PER_ACCOUNT;
            if (!hasGas || !autoRetire.isDue(account)) break;
            bytes memory settle = abi.encodeCall(IAutoRetire.settle, (account));
            (bool settled, , bytes memory answer) = LibCall.tryCall(
                address(autoRetire),
                0,
                MAX_GAS_PER_ACCOUNT,
                MAX_REASON_BYTES,
                settle
            );
            if (!settled) {
                emit SettlementFailed(account, answer);
                break;
            }
            units = abi.decode(answer, (uint256));
        }
    }
}
