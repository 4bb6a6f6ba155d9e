// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {RetirementIds} from "../../contracts/libraries/RetirementIds.sol";
import {TokenIds} from "../../contracts/libraries/TokenIds.sol";
import {Units} from "../../contracts/libraries/Units.sol";
import {vm} from "../Vm.sol";

/// @title Retirement ids lose nothing
/// @notice For every credit, and every span of up to 2^95 units that starts as far into it: a credit has fewer than
/// 2^91.
contract RetirementIdsProof {
    uint256 private constant TOO_MANY_UNITS = 1 << 95;

    /// @dev What was put into an id comes out of it.
    function check_decodingUndoesEncoding(uint256 tokenId, uint96 startUnits, uint96 units) external pure {
        vm.assume(startUnits < TOO_MANY_UNITS && units < TOO_MANY_UNITS);
        uint256 id = RetirementIds.encode(tokenId, startUnits, units);
        assert(id >> 192 == TokenIds.registryOf(tokenId));
        assert(RetirementIds.firstUnitOf(id) == _firstUnit(tokenId, startUnits));
        assert(RetirementIds.unitsOf(id) == units);
    }

    /// @dev Two spans that differ in registry, first unit or units have two ids, whichever credits they are of.
    function check_noTwoSpansShareAnId(
        uint256 tokenId,
        uint96 startUnits,
        uint96 units,
        uint256 otherTokenId,
        uint96 otherStartUnits,
        uint96 otherUnits
    ) external pure {
        vm.assume(startUnits < TOO_MANY_UNITS && units < TOO_MANY_UNITS);
        vm.assume(otherStartUnits < TOO_MANY_UNITS && otherUnits < TOO_MANY_UNITS);
        uint256 id = RetirementIds.encode(tokenId, startUnits, units);
        vm.assume(id == RetirementIds.encode(otherTokenId, otherStartUnits, otherUnits));
        assert(TokenIds.registryOf(tokenId) == TokenIds.registryOf(otherTokenId));
        assert(_firstUnit(tokenId, startUnits) == _firstUnit(otherTokenId, otherStartUnits));
        assert(units == otherUnits);
    }

    function _firstUnit(uint256 tokenId, uint256 startUnits) private pure returns (uint256) {
        (uint256 firstSerial, ) = TokenIds.serialsOf(tokenId);
        return firstSerial * Units.UNITS_PER_TONNE + startUnits;
    }
}
