// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CreditsWorld} from "../invariants/CreditsWorld.sol";

/// @title Retiring keeps the books
/// @notice On the contract itself, after a credit of 10 serials was issued, of which some units were retired.
contract CreditsProof is CreditsWorld {
    uint256 private constant ISSUED_UNITS = 10 * 10 ** 8;
    address private constant HOLDER = address(0xac0de);
    uint256 private tokenId;

    function setUp() external {
        tokenId = _issue(HOLDER, 1, 10);
        _retireFor(HOLDER, tokenId, HOLDER, 123, HOLDER);
    }

    /// @dev Any units, for any beneficiary: issued = held + retired, and what was retired for anyone never falls.
    function check_retiringConserves(uint256 units, address beneficiary, address other) external {
        uint256 retiredBefore = credits.retiredUnits(tokenId);
        uint256 otherBefore = credits.retiredBalanceOf(other, tokenId);
        _retireFor(HOLDER, tokenId, HOLDER, units, beneficiary);
        assert(credits.balanceOf(HOLDER, tokenId) + credits.retiredUnits(tokenId) == ISSUED_UNITS);
        assert(credits.retiredUnits(tokenId) == retiredBefore + units);
        assert(credits.retiredBalanceOf(other, tokenId) == otherBefore + (other == beneficiary ? units : 0));
    }

    /// @dev Whoever calls, with whatever amount and beneficiary, retires nothing of a holder that did not approve it.
    /// Apart from the zero address, which sends no transaction and which the library reads as "has the right".
    function check_nobodyRetiresAnothersUnits(address caller, uint256 units, address beneficiary) external {
        if (caller == HOLDER || caller == address(0)) return;
        try this.retireFor(caller, units, beneficiary) {
            assert(false);
        } catch {
            assert(credits.balanceOf(HOLDER, tokenId) == ISSUED_UNITS - 123);
        }
    }

    function retireFor(address caller, uint256 units, address beneficiary) external {
        _retireFor(caller, tokenId, HOLDER, units, beneficiary);
    }
}
