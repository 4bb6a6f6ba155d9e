// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title Who may do what, in one place
/// @notice OpenZeppelin's AccessManager for all contracts of the suite. `scripts/deploy.py` binds each restricted
/// function to one of the roles below; every function that it does not bind is the administrator's alone.
contract Authority is AccessManager {
    /// @notice May issue credits.
    uint64 public constant ISSUER_ROLE = 1;

    /// @notice May publish factors.
    uint64 public constant FACTOR_PUBLISHER_ROLE = 2;

    constructor(address administrator) AccessManager(administrator) {}
}
