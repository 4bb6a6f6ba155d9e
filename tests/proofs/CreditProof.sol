// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Credit} from "../../contracts/libraries/Credit.sol";
import {vm} from "../Vm.sol";

/// @title Each setter of a credit changes its field alone
/// @notice For every credit whose fields have room for what is added, as the contract sees to: a credit's volume is
/// below 2^91 units, its serials below 2^64.
contract CreditProof {
    struct Fields {
        uint256 passedUnits;
        uint256 retirementCount;
        uint256 takenSerials;
        uint256 number;
        uint256 suspendedUntil;
        bool hasInvalid;
    }

    /// @dev A retirement adds its units, what it skips, and one to the count.
    function check_retirementAddsItsUnitsAndOne(Credit credit, uint96 skippedUnits, uint96 units) external pure {
        Fields memory expected = _fields(credit);
        expected.passedUnits += uint256(skippedUnits) + units;
        expected.retirementCount += 1;
        vm.assume(expected.passedUnits <= type(uint96).max && expected.retirementCount <= type(uint40).max);
        _assertIs(credit.withRetirement(skippedUnits, units), expected);
    }

    /// @dev Taken serials are added to those.
    function check_takenAddsSerials(Credit credit, uint64 serials) external pure {
        Fields memory expected = _fields(credit);
        expected.takenSerials += serials;
        vm.assume(expected.takenSerials <= type(uint64).max);
        _assertIs(credit.withTaken(serials), expected);
    }

    /// @dev A credit without a number gets it.
    function check_numberIsSet(Credit credit, uint32 number) external pure {
        Fields memory expected = _fields(credit);
        vm.assume(expected.number == 0);
        expected.number = number;
        _assertIs(credit.withNumber(number), expected);
    }

    /// @dev A suspension is set, renewed, and lifted by 0.
    function check_suspensionIsSet(Credit credit, uint16 untilDay) external pure {
        Fields memory expected = _fields(credit);
        expected.suspendedUntil = uint256(untilDay) * 1 days;
        _assertIs(credit.withSuspension(untilDay), expected);
    }

    /// @dev That serials are cancelled is set.
    function check_invalidIsSet(Credit credit) external pure {
        Fields memory expected = _fields(credit);
        expected.hasInvalid = true;
        _assertIs(credit.withInvalid(), expected);
    }

    function _fields(Credit credit) private pure returns (Fields memory) {
        return
            Fields({
                passedUnits: credit.passedUnits(),
                retirementCount: credit.retirementCount(),
                takenSerials: credit.takenSerials(),
                number: credit.number(),
                suspendedUntil: credit.suspendedUntil(),
                hasInvalid: credit.hasInvalid()
            });
    }

    function _assertIs(Credit credit, Fields memory expected) private pure {
        assert(credit.passedUnits() == expected.passedUnits);
        assert(credit.retirementCount() == expected.retirementCount);
        assert(credit.takenSerials() == expected.takenSerials);
        assert(credit.number() == expected.number);
        assert(credit.suspendedUntil() == expected.suspendedUntil);
        assert(credit.hasInvalid() == expected.hasInvalid);
    }
}
