// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {AutoRetire} from "../../contracts/AutoRetire.sol";
import {CarbonCredits} from "../../contracts/CarbonCredits.sol";
import {CreditMarket} from "../../contracts/CreditMarket.sol";
import {ICreditMarket} from "../../interfaces/ICreditMarket.sol";
import {OffsetsBooks} from "./OffsetsBooks.sol";
import {OffsetsHandler} from "./OffsetsHandler.sol";

/// @title What always holds of deposits, settlements and sales, whatever was called
contract OffsetsInvariants {
    /// @dev What forge expects of `targetSelectors`.
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    uint256 private constant MICROGRAMS_PER_UNIT = 10_000;

    error NeverDone(OffsetsBooks.Act act);

    OffsetsHandler private handler;
    AutoRetire private autoRetire;
    CarbonCredits private credits;
    CreditMarket private market;

    function setUp() external {
        handler = new OffsetsHandler();
        handler.begin();
        (autoRetire, credits, market) = (handler.autoRetire(), handler.creditsUnderTest(), handler.market());
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev What settles stands here more than once, to be called more often.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[24] memory selectors = [
            OffsetsHandler.emitAndSettle.selector,
            OffsetsHandler.emitAndSettle.selector,
            OffsetsHandler.emitAndSettle.selector,
            OffsetsHandler.emitAndSettle.selector,
            OffsetsHandler.settle.selector,
            OffsetsHandler.settleWith.selector,
            OffsetsHandler.settleWith.selector,
            OffsetsHandler.wait.selector,
            OffsetsHandler.deposit.selector,
            OffsetsHandler.withdraw.selector,
            OffsetsHandler.pay.selector,
            OffsetsHandler.pay.selector,
            OffsetsHandler.withdrawPayment.selector,
            OffsetsHandler.setPolicy.selector,
            OffsetsHandler.setThreshold.selector,
            OffsetsHandler.list.selector,
            OffsetsHandler.cancel.selector,
            OffsetsHandler.buy.selector,
            OffsetsHandler.withdrawProceeds.selector,
            OffsetsHandler.gift.selector,
            OffsetsHandler.suspend.selector,
            OffsetsHandler.resume.selector,
            OffsetsHandler.setFee.selector,
            OffsetsHandler.steal.selector
        ];
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), new bytes4[](selectors.length));
        for (uint256 i; i < selectors.length; ++i) targets[0].selectors[i] = selectors[i];
    }

    /// @dev Of each credit and each token, what AutoRetire holds is the sum of the deposits; and each account's are
    /// what the books say.
    /// forge-config: default.invariant.depth = 1024
    /// forge-config: default.invariant.runs = 2
    /// forge-config: deep.invariant.depth = 1024
    /// forge-config: deep.invariant.runs = 32
    function invariant_depositsAreHeld() external view {
        for (uint256 i; i < handler.CREDITS(); ++i) {
            uint256 tokenId = handler.tokenIds(i);
            uint256 deposited;
            for (uint256 j; j < handler.ACCOUNTS(); ++j) {
                uint256 units = autoRetire.depositOf(handler.accountAt(j), tokenId);
                assert(units == handler.deposits(handler.accountAt(j), tokenId));
                deposited += units;
            }
            assert(credits.balanceOf(address(autoRetire), tokenId) == deposited);
        }
        for (uint256 i; i < handler.MONEYS(); ++i) {
            address money = handler.moneys(i);
            uint256 deposited;
            for (uint256 j; j < handler.ACCOUNTS(); ++j) {
                uint256 amount = autoRetire.paymentOf(handler.accountAt(j), money);
                assert(amount == handler.payments(handler.accountAt(j), money));
                deposited += amount;
            }
            assert(IERC20(money).balanceOf(address(autoRetire)) == deposited);
        }
    }

    /// @dev Of each credit, what the market holds is what is listed; of each token, what it owes.
    /// forge-config: default.invariant.depth = 1024
    /// forge-config: default.invariant.runs = 2
    /// forge-config: deep.invariant.depth = 1024
    /// forge-config: deep.invariant.runs = 32
    function invariant_theMarketHoldsWhatIsListedAndOwed() external view {
        for (uint256 i; i < handler.CREDITS(); ++i) {
            uint256 listed;
            for (uint256 j; j < handler.listingCount(); ++j) {
                ICreditMarket.Listing memory listing = market.getListing(handler.listingIds(j));
                if (listing.tokenId == handler.tokenIds(i)) listed += listing.units;
            }
            assert(credits.balanceOf(address(market), handler.tokenIds(i)) == listed);
        }
        for (uint256 i; i < handler.MONEYS(); ++i) {
            uint256 owed;
            for (uint256 j; j < handler.SELLERS(); ++j) {
                owed += market.proceedsOf(handler.sellerAt(j), handler.moneys(i));
            }
            assert(IERC20(handler.moneys(i)).balanceOf(address(market)) == owed);
        }
    }

    /// @dev No settlement changed anything of another account's, nor paid in another token than the policy's, nor
    /// something for nothing.
    /// forge-config: default.invariant.depth = 1024
    /// forge-config: default.invariant.runs = 2
    /// forge-config: deep.invariant.depth = 1024
    /// forge-config: deep.invariant.runs = 32
    function invariant_noAccountPaysForAnother() external view {
        assert(handler.paidByOthers() == 0 && handler.wronglyPaid() == 0 && handler.thefts() == 0);
    }

    /// @dev Of each account, outstanding is emitted less retired, by settlements and gifts alone; each settlement
    /// lowered it by what it retired, and retired all that was due, rounded up to the
    /// unit, or said that it fell short.
    /// forge-config: default.invariant.depth = 1024
    /// forge-config: default.invariant.runs = 2
    /// forge-config: deep.invariant.depth = 1024
    /// forge-config: deep.invariant.runs = 32
    function invariant_outstandingFallsByRetirementsAlone() external view {
        assert(handler.wronglyOffset() == 0);
        for (uint256 i; i < handler.ACCOUNTS(); ++i) {
            address account = handler.accountAt(i);
            uint256 offset = handler.retired(account) * MICROGRAMS_PER_UNIT;
            uint256 emitted = handler.emitted(account);
            assert(credits.retiredFor(account) == handler.retired(account));
            assert(handler.registry().outstanding(account) == (emitted > offset ? emitted - offset : 0));
        }
    }

    /// @dev Nothing over the price or the budget, and only of credits that are accepted and not on hold.
    /// forge-config: default.invariant.depth = 1024
    /// forge-config: default.invariant.runs = 2
    /// forge-config: deep.invariant.depth = 1024
    /// forge-config: deep.invariant.runs = 32
    function invariant_policiesAreKept() external view {
        assert(handler.overBudget() == 0 && handler.overPriced() == 0 && handler.notAccepted() == 0);
    }

    /// @dev After each run: it did all there is to do, or the above has proved nothing. Of all kinds of act, chance may
    /// leave out two.
    function afterInvariant() external view {
        uint256 missing;
        for (uint256 act; act <= uint256(type(OffsetsBooks.Act).max); ++act) {
            if (handler.acts(OffsetsBooks.Act(act)) != 0) continue;
            if (++missing > 2) revert NeverDone(OffsetsBooks.Act(act));
        }
    }
}
