// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {CreditsWorld} from "../invariants/CreditsWorld.sol";
import {svm, vm} from "../Vm.sol";

/// @title What no single call can do, whichever function it names and whoever makes it
/// @notice After a credit of the serials 1 to 10 was issued, of which 123 units were retired. Bounded: strings are
/// empty and arrays have one element. A multicall makes such calls one after another, and is left out.
contract AnyCallProof is CreditsWorld {
    address private constant HOLDER = address(0xac0de);
    uint256 private tokenId;

    function setUp() external {
        tokenId = _issue(HOLDER, 1, 1, 10);
        _retire(HOLDER, tokenId, HOLDER, 123, HOLDER, false);
    }

    /// @dev What is retired for the holder never falls.
    function check_noCallLowersARetiredBalance(address caller) external {
        uint256 retiredBefore = credits.retiredBalanceOf(HOLDER, tokenId);
        uint256 retiredForBefore = credits.retiredFor(HOLDER);
        if (!_call(caller)) return;
        assert(credits.retiredBalanceOf(HOLDER, tokenId) >= retiredBefore);
        assert(credits.retiredFor(HOLDER) >= retiredForBefore);
    }

    /// @dev Nobody but the holder lowers what the holder has.
    function check_noCallTakesAnothersUnits(address caller) external {
        vm.assume(caller != HOLDER);
        uint256 heldBefore = credits.balanceOf(HOLDER, tokenId);
        if (_call(caller)) assert(credits.balanceOf(HOLDER, tokenId) >= heldBefore);
    }

    function _call(address caller) private returns (bool done) {
        bytes memory data = svm.createCalldata("CarbonCredits");
        vm.assume(bytes4(data) != Multicall.multicall.selector);
        vm.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (done, ) = address(credits).call(data);
    }
}
