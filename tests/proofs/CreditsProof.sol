// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {RetirementIds} from "../../contracts/libraries/RetirementIds.sol";
import {CreditsWorld} from "../invariants/CreditsWorld.sol";

/// @title Retiring and redeeming keep the books
/// @notice On the contract itself, after a credit of the serials 1 to 10 was issued, of which 123 units were retired.
/// Whatever reverts is a path that ends there.
contract CreditsProof is CreditsWorld {
    uint256 private constant ISSUED_UNITS = 10 * TONNE;
    uint256 private constant RETIRED_UNITS = 123;
    address private constant HOLDER = address(0xac0de);
    address private constant OTHER_HOLDER = address(0xac0df);
    uint256 private tokenId;

    function setUp() external {
        tokenId = _issue(HOLDER, 1, 1, 10);
        _retire(HOLDER, tokenId, HOLDER, RETIRED_UNITS, HOLDER, false);
    }

    /// @dev Any units, for any beneficiary: issued = held + retired, and of what was retired for anyone, only the
    /// beneficiary's changes: it rises by these units.
    function check_retiringConserves(uint256 units, address beneficiary, address other) external {
        uint256 otherBefore = credits.retiredBalanceOf(other, tokenId);
        uint256 otherForBefore = credits.retiredFor(other);
        _retire(HOLDER, tokenId, HOLDER, units, beneficiary, false);
        assert(credits.balanceOf(HOLDER, tokenId) + _retiredUnits(tokenId) == ISSUED_UNITS);
        assert(_retiredUnits(tokenId) == RETIRED_UNITS + units);
        uint256 more = other == beneficiary ? units : 0;
        assert(credits.retiredBalanceOf(other, tokenId) == otherBefore + more);
        assert(credits.retiredFor(other) == otherForBefore + more);
    }

    /// @dev Any serials: issued = held + retired + redeemed, and nobody's retired units change.
    function check_redeemingConserves(uint256 serials, address other) external {
        uint256 otherBefore = credits.retiredBalanceOf(other, tokenId);
        _redeem(HOLDER, tokenId, HOLDER, serials);
        assert(_redeemedUnits(tokenId) == serials * TONNE);
        assert(credits.balanceOf(HOLDER, tokenId) + RETIRED_UNITS + serials * TONNE == ISSUED_UNITS);
        assert(_retiredUnits(tokenId) == RETIRED_UNITS);
        assert(credits.retiredBalanceOf(other, tokenId) == otherBefore);
    }

    /// @dev Any units change hands; then any serials are redeemed by one and any units retired by the other: the
    /// retirement ends before the first redeemed serial.
    function check_redeemedIsNeverRetired(uint256 moved, uint256 serials, uint256 units) external {
        _transfer(HOLDER, HOLDER, OTHER_HOLDER, tokenId, moved);
        (uint256 firstSerial, uint256 lastSerial) = _redeem(HOLDER, tokenId, HOLDER, serials);
        assert(lastSerial == 10 && firstSerial + serials == 11);
        uint256 id = _retire(OTHER_HOLDER, tokenId, OTHER_HOLDER, units, OTHER_HOLDER, false);
        assert(RetirementIds.firstUnitOf(id) + RetirementIds.unitsOf(id) <= firstSerial * TONNE);
    }

    /// @dev The other way about: the first redeemed serial begins where the retirement ends, or after.
    function check_retiredIsNeverRedeemed(uint256 moved, uint256 units, uint256 serials) external {
        _transfer(HOLDER, HOLDER, OTHER_HOLDER, tokenId, moved);
        uint256 id = _retire(OTHER_HOLDER, tokenId, OTHER_HOLDER, units, OTHER_HOLDER, false);
        (uint256 firstSerial, ) = _redeem(HOLDER, tokenId, HOLDER, serials);
        assert(RetirementIds.firstUnitOf(id) + RetirementIds.unitsOf(id) <= firstSerial * TONNE);
    }

    /// @dev Two retirements of any units: the second begins where the first ends, the first where the one before did.
    function check_retirementsTile(uint256 units, uint256 nextUnits) external {
        uint256 id = _retire(HOLDER, tokenId, HOLDER, units, HOLDER, false);
        uint256 next = _retire(HOLDER, tokenId, HOLDER, nextUnits, OTHER_HOLDER, false);
        assert(RetirementIds.firstUnitOf(id) == TONNE + RETIRED_UNITS);
        assert(RetirementIds.unitsOf(id) == units);
        assert(RetirementIds.firstUnitOf(next) == TONNE + RETIRED_UNITS + units);
        assert(RetirementIds.unitsOf(next) == nextUnits);
    }

    /// @dev The registry cancelled serials 4 to 6; of two retirements of any units none holds any part of them.
    function check_cancelledIsNeverRetired(uint256 units, uint256 nextUnits) external {
        _invalidate(custodian, tokenId, 4, 6);
        _assertMissesCancelled(_retire(HOLDER, tokenId, HOLDER, units, HOLDER, false));
        _assertMissesCancelled(_retire(HOLDER, tokenId, HOLDER, nextUnits, HOLDER, false));
    }

    /// @dev Whoever calls, with whatever amount and beneficiary, retires nothing of a holder that did not approve it.
    function check_nobodyRetiresAnothersUnits(address caller, uint256 units, address beneficiary) external {
        if (caller == HOLDER) return;
        try this.retire(caller, units, beneficiary) {
            assert(false);
        } catch {
            assert(credits.balanceOf(HOLDER, tokenId) == ISSUED_UNITS - RETIRED_UNITS);
        }
    }

    /// @dev Nor redeems it.
    function check_nobodyRedeemsAnothersUnits(address caller, uint256 serials) external {
        if (caller == HOLDER) return;
        try this.redeem(caller, serials) {
            assert(false);
        } catch {
            assert(credits.balanceOf(HOLDER, tokenId) == ISSUED_UNITS - RETIRED_UNITS);
        }
    }

    /// @dev Nor moves it.
    function check_nobodyMovesAnothersUnits(address caller, address to, uint256 units) external {
        if (caller == HOLDER) return;
        try this.move(caller, to, units) {
            assert(false);
        } catch {
            assert(credits.balanceOf(HOLDER, tokenId) == ISSUED_UNITS - RETIRED_UNITS);
        }
    }

    /// @dev Nobody, the issuer included, mints what no custodian attested to.
    function check_nobodyMintsUnattested(address caller) external {
        try this.mint(caller, 11) {
            assert(false);
        } catch {
            assert(credits.creditCount() == 1);
        }
    }

    /// @dev Nobody but the issuer mints what a custodian did attest to.
    function check_nobodyButTheIssuerMints(address caller) external {
        if (caller == address(this)) return;
        _attest(caller, HOLDER, _metadata(1, 11, 10));
        try this.mint(caller, 11) {
            assert(false);
        } catch {
            assert(credits.creditCount() == 1);
        }
    }

    /// @dev After a retirement of any units for anyone, whatever retirement its place is claimed for, and whatever
    /// chain before it: only that one proves itself, of which no field differs.
    function check_onlyTheRecordedProves(
        uint256 units,
        address beneficiary,
        ICarbonCredits.Retirement calldata claimed,
        bytes32 chainBefore
    ) external {
        bytes32 chain = credits.pageChain(tokenId, 0);
        uint256 id = _retire(HOLDER, tokenId, HOLDER, units, beneficiary, false);
        ICarbonCredits.Retirement memory recorded = _record(id, tokenId, HOLDER, beneficiary);
        ICarbonCredits.RetirementProof memory proof;
        proof.index = 1;
        proof.chainBefore = chain;
        assert(credits.isRecorded(recorded, proof));

        proof.chainBefore = chainBefore;
        if (claimed.tokenId != tokenId || !credits.isRecorded(claimed, proof)) return;
        assert(chainBefore == chain);
        assert(keccak256(abi.encode(claimed)) == keccak256(abi.encode(recorded)));
        assert(claimed.retirementId == id && claimed.beneficiary == beneficiary && claimed.holder == HOLDER);
    }

    function retire(address caller, uint256 units, address beneficiary) external {
        _retire(caller, tokenId, HOLDER, units, beneficiary, false);
    }

    function redeem(address caller, uint256 serials) external {
        _redeem(caller, tokenId, HOLDER, serials);
    }

    function move(address caller, address to, uint256 units) external {
        _transfer(caller, HOLDER, to, tokenId, units);
    }

    function mint(address caller, uint256 firstSerial) external {
        _mint(caller, HOLDER, _metadata(1, firstSerial, 10));
    }

    function _assertMissesCancelled(uint256 id) private pure {
        uint256 firstUnit = RetirementIds.firstUnitOf(id);
        assert(firstUnit + RetirementIds.unitsOf(id) <= 4 * TONNE || firstUnit >= 7 * TONNE);
    }
}
