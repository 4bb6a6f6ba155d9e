// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CarbonCredits} from "../../contracts/CarbonCredits.sol";
import {CreditsHandler} from "./CreditsHandler.sol";

/// @title What always holds of credits, whatever was called
contract CreditsInvariants {
    /// @dev What forge expects of `targetSelectors`.
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

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
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), new bytes4[](4));
        targets[0].selectors[0] = CreditsHandler.issue.selector;
        targets[0].selectors[1] = CreditsHandler.transfer.selector;
        targets[0].selectors[2] = CreditsHandler.retire.selector;
        targets[0].selectors[3] = CreditsHandler.steal.selector;
    }

    /// @dev Of each credit: issued = held + retired.
    function invariant_issuedIsHeldPlusRetired() external view {
        for (uint256 i; i < handler.creditCount(); ++i) {
            uint256 tokenId = handler.tokenIds(i);
            uint256 held;
            for (uint256 actor; actor < handler.actorCount(); ++actor) {
                held += credits.balanceOf(handler.actorAt(actor), tokenId);
            }
            assert(handler.issued(tokenId) == held + credits.retiredUnits(tokenId));
            assert(handler.retired(tokenId) == credits.retiredUnits(tokenId));
        }
    }

    /// @dev Over all beneficiaries, what was retired for them is what was retired.
    function invariant_retiredForSumsToRetired() external view {
        (uint256 retiredFor, uint256 retired) = (0, 0);
        for (uint256 actor; actor < handler.actorCount(); ++actor) {
            retiredFor += credits.retiredFor(handler.actorAt(actor));
        }
        for (uint256 i; i < handler.creditCount(); ++i) retired += credits.retiredUnits(handler.tokenIds(i));
        assert(retiredFor == retired);
    }

    /// @dev Nobody retires another's units.
    function invariant_noTheft() external view {
        assert(handler.thefts() == 0);
    }

    /// @dev After each run: it issued, transferred and retired, or the above has proved nothing.
    function afterInvariant() external view {
        assert(handler.creditCount() != 0 && handler.transfers() != 0 && handler.retirements() != 0);
        assert(credits.retirementCount() == handler.retirements());
    }
}
