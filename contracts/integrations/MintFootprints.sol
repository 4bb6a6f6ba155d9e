// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibString} from "solady/src/utils/LibString.sol";
import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {RetirementIds} from "../libraries/RetirementIds.sol";
import {Units} from "../libraries/Units.sol";
import {OffsetOnMint} from "./OffsetOnMint.sol";

/// @title What each token emitted, and which retirements offset it
/// @notice For a collection that offsets its mints and numbers its tokens one after the other: the settlements of its mints
/// that retire something are marks between its tokens. A token's emissions are the mean of those between two marks; those
/// of its own transaction are in its receipt. Over all tokens they add up to what the collection emitted, rounded up a
/// token, but for what came after the last mark until the next token; and what is noted of a token at a mark does not change any more, but whether it is offset.
/// @dev What is emitted after a mark is the next tokens': the settlement's own emissions, those of a second one in the same
/// mint, and of calls that mint nothing. Refuse a mint of no tokens, or anyone can add to the next tokens' emissions.
abstract contract MintFootprints is OffsetOnMint {
    /// @notice How many retirements are listed between two marks, so that nobody can make what is shown grow.
    uint256 public constant MAX_RETIREMENTS_LISTED = 4;

    /// @dev Of these, how many settlements can take up that are no mark, as they had no new token.
    uint256 private constant MAX_LISTED_BEFORE_MARK = 2;

    /// @dev As it was after a settlement. Numbers of bits that no collection and no registry comes near to.
    struct Mark {
        uint40 tokenCount;
        uint32 listedCount;
        uint96 emittedCo2eMicrograms;
        uint88 retiredUnits;
    }

    /// @notice What is known of a token. Between the mark before it and that after it, or now where none came yet:
    /// @param co2eMicrograms What its mint emitted: the mean of what the collection did, rounded up.
    /// @param isOffset Whether all that the collection emitted up to the mark after it is offset by now, by whichever
    /// retirements: what one settlement leaves, later ones retire, and a gift counts like any other.
    /// @param retirementIds The retirements that the collection's own mints made, four at most.
    /// @param otherUnits What else was retired for the collection: by whoever called `AutoRetire.settle` or retired units
    /// as a gift, and by its own mints beyond those listed. `RetirementRecorded` of CarbonCredits, which can be searched
    /// by beneficiary, names each.
    struct Footprint {
        uint256 co2eMicrograms;
        bool isOffset;
        uint256[] retirementIds;
        uint256 otherUnits;
    }

    Mark[] private _marks;
    uint256[] private _retirementIds;

    /// @notice There is no such token.
    error UnknownToken(uint256 number);

    /// @notice What is known of a token.
    /// @param number The token's number, from 0 in the order of minting.
    /// @return footprint What its mint emitted, and what offset it.
    function footprintOf(uint256 number) public view returns (Footprint memory footprint) {
        if (number >= _tokenCount()) revert UnknownToken(number);
        uint256 mark = _markOf(number);
        Mark memory before = _markBefore(mark);
        Mark memory after_ = mark == _marks.length ? _now() : _marks[mark];
        footprint.co2eMicrograms = FixedPointMathLib.divUp(
            after_.emittedCo2eMicrograms - before.emittedCo2eMicrograms,
            after_.tokenCount - before.tokenCount
        );
        footprint.isOffset = after_.emittedCo2eMicrograms <= Units.co2eMicrograms(_credits().offsetFor(address(this)));
        footprint.retirementIds = new uint256[](after_.listedCount - before.listedCount);
        footprint.otherUnits = after_.retiredUnits - before.retiredUnits;
        for (uint256 i = 0; i < footprint.retirementIds.length; ++i) {
            footprint.retirementIds[i] = _retirementIds[before.listedCount + i];
            footprint.otherUnits -= RetirementIds.unitsOf(footprint.retirementIds[i]);
        }
    }

    /// @dev What a marketplace shows of a token: the inside of `attributes` of its metadata, without brackets.
    function _footprintAttributes(uint256 number) internal view returns (string memory json) {
        Footprint memory footprint = footprintOf(number);
        json = string.concat(
            _numberAttribute("CO2e of the mint (mg)", FixedPointMathLib.divUp(footprint.co2eMicrograms, 1000)),
            ',{"trait_type":"CO2e offset","value":"',
            footprint.isOffset ? "yes" : "not yet",
            '"}'
        );
        for (uint256 i = 0; i < footprint.retirementIds.length; ++i) {
            json = string.concat(
                json,
                ',{"trait_type":"Retirement","value":"',
                LibString.toString(footprint.retirementIds[i]),
                '"}'
            );
        }
        if (footprint.otherUnits != 0) {
            uint256 milligrams = Units.co2eMicrograms(footprint.otherUnits) / 1000;
            json = string.concat(json, ",", _numberAttribute("Other retirements (mg)", milligrams));
        }
    }

    /// @dev Notes a settlement. Where it had no new token, or retired nothing, the next tokens' mark covers it.
    function _afterSettlement(uint256[] memory retirementIds) internal virtual override {
        Mark memory before = _markBefore(_marks.length);
        bool hasTokens = _tokenCount() > before.tokenCount;
        uint256 maxCount = before.listedCount + (hasTokens ? MAX_RETIREMENTS_LISTED : MAX_LISTED_BEFORE_MARK);
        for (uint256 i = 0; i < retirementIds.length && _retirementIds.length < maxCount; ++i) {
            _retirementIds.push(retirementIds[i]);
        }
        if (hasTokens && retirementIds.length != 0) _marks.push(_now());
    }

    /// @dev It writes five slots at most: a mark, how many there are, and two ids with their count.
    function _afterSettlementGas() internal pure virtual override returns (uint256) {
        return 150_000;
    }

    /// @dev How many tokens were minted so far; it never falls.
    function _tokenCount() internal view virtual returns (uint256);

    /// @dev The first mark that counts a token; as many as there are marks where none does yet.
    function _markOf(uint256 number) private view returns (uint256 low) {
        uint256 high = _marks.length;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (_marks[middle].tokenCount > number) high = middle;
            else low = middle + 1;
        }
    }

    function _markBefore(uint256 mark) private view returns (Mark memory before) {
        if (mark != 0) before = _marks[mark - 1];
    }

    function _now() private view returns (Mark memory) {
        return
            Mark({
                tokenCount: uint40(_tokenCount()),
                listedCount: uint32(_retirementIds.length),
                emittedCo2eMicrograms: uint96(emissionsRegistry.emittedBy(address(this))),
                retiredUnits: uint88(_credits().retiredFor(address(this)))
            });
    }

    function _credits() private view returns (ICarbonCredits) {
        return emissionsRegistry.carbonCredits();
    }

    function _numberAttribute(string memory name, uint256 value) private pure returns (string memory) {
        return
            string.concat(
                '{"trait_type":"',
                name,
                '","display_type":"number","value":',
                LibString.toString(value),
                "}"
            );
    }
}
