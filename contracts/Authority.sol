// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Roles} from "./libraries/Roles.sol";

/// @title Who may do what, in one place
/// @notice OpenZeppelin's AccessManager for all contracts of the suite. `scripts/deploy.py` binds each restricted
/// function to one of the roles below; every function that it does not bind is the administrator's alone. Custodians
/// appoint and dismiss one another: no administrator can make himself one, nor take their say away, and no custodian
/// can have another role, so that whoever issues is never alone. There are no other roles than these, and all but the
/// custodians' are the administrator's to give.
contract Authority is AccessManager {
    /// @notice May mint the credits that a custodian attested to.
    uint64 public constant ISSUER_ROLE = Roles.ISSUER;

    /// @notice May publish factors.
    uint64 public constant FACTOR_PUBLISHER_ROLE = Roles.FACTOR_PUBLISHER;

    /// @notice Speaks for the registry: attests to credits, suspends, invalidates, settles and labels them.
    uint64 public constant CUSTODIAN_ROLE = Roles.CUSTODIAN;

    /// @notice May pause issuance.
    uint64 public constant GUARDIAN_ROLE = Roles.GUARDIAN;

    /// @notice The custodians' role stays theirs, and appoints nobody else.
    error CustodianRoleIsFinal();

    /// @notice Who gives a role is settled: a way around would let a custodian appoint an issuer of his own.
    error RoleAdminsAreFinal();

    /// @notice There is no role of that number.
    error UnknownRole(uint64 roleId);

    /// @notice A custodian has no other role, and who has one cannot be made a custodian.
    error CustodianStandsApart(address account);

    constructor(address administrator, address custodian) AccessManager(administrator) {
        super._setRoleAdmin(CUSTODIAN_ROLE, CUSTODIAN_ROLE);
        _grantRole(CUSTODIAN_ROLE, custodian, 0, 0);
    }

    function _setRoleAdmin(uint64, uint64) internal pure override {
        revert RoleAdminsAreFinal();
    }

    function _grantRole(
        uint64 roleId,
        address account,
        uint32 grantDelay,
        uint32 executionDelay
    ) internal override returns (bool) {
        if (roleId > GUARDIAN_ROLE) revert UnknownRole(roleId);
        bool apart =
            roleId == CUSTODIAN_ROLE
                ? !_hasBeenGranted(ADMIN_ROLE, account) &&
                    !_hasBeenGranted(ISSUER_ROLE, account) &&
                    !_hasBeenGranted(FACTOR_PUBLISHER_ROLE, account) &&
                    !_hasBeenGranted(GUARDIAN_ROLE, account)
                : !_hasBeenGranted(CUSTODIAN_ROLE, account);
        if (!apart) revert CustodianStandsApart(account);
        return super._grantRole(roleId, account, grantDelay, executionDelay);
    }

    /// @dev A delay on new custodians, which an administrator can set, would keep them out.
    function _setGrantDelay(uint64 roleId, uint32 newDelay) internal override {
        if (roleId == CUSTODIAN_ROLE) revert CustodianRoleIsFinal();
        super._setGrantDelay(roleId, newDelay);
    }

    /// @dev Also where the grant has yet to take effect.
    function _hasBeenGranted(uint64 roleId, address account) private view returns (bool) {
        (uint48 since, , , ) = getAccess(roleId, account);
        return since != 0;
    }
}
