// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title The roles of `Authority`
/// @notice Their numbers, for the contracts that ask for one by itself.
library Roles {
    /// @dev May mint the credits that a custodian attested to.
    uint64 internal constant ISSUER = 1;

    /// @dev May publish factors.
    uint64 internal constant FACTOR_PUBLISHER = 2;

    /// @dev Speaks for the registry: attests to credits, suspends, invalidates, settles and labels them.
    uint64 internal constant CUSTODIAN = 3;

    /// @dev May pause issuance.
    uint64 internal constant GUARDIAN = 4;
}
