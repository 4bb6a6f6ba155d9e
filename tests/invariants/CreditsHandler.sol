// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CarbonCredits} from "../../contracts/CarbonCredits.sol";
import {CreditsWorld} from "./CreditsWorld.sol";

/// @title What anyone may try, in any order
/// @notice Few actors and small ranges of serials, so that the calls often meet. It counts what it did itself, apart
/// from what the contract says. A call that the contract refuses reverts and is not counted.
contract CreditsHandler is CreditsWorld {
    uint256 private constant ACTORS = 4;
    uint256 private constant SERIALS = 1000;

    error AllRetired(uint256 tokenId);

    uint256[] public tokenIds;
    mapping(uint256 tokenId => uint256 units) public issued;
    mapping(uint256 tokenId => uint256 units) public retired;
    uint256 public retirements;
    uint256 public transfers;
    uint256 public thefts;

    function issue(uint256 actor, uint256 firstSerial, uint256 serials) external {
        serials = 1 + (serials % 20);
        uint256 tokenId = _issue(actorAt(actor), 1 + (firstSerial % SERIALS), serials);
        tokenIds.push(tokenId);
        issued[tokenId] += serials * 10 ** 8;
    }

    function transfer(uint256 from, uint256 to, uint256 token, uint256 units) external {
        (address holder, uint256 tokenId, uint256 balance) = _holding(from, token);
        _transfer(holder, actorAt(to), tokenId, units % (balance + 1));
        ++transfers;
    }

    function retire(uint256 holderIndex, uint256 beneficiary, uint256 token, uint256 units) external {
        (address holder, uint256 tokenId, uint256 balance) = _holding(holderIndex, token);
        units = units % (balance + 1);
        _retireFor(holder, tokenId, holder, units, actorAt(beneficiary));
        retired[tokenId] += units;
        ++retirements;
    }

    /// @dev An outsider retires what it was given no right to. Counted, where it ever succeeds.
    function steal(uint256 holderIndex, uint256 token, uint256 units) external {
        (address holder, uint256 tokenId, uint256 balance) = _holding(holderIndex, token);
        _retireFor(address(0xbad), tokenId, holder, 1 + (units % balance), address(0xbad));
        ++thefts;
    }

    function creditCount() external view returns (uint256) {
        return tokenIds.length;
    }

    function contractUnderTest() external view returns (CarbonCredits) {
        return credits;
    }

    function actorCount() external pure returns (uint256) {
        return ACTORS;
    }

    function actorAt(uint256 index) public pure returns (address) {
        return address(uint160(0xac000 + (index % ACTORS)));
    }

    /// @dev A credit and one who holds some of it, so that few calls fail for want of a balance.
    function _holding(uint256 actor, uint256 token) private view returns (address, uint256, uint256) {
        uint256 tokenId = tokenIds[token % tokenIds.length];
        for (uint256 i; i < ACTORS; ++i) {
            address holder = actorAt((actor % ACTORS) + i);
            uint256 balance = credits.balanceOf(holder, tokenId);
            if (balance != 0) return (holder, tokenId, balance);
        }
        revert AllRetired(tokenId);
    }
}
