// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CarbonCredits} from "../../contracts/CarbonCredits.sol";
import {RetirementCertificates} from "../../contracts/RetirementCertificates.sol";
import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {vm} from "../Vm.sol";
import {CreditsBooks} from "./CreditsBooks.sol";

/// @title What anyone may try, in any order
/// @notice Few actors, few credits and small ranges of serials, so that the calls often meet. It counts what it did
/// itself, apart from what the contract says. A call that the contract refuses reverts and is not counted.
contract CreditsHandler is CreditsBooks {
    uint256 private constant MAX_CREDITS = 10;
    uint256 private constant MAX_SERIALS = 20;
    uint256 private constant SERIALS = 100;
    uint256 private constant REGISTRIES = 2;

    uint256 private clock = block.timestamp;

    error NothingToTry();

    /// @dev Forge forgets the time between calls.
    modifier inTime() {
        vm.warp(clock);
        _;
    }

    /// @dev Something to begin with.
    constructor() {
        _noteIssued(_issue(actorAt(0), 1, 1, 10), actorAt(0), 10);
    }

    function wait(uint256 time) external {
        clock += 1 + (time % 100 days);
        ++acts[Act.Wait];
    }

    function issue(uint256 actor, uint256 registry, uint256 firstSerial, uint256 serials) external inTime {
        if (tokenIds.length == MAX_CREDITS) revert NothingToTry();
        serials = 1 + (serials % MAX_SERIALS);
        address to = actorAt(actor);
        _noteIssued(_issue(to, 1 + (registry % REGISTRIES), 1 + (firstSerial % SERIALS), serials), to, serials);
        ++acts[Act.Issue];
    }

    function transfer(uint256 from, uint256 to, uint256 token, uint256 units) external inTime {
        (address holder, uint256 tokenId, uint256 balance) = _holding(from, token, 1);
        units = 1 + (units % balance);
        _noteMove(tokenId);
        _transfer(holder, holder, actorAt(to), tokenId, units);
        held[tokenId][holder] -= units;
        held[tokenId][actorAt(to)] += units;
        ++acts[Act.Transfer];
    }

    /// @dev Every other time whole serials, so that cancelled ones are met.
    function retire(uint256 actor, uint256 beneficiary, uint256 token, uint256 units, bool whole) external inTime {
        (address holder, uint256 tokenId, uint256 balance) = _holding(actor, token, 1);
        units = _toTake(tokenId, balance, units, whole);
        _noteMove(tokenId);
        uint256 id = _retire(holder, tokenId, holder, units, actorAt(beneficiary), false);
        _noteRetired(_record(id, tokenId, holder, actorAt(beneficiary)), units);
        ++acts[Act.Retire];
    }

    function retireWithCertificate(uint256 actor, uint256 beneficiary, uint256 token, uint256 units) external inTime {
        (address holder, uint256 tokenId, uint256 balance) = _holding(actor, token, 1);
        units = _toTake(tokenId, balance, units, false);
        _noteMove(tokenId);
        uint256 id = _retire(holder, tokenId, holder, units, actorAt(beneficiary), true);
        _noteRetired(_record(id, tokenId, holder, actorAt(beneficiary)), units);
        certified.push(id);
        ++acts[Act.RetireWithCertificate];
    }

    function redeem(uint256 actor, uint256 token, uint256 serials) external inTime {
        (address holder, uint256 tokenId, uint256 balance) = _holding(actor, token, TONNE);
        serials = 1 + ((serials % (balance / TONNE)) % 2);
        _noteMove(tokenId);
        (uint256 firstSerial, uint256 lastSerial) = _redeem(holder, tokenId, holder, serials);
        _noteRedeemed(tokenId, holder, firstSerial, lastSerial, serials);
        ++acts[Act.Redeem];
    }

    function suspend(uint256 token) external inTime {
        _suspend(custodian, _credit(token));
        ++acts[Act.Suspend];
    }

    /// @dev The first credit on hold, from some one on.
    function resume(uint256 token) external inTime {
        for (uint256 i; i < tokenIds.length; ++i) {
            uint256 tokenId = _credit((token % tokenIds.length) + i);
            if (credits.suspendedUntil(tokenId) == 0) continue;
            _resume(custodian, tokenId);
            ++acts[Act.Resume];
            return;
        }
        revert NothingToTry();
    }

    /// @dev Every other time among the serials that are passed already, so that retirements are met.
    function invalidate(uint256 token, uint256 from, uint256 serials) external inTime {
        uint256 tokenId = _credit(token);
        (uint256 creditFirst, uint256 creditLast) = _serialsOf(tokenId);
        uint256 passed = credits.stateOf(tokenId).passedUnits / TONNE;
        if (from % 2 == 0 && passed != 0) creditLast = creditFirst + passed - 1;
        uint256 firstSerial = creditFirst + ((from / 2) % (creditLast + 1 - creditFirst));
        uint256 lastSerial = firstSerial + (serials % 2);
        _invalidate(custodian, tokenId, firstSerial, lastSerial);
        for (uint256 serial = firstSerial; serial <= lastSerial; ++serial) cancelled[tokenId][serial] = true;
        ++acts[Act.Invalidate];
    }

    /// @dev The first retirement, from some credit on, of which something is cancelled and not counted.
    function invalidateRetirement(uint256 token) external inTime {
        for (uint256 i; i < tokenIds.length; ++i) {
            uint256 tokenId = _credit((token % tokenIds.length) + i);
            for (uint256 index; index < retirements[tokenId].length; ++index) {
                ICarbonCredits.Retirement memory retirement = retirements[tokenId][index];
                uint256 id = retirement.retirementId;
                if (credits.invalidUnitsOf(tokenId, id) == fates[id].countedUnits) continue;
                _noteCounted(retirement, credits.invalidateRetirement(retirement, _proof(tokenId, index)));
                ++acts[Act.InvalidateRetirement];
                return;
            }
        }
        revert NothingToTry();
    }

    /// @dev Makes good the last counted retirement that has something missing, out of what an actor holds.
    function replace(uint256 actor, uint256 token, uint256 units) external inTime {
        (address holder, uint256 tokenId, uint256 balance) = _holding(actor, token, 1);
        for (uint256 i = countedRetirements.length; i != 0; --i) {
            ICarbonCredits.Retirement memory retirement = countedRetirements[i - 1];
            uint256 id = retirement.retirementId;
            uint256 missing = fates[id].countedUnits - fates[id].replacedUnits;
            if (missing == 0) continue;
            units = _toTake(tokenId, balance < missing ? balance : missing, units, false);
            _noteMove(tokenId);
            uint256 by = _replace(holder, id, tokenId, holder, units);
            _noteRetired(_record(by, tokenId, holder, retirement.beneficiary), units);
            _noteReplaced(retirement, units);
            ++acts[Act.Replace];
            return;
        }
        revert NothingToTry();
    }

    /// @dev An outsider tries what it was given no right to. Counted, where it ever succeeds.
    function steal(uint256 actor, uint256 token, uint256 units, uint256 way) external inTime {
        (address holder, uint256 tokenId, uint256 balance) = _holding(actor, token, 1);
        try this.trySteal(way % 8, holder, tokenId, 1 + (units % balance)) {
            ++thefts;
        } catch {}
        ++acts[Act.Steal];
    }

    function trySteal(uint256 way, address holder, uint256 tokenId, uint256 units) external {
        (uint256 first, ) = _serialsOf(tokenId);
        if (way == 0) _retire(OUTSIDER, tokenId, holder, units, OUTSIDER, false);
        if (way == 1) _redeem(OUTSIDER, tokenId, holder, 1);
        if (way == 2) _transfer(OUTSIDER, holder, OUTSIDER, tokenId, units);
        if (way == 3) _suspend(OUTSIDER, tokenId);
        if (way == 4) _resume(OUTSIDER, tokenId);
        if (way == 5) _invalidate(OUTSIDER, tokenId, first, first);
        if (way == 6) _replace(OUTSIDER, countedRetirements[0].retirementId, tokenId, holder, 1);
        if (way == 7) {
            _attest(OUTSIDER, OUTSIDER, _metadata(1, 1000, 1));
            _mint(OUTSIDER, OUTSIDER, _metadata(1, 1000, 1));
        }
    }

    function contractUnderTest() external view returns (CarbonCredits) {
        return credits;
    }

    function certificatesUnderTest() external view returns (RetirementCertificates) {
        return certificates;
    }

    function outsider() external pure returns (address) {
        return OUTSIDER;
    }

    function _credit(uint256 token) private view returns (uint256) {
        return tokenIds[token % tokenIds.length];
    }

    /// @dev A credit and one who holds that much of it, so that few calls fail for want of a balance.
    function _holding(
        uint256 actor,
        uint256 token,
        uint256 leastUnits
    ) private view returns (address, uint256, uint256) {
        for (uint256 i; i < tokenIds.length * ACTORS; ++i) {
            uint256 tokenId = _credit((token % tokenIds.length) + i / ACTORS);
            address holder = actorAt((actor % ACTORS) + i);
            uint256 balance = credits.balanceOf(holder, tokenId);
            if (balance >= leastUnits) return (holder, tokenId, balance);
        }
        revert NothingToTry();
    }

    /// @dev Units that can mostly be retired: now and then more than there are before a cancelled serial. Few, so that
    /// the credits last.
    function _toTake(uint256 tokenId, uint256 balance, uint256 units, bool whole) private view returns (uint256) {
        uint256 retirable = credits.retirableUnits(tokenId);
        if (retirable != 0 && units % 8 != 0 && retirable < balance) balance = retirable;
        if (balance > 2 * TONNE) balance = 2 * TONNE;
        if (whole && balance >= TONNE) return (1 + (units % (balance / TONNE))) * TONNE;
        return 1 + (units % balance);
    }
}
