// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CarbonCredits} from "../../contracts/CarbonCredits.sol";
import {IAutoRetire} from "../../interfaces/IAutoRetire.sol";
import {ICreditMarket} from "../../interfaces/ICreditMarket.sol";
import {vm} from "../Vm.sol";
import {OffsetsBooks} from "./OffsetsBooks.sol";

/// @title What accounts, sellers, buyers and strangers may try, in any order
/// @notice A call that is refused reverts and is not counted: what the books say is then what it was.
contract OffsetsHandler is OffsetsBooks {
    uint256 private constant KILOGRAM = TONNE / 1000;
    uint256 private constant PERIOD_SECONDS = 10 days;
    uint256 private constant MAX_LISTINGS = 80;

    /// @dev Of listings, those that are chosen from: of older ones, little is left.
    uint256 private constant NEWEST = 16;

    uint256 private clock = block.timestamp;

    error NothingToTry();

    /// @dev Forge forgets the time between calls.
    modifier inTime() {
        vm.warp(clock);
        _;
    }

    /// @dev Something to begin with: one account that buys, one with both, one with deposits alone.
    function begin() external {
        for (uint256 i; i < ACCOUNTS; ++i) this.setThreshold(i, 0);
        for (uint256 i; i < 2; ++i) {
            this.setPolicy(i, i, i, i + 1);
            this.pay(i, i, 300);
        }
        for (uint256 i = 1; i < ACCOUNTS; ++i) this.deposit(i, i, 50 * KILOGRAM);
        for (uint256 i; i < 2 * MONEYS; ++i) {
            this.list(i, i, i, i % 2, 10 * KILOGRAM, false);
            this.list(i, i, i, i % 2, 10 * KILOGRAM, i % 2 == 0);
            this.buy(0, 3 + 2 * TONNE * i);
        }
    }

    function wait(uint256 time) external {
        clock += 1 + (time % PERIOD_SECONDS);
        ++acts[Act.Wait];
    }

    /// @dev Mostly the account is settled at once, so that little is left to chance.
    function emitAndSettle(uint256 account, uint256 gasUsed, uint256 way) external inTime {
        address emitter = accountAt(account);
        vm.prank(emitter);
        emitted[emitter] += registry.record(1 + (gasUsed % 60_000));
        ++acts[Act.Emit];
        if (way % 4 == 0) return;
        if (way % 4 == 1) try this.settleWith(account, gasUsed, way) {} catch {}
        else try this.settle(account, account + 1) {} catch {}
    }

    function settle(uint256 account, uint256 caller) external inTime {
        address settled = accountAt(account);
        View memory before = _viewOf(settled);
        vm.recordLogs();
        vm.prank(accountAt(caller));
        (uint256 units, ) = autoRetire.settle(settled);
        _noteSettlement(settled, before, units);
        _noteReach(settled, before, units);
        ++acts[Act.Settle];
    }

    /// @dev By the account: a listing in its policy's money, of crumbs where there are any, and another, mostly in
    /// that money too; it may take neither.
    function settleWith(uint256 account, uint256 first, uint256 second) external inTime {
        address settled = accountAt(account);
        uint256[] memory chosen = new uint256[](2);
        chosen[0] = _listingFor(settled, first, TONNE / 10 - 1);
        if (chosen[0] == 0) chosen[0] = _listingFor(settled, first, TONNE);
        chosen[1] = second % 8 == 0 ? _listing(second) : _listingFor(settled, second, TONNE);
        View memory before = _viewOf(settled);
        vm.recordLogs();
        vm.prank(settled);
        (uint256 units, ) = autoRetire.settleWith(settled, chosen);
        _noteSettlement(settled, before, units);
        _noteReach(settled, before, units);
        ++acts[Act.SettleWith];
    }

    function deposit(uint256 account, uint256 token, uint256 units) external inTime {
        units = KILOGRAM + (units % (20 * KILOGRAM));
        uint256 tokenId = tokenIds[token % CREDITS];
        vm.prank(SELLER);
        credits.safeTransferFrom(SELLER, address(autoRetire), tokenId, units, abi.encode(accountAt(account)));
        deposits[accountAt(account)][tokenId] += units;
        ++acts[Act.Deposit];
    }

    /// @dev The first deposit from some one on.
    function withdraw(uint256 account, uint256 token, uint256 units) external inTime {
        (address owner, uint256 tokenId) = (accountAt(account), tokenIds[token % CREDITS]);
        for (uint256 i; i < ACCOUNTS * CREDITS && deposits[owner][tokenId] == 0; ++i) {
            (owner, tokenId) = (
                accountAt((account % ACCOUNTS) + i / CREDITS),
                tokenIds[((token % CREDITS) + i) % CREDITS]
            );
        }
        // Now and then one more than there is.
        units = units % (deposits[owner][tokenId] + 2);
        vm.prank(owner);
        autoRetire.withdraw(tokenId, units, owner);
        unchecked {
            deposits[owner][tokenId] -= units;
        }
        ++acts[Act.Withdraw];
    }

    /// @dev For the money of the account's policy, three times of four.
    function pay(uint256 account, uint256 money, uint256 kilograms) external inTime {
        address payee = accountAt(account);
        address paid = moneys[money % MONEYS];
        address preferred = autoRetire.policyOf(payee).paymentToken;
        uint256 amount = (_leastPrice(money % MONEYS) * (kilograms % 400)) / 1000;
        if (kilograms % 4 != 0 && preferred != address(0)) {
            paid = preferred;
            for (uint256 i; i < MONEYS; ++i) {
                if (moneys[i] == paid) amount = (_leastPrice(i) * (kilograms % 400)) / 1000;
            }
        }
        vm.prank(SPONSOR);
        autoRetire.depositPayment(payee, paid, amount);
        payments[payee][paid] += amount;
        ++acts[Act.Pay];
    }

    function withdrawPayment(uint256 account, uint256 money, uint256 amount) external inTime {
        (address owner, address paid) = (accountAt(account), moneys[money % MONEYS]);
        amount = amount % (payments[owner][paid] + 2);
        vm.prank(owner);
        autoRetire.withdrawPayment(paid, amount, owner);
        unchecked {
            payments[owner][paid] -= amount;
        }
        ++acts[Act.WithdrawPayment];
    }

    /// @dev Three ways to name credits: a credit before another's project, two projects, or any that is deposited.
    function setPolicy(uint256 account, uint256 rule, uint256 money, uint256 budget) external inTime {
        IAutoRetire.Policy memory policy;
        rule = rule % 5;
        if (rule != 4) policy.accepts = new uint256[](2);
        if (rule % 2 == 0 && rule != 4) (policy.accepts[0], policy.accepts[1]) = (tokenIds[2], _project(tokenIds[0]));
        if (rule % 2 == 1) (policy.accepts[0], policy.accepts[1]) = (_project(tokenIds[0]), _project(tokenIds[2]));
        money = money % MONEYS;
        policy.paymentToken = moneys[money];
        policy.maxPricePerTonne = uint128(_leastPrice(money) * (1 + (budget % 3)));
        policy.budget = uint128((_leastPrice(money) * _kilogramsOf(budget)) / 1000);
        policy.periodSeconds = uint32(PERIOD_SECONDS);
        policy.withCertificate = budget % 5 == 0;
        vm.prank(accountAt(account));
        autoRetire.setPolicy(policy);
        ++policies[accountAt(account)];
        ++acts[Act.SetPolicy];
    }

    function setThreshold(uint256 account, uint256 kilograms) external inTime {
        vm.prank(accountAt(account));
        autoRetire.setThreshold((1 + (kilograms % 20)) * KILOGRAM * MICROGRAMS_PER_UNIT);
        ++acts[Act.SetThreshold];
    }

    function list(
        uint256 seller,
        uint256 token,
        uint256 money,
        uint256 price,
        uint256 units,
        bool expires
    ) external inTime {
        if (listingIds.length == MAX_LISTINGS) revert NothingToTry();
        money = money % MONEYS;
        units = TONNE / 10 + (units % (30 * KILOGRAM));
        vm.prank(sellerAt(seller));
        listingIds.push(
            market.list(
                tokenIds[token % CREDITS],
                units,
                moneys[money],
                _leastPrice(money) * (1 + (price % 4)),
                expires ? clock + PERIOD_SECONDS : 0
            )
        );
        ++acts[Act.List];
    }

    function cancel(uint256 listing) external inTime {
        uint256 listingId = _listing(listing);
        address seller = market.getListing(listingId).seller;
        vm.prank(seller);
        market.cancel(listingId, seller);
        ++acts[Act.Cancel];
    }

    /// @dev By a stranger, who mostly leaves crumbs.
    function buy(uint256 listing, uint256 units) external inTime {
        uint256 listingId = _listing(listing);
        ICreditMarket.Listing memory listed = market.getListing(listingId);
        if (listed.units == 0) revert NothingToTry();
        units = units % 4 == 0 ? listed.units : listed.units - (units % listed.units) / 2;
        vm.prank(OUTSIDER);
        market.buy(listingId, units, OUTSIDER, type(uint256).max);
        ++acts[Act.Buy];
    }

    function withdrawProceeds(uint256 seller, uint256 money) external inTime {
        vm.prank(sellerAt(seller));
        market.withdrawProceeds(moneys[money % MONEYS], sellerAt(seller));
        ++acts[Act.WithdrawProceeds];
    }

    /// @dev Somebody else retires for the account.
    function gift(uint256 account, uint256 token, uint256 units) external inTime {
        units = 1 + (units % (60 * KILOGRAM));
        _retire(SELLER, tokenIds[token % CREDITS], SELLER, units, accountAt(account), false);
        retired[accountAt(account)] += units;
        ++acts[Act.Gift];
    }

    function suspend(uint256 token) external inTime {
        // Rarely, since all that is on hold stands still.
        if (token % 4 != 0) revert NothingToTry();
        _suspend(custodian, tokenIds[(token / 4) % CREDITS]);
        ++acts[Act.Suspend];
    }

    function resume() external inTime {
        bool found;
        for (uint256 i; i < CREDITS; ++i) {
            if (credits.suspendedUntil(tokenIds[i]) == 0) continue;
            _resume(custodian, tokenIds[i]);
            found = true;
        }
        if (!found) revert NothingToTry();
        ++acts[Act.Resume];
    }

    function setFee(bool takesFee) external inTime {
        feeTaking.setFee(takesFee ? 10 : 0);
        ++acts[Act.SetFee];
    }

    /// @dev An outsider tries what it was given no right to. Counted, where it ever succeeds.
    function steal(uint256 account, uint256 choice, uint256 way) external inTime {
        try this.trySteal(accountAt(account), choice, way % 4) {
            ++thefts;
        } catch {}
        ++acts[Act.Steal];
    }

    function trySteal(address account, uint256 choice, uint256 way) external {
        vm.prank(OUTSIDER);
        if (way == 0) autoRetire.withdraw(tokenIds[choice % CREDITS], 1, OUTSIDER);
        if (way == 1) autoRetire.withdrawPayment(moneys[choice % MONEYS], 1, OUTSIDER);
        if (way == 2) autoRetire.settleWith(account, listingIds);
        if (way == 3) market.cancel(_listing(choice), OUTSIDER);
    }

    function creditsUnderTest() external view returns (CarbonCredits) {
        return credits;
    }

    /// @dev Whether all that was due is retired.
    function _noteReach(address settled, View memory before, uint256 units) private {
        if (before.outstanding != 0 && units != 0 && registry.outstanding(settled) == 0) ++acts[Act.Full];
    }

    function _listing(uint256 choice) private view returns (uint256) {
        uint256 count = listingIds.length;
        return listingIds[count - 1 - (choice % (count < NEWEST ? count : NEWEST))];
    }

    /// @dev The first from some one on that has something left, and not too much, and is sold for the account's money.
    function _listingFor(address account, uint256 choice, uint256 mostUnits) private view returns (uint256) {
        address money = autoRetire.policyOf(account).paymentToken;
        for (uint256 i; i < NEWEST; ++i) {
            uint256 listingId = _listing((choice % NEWEST) + i);
            ICreditMarket.Listing memory listing = market.getListing(listingId);
            bool isFit = listing.units != 0 && listing.units <= mostUnits;
            if (isFit && listing.paymentToken == money) return listingId;
        }
        return 0;
    }

    function _kilogramsOf(uint256 budget) private pure returns (uint256) {
        uint16[4] memory kilograms = [60, 400, 150, 1000];
        return kilograms[budget % 4];
    }

    function _project(uint256 tokenId) private pure returns (uint256) {
        return (tokenId >> 128) << 128;
    }
}
