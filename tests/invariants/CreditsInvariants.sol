// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CarbonCredits} from "../../contracts/CarbonCredits.sol";
import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {CreditsBooks} from "./CreditsBooks.sol";
import {CreditsHandler} from "./CreditsHandler.sol";

/// @title What always holds of credits, whatever was called
contract CreditsInvariants {
    /// @dev What forge expects of `targetSelectors`.
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    uint256 private constant TONNE = 10 ** 8;

    error NeverDone(CreditsBooks.Act act);

    CreditsHandler private handler;
    CarbonCredits private credits;

    function setUp() external {
        handler = new CreditsHandler();
        credits = handler.contractUnderTest();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[12] memory selectors = [
            CreditsHandler.wait.selector,
            CreditsHandler.issue.selector,
            CreditsHandler.transfer.selector,
            CreditsHandler.retire.selector,
            CreditsHandler.retireWithCertificate.selector,
            CreditsHandler.redeem.selector,
            CreditsHandler.suspend.selector,
            CreditsHandler.resume.selector,
            CreditsHandler.invalidate.selector,
            CreditsHandler.invalidateRetirement.selector,
            CreditsHandler.replace.selector,
            CreditsHandler.steal.selector
        ];
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), new bytes4[](selectors.length));
        for (uint256 i; i < selectors.length; ++i) targets[0].selectors[i] = selectors[i];
    }

    /// @dev Of each credit: issued = held + retired + redeemed; what each holds, and what is retired for each, is
    /// what the books say, where the latter only ever grows.
    function invariant_issuedIsHeldRetiredAndRedeemed() external view {
        for (uint256 i; i < handler.creditCount(); ++i) {
            uint256 tokenId = handler.tokenIds(i);
            (uint256 held, uint256 retired) = (0, 0);
            for (uint256 j; j < handler.ACTORS(); ++j) {
                address actor = handler.actorAt(j);
                held += credits.balanceOf(actor, tokenId);
                retired += credits.retiredBalanceOf(actor, tokenId);
                assert(credits.balanceOf(actor, tokenId) == handler.held(tokenId, actor));
                assert(credits.retiredBalanceOf(actor, tokenId) == handler.retired(tokenId, actor));
            }
            ICarbonCredits.CreditState memory state = credits.stateOf(tokenId);
            assert(retired == state.retiredUnits);
            assert(handler.issued(tokenId) == held + state.retiredUnits + state.redeemedUnits);
        }
    }

    /// @dev No two credits of a registry share a serial.
    function invariant_rangesDoNotMeet() external view {
        for (uint256 i; i < handler.creditCount(); ++i) {
            (uint256 registry, uint256 first, uint256 last) = _rangeOf(handler.tokenIds(i));
            for (uint256 j; j < i; ++j) {
                (uint256 otherRegistry, uint256 otherFirst, uint256 otherLast) = _rangeOf(handler.tokenIds(j));
                assert(registry != otherRegistry || last < otherFirst || otherLast < first);
            }
        }
    }

    /// @dev Each retirement begins where the one before ended, or with the first sound serial after it; the last one
    /// ends where the contract says that the front is.
    function invariant_retirementsTile() external view {
        for (uint256 i; i < handler.creditCount(); ++i) {
            uint256 tokenId = handler.tokenIds(i);
            (, uint256 first, ) = _rangeOf(tokenId);
            uint256 front = first * TONNE;
            ICarbonCredits.Retirement[] memory retirements = handler.retirementsOf(tokenId);
            for (uint256 j; j < retirements.length; ++j) {
                uint256 start = uint96(retirements[j].retirementId >> 96);
                uint256 units = uint96(retirements[j].retirementId);
                assert(units != 0 && start >= front);
                _assertCancelled(tokenId, front, start);
                front = start + units;
            }
            assert(credits.stateOf(tokenId).passedUnits == front - first * TONNE);
            assert(credits.stateOf(tokenId).retirementCount == retirements.length);
        }
    }

    /// @dev Each redemption ends before the one before began, but for cancelled serials, and after all that is
    /// retired: no redeemed serial is ever retired.
    function invariant_redeemedIsNeverRetired() external view {
        for (uint256 i; i < handler.creditCount(); ++i) {
            uint256 tokenId = handler.tokenIds(i);
            (, uint256 first, uint256 last) = _rangeOf(tokenId);
            uint256 end = last + 1;
            CreditsBooks.Span[] memory redemptions = handler.redemptionsOf(tokenId);
            for (uint256 j; j < redemptions.length; ++j) {
                assert(redemptions[j].firstSerial <= redemptions[j].lastSerial && redemptions[j].lastSerial < end);
                _assertCancelled(tokenId, (redemptions[j].lastSerial + 1) * TONNE, end * TONNE);
                end = redemptions[j].firstSerial;
            }
            assert(first * TONNE + credits.stateOf(tokenId).passedUnits <= end * TONNE);
        }
    }

    /// @dev Nothing that was cancelled before is retired or redeemed, and nothing of a credit on hold moves.
    function invariant_whatTheRegistryStoppedStays() external view {
        assert(handler.cancelledTakenUp() == 0 && handler.movesOnHold() == 0);
    }

    /// @dev Over all beneficiaries, what was retired for them is what was retired of all credits.
    function invariant_retiredForSumsToRetired() external view {
        (uint256 retiredFor, uint256 retired) = (0, 0);
        for (uint256 j; j < handler.ACTORS(); ++j) retiredFor += credits.retiredFor(handler.actorAt(j));
        for (uint256 i; i < handler.creditCount(); ++i) retired += credits.stateOf(handler.tokenIds(i)).retiredUnits;
        assert(retiredFor == retired);
    }

    /// @dev Of each account: replaced ≤ invalidated ≤ retired, each what was counted, and what offsets is the
    /// difference of the latter two.
    function invariant_offsetIsRetiredLessInvalidated() external view {
        for (uint256 j; j < handler.ACTORS(); ++j) {
            address actor = handler.actorAt(j);
            (uint256 retired, uint256 invalidated) = (credits.retiredFor(actor), credits.invalidatedFor(actor));
            assert(credits.replacedFor(actor) <= invalidated && invalidated <= retired);
            assert(credits.offsetFor(actor) == retired - invalidated);
            (, uint256 countedUnits, uint256 replacedUnits) = handler.claims(actor);
            assert(invalidated == countedUnits && credits.replacedFor(actor) == replacedUnits);
        }
    }

    /// @dev Of each retirement: replaced ≤ counted ≤ cancelled ≤ its units; and it proves itself.
    function invariant_retirementsProveThemselves() external view {
        for (uint256 i; i < handler.creditCount(); ++i) {
            uint256 tokenId = handler.tokenIds(i);
            ICarbonCredits.Retirement[] memory retirements = handler.retirementsOf(tokenId);
            for (uint256 j; j < retirements.length; ++j) {
                uint256 id = retirements[j].retirementId;
                (uint256 counted, uint256 replaced) = credits.invalidityOf(id);
                (, uint256 countedUnits, uint256 replacedUnits) = handler.fates(id);
                assert(counted == countedUnits && replaced == replacedUnits);
                uint256 cancelled = credits.invalidUnitsOf(tokenId, id);
                assert(replaced <= counted && counted <= cancelled && cancelled <= uint96(id));
            }
            // The last one's proof hangs on all that come before it on its page.
            if (retirements.length != 0) assert(handler.isRecorded(tokenId, retirements.length - 1));
        }
    }

    /// @dev Each certificate is its retirement's beneficiary's.
    function invariant_certificatesAreTheBeneficiaries() external view {
        for (uint256 i; i < handler.certificateCount(); ++i) {
            uint256 id = handler.certified(i);
            (address beneficiary, , ) = handler.fates(id);
            assert(handler.certificatesUnderTest().ownerOf(id) == beneficiary);
        }
    }

    /// @dev An outsider retires, redeems, moves, issues, suspends and cancels nothing.
    function invariant_noTheft() external view {
        assert(handler.thefts() == 0);
        assert(credits.retiredFor(handler.outsider()) == 0);
    }

    /// @dev After each run: it did all there is to do, or the above has proved nothing. Of all kinds of act, chance may
    /// leave out one.
    function afterInvariant() external view {
        uint256 missing;
        for (uint256 act; act <= uint256(type(CreditsBooks.Act).max); ++act) {
            if (handler.acts(CreditsBooks.Act(act)) != 0) continue;
            if (++missing > 1) revert NeverDone(CreditsBooks.Act(act));
        }
        assert(credits.creditCount() == handler.creditCount());
    }

    /// @dev All of these units are of serials that the registry cancelled.
    function _assertCancelled(uint256 tokenId, uint256 firstUnit, uint256 endUnit) private view {
        for (uint256 serial = firstUnit / TONNE; serial * TONNE < endUnit; ++serial) {
            assert(firstUnit == endUnit || handler.cancelled(tokenId, serial));
        }
    }

    function _rangeOf(uint256 tokenId) private pure returns (uint256 registry, uint256 first, uint256 last) {
        return (tokenId >> 192, uint64(tokenId >> 64), uint64(tokenId));
    }
}
