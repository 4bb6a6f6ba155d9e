// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IEmissionsRegistry} from "./IEmissionsRegistry.sol";

/// @title Retirement by itself, once emissions reach a threshold
/// @notice An account sets a threshold and has credits deposited. As soon as its outstanding emissions reach the
/// threshold, anyone may settle: credits of the deposit are retired for the account, to the serial.
/// @dev To deposit, transfer credits to this contract: `safeTransferFrom(from, autoRetire, tokenId, units, data)`
/// with `data` the ABI-encoded account they are for, or empty where that is `from`.
interface IAutoRetire {
    /// @notice An account chose the emissions at which it is settled.
    /// @param account The account.
    /// @param thresholdCo2eMicrograms Outstanding emissions at which it is due; 0 for never.
    event ThresholdSet(address indexed account, uint256 thresholdCo2eMicrograms);

    /// @notice Credits were deposited for an account.
    /// @param account The account.
    /// @param tokenId The credit.
    /// @param from Whose credits they were.
    /// @param units How many.
    event Deposited(address indexed account, uint256 indexed tokenId, address indexed from, uint256 units);

    /// @notice An account took deposited credits back.
    /// @param account The account.
    /// @param tokenId The credit.
    /// @param to Who received them.
    /// @param units How many.
    event Withdrawn(address indexed account, uint256 indexed tokenId, address indexed to, uint256 units);

    /// @notice Credits of an account's deposit were retired for it.
    /// @param account The account.
    /// @param retirementId The retirement's id, which tells its serials.
    /// @param tokenId The credit.
    /// @param units How many.
    event Settled(address indexed account, uint256 indexed retirementId, uint256 indexed tokenId, uint256 units);

    /// @notice The credits that a settlement drew on did not reach.
    /// @param account The account.
    /// @param co2eMicrograms What stays outstanding; it is settled once the account is due again.
    event SettlementShort(address indexed account, uint256 co2eMicrograms);

    /// @notice Only the suite's carbon credits can be deposited.
    error NotCarbonCredits(address token);

    /// @notice The transfer's data is neither empty nor one ABI-encoded account, or the account is zero or this
    /// contract.
    error DepositAccountMissing();

    /// @notice A deposit is at least one kilogram, so that nobody clogs another's queue with dust.
    error DepositTooSmall(uint256 units, uint256 minimumUnits);

    /// @notice An expired credit cannot be deposited.
    error CreditExpired(uint256 tokenId);

    /// @notice A credit of which nothing sound is left cannot be deposited.
    error NothingRetirable(uint256 tokenId);

    /// @notice The emissions registry is made for other credits.
    error WrongCounterpart(address counterpart);

    /// @notice More than the account has on deposit.
    error DepositExceeded(uint256 units, uint256 depositedUnits);

    /// @notice A withdrawal needs at least one unit.
    error NothingToWithdraw();

    /// @notice The account is due and has no credit on deposit.
    error NothingDeposited(address account);

    /// @notice Sets the caller's threshold.
    /// @param thresholdCo2eMicrograms Outstanding emissions at which the caller is due; 0 for never.
    function setThreshold(uint256 thresholdCo2eMicrograms) external;

    /// @notice Takes credits of the caller's deposit back; at any time, also while the caller is due, but for a
    /// credit that is on hold at its registry.
    /// @param tokenId The credit.
    /// @param units How many.
    /// @param to Who receives them.
    function withdraw(uint256 tokenId, uint256 units, address to) external;

    /// @notice Retires, from the account's deposit, what is outstanding, rounded up to the unit; by anyone. Does
    /// nothing unless the account is due. Credits are drawn in the order in which each was first deposited, those
    /// that are expired, on hold or cancelled are passed over, and at most two are drawn on: what then is left waits until the account is due again.
    /// @param account Whose emissions.
    /// @return units How many units were retired.
    function settle(address account) external returns (uint256 units);

    /// @notice Whether the account's outstanding emissions have reached its threshold.
    /// @param account Whose emissions.
    /// @return due True where a threshold is set and what is outstanding has reached it.
    function isDue(address account) external view returns (bool due);

    /// @notice An account's threshold.
    /// @param account Whose.
    /// @return co2eMicrograms 0 for never.
    function thresholdOf(address account) external view returns (uint256 co2eMicrograms);

    /// @notice The units of a credit that an account has on deposit.
    /// @param account Whose.
    /// @param tokenId The credit.
    /// @return units How many.
    function depositOf(address account, uint256 tokenId) external view returns (uint256 units);

    /// @notice The registry that says what is outstanding.
    /// @return registry Its contract.
    function emissionsRegistry() external view returns (IEmissionsRegistry registry);
}
