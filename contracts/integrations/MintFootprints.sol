// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibString} from "solady/src/utils/LibString.sol";
import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {Units} from "../libraries/Units.sol";
import {OffsetOnMint} from "./OffsetOnMint.sol";

/// @title What each token emitted, and which retirements offset it
/// @notice For a collection that offsets its mints and numbers its tokens one after the other: with each settlement it
/// notes how many tokens there were, what they emitted, and which retirements were made. A token's emissions are the
/// mean of those that were minted between two settlements; those of its own transaction are in its receipt.
abstract contract MintFootprints is OffsetOnMint {
    /// @dev As it was after a settlement.
    struct Mark {
        uint64 tokenCount;
        uint96 emittedCo2eMicrograms;
    }

    /// @notice What is known of a token.
    /// @param co2eMicrograms What its mint emitted: the mean of those between two settlements, rounded up.
    /// @param isOffset Whether all that the collection emitted up to and with that settlement is offset.
    /// @param retirementIds The retirements of that settlement; empty until it comes.
    struct Footprint {
        uint256 co2eMicrograms;
        bool isOffset;
        uint256[] retirementIds;
    }

    Mark[] private _marks;
    mapping(uint256 mark => uint256[] retirementIds) private _retirementIds;

    /// @notice There is no such token.
    error UnknownToken(uint256 number);

    /// @notice What is known of a token.
    /// @param number The token's number, from 0 in the order of minting.
    /// @return footprint What its mint emitted, and what offset it.
    function footprintOf(uint256 number) public view returns (Footprint memory footprint) {
        uint256 tokenCount = _tokenCount();
        if (number >= tokenCount) revert UnknownToken(number);
        uint256 mark = _markOf(number);
        Mark memory before = mark == 0 ? Mark(0, 0) : _marks[mark - 1];
        Mark memory after_ =
            mark == _marks.length
                ? Mark(uint64(tokenCount), uint96(emissionsRegistry.emittedBy(address(this))))
                : _marks[mark];
        ICarbonCredits credits = emissionsRegistry.carbonCredits();
        footprint.co2eMicrograms = FixedPointMathLib.divUp(
            after_.emittedCo2eMicrograms - before.emittedCo2eMicrograms,
            after_.tokenCount - before.tokenCount
        );
        footprint.isOffset = after_.emittedCo2eMicrograms <= Units.co2eMicrograms(credits.offsetFor(address(this)));
        footprint.retirementIds = _retirementIds[mark];
    }

    /// @dev What a marketplace shows of a token: the inside of `attributes` of its metadata, without brackets.
    function _footprintAttributes(uint256 number) internal view returns (string memory json) {
        Footprint memory footprint = footprintOf(number);
        json = string.concat(
            '{"trait_type":"CO2e of the mint (mg)","display_type":"number","value":',
            LibString.toString(FixedPointMathLib.divUp(footprint.co2eMicrograms, 1000)),
            '},{"trait_type":"CO2e offset","value":"',
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
    }

    /// @dev Notes a settlement. The settlement's own emissions are the next tokens'.
    function _afterSettlement(uint256[] memory retirementIds) internal virtual override {
        _retirementIds[_marks.length] = retirementIds;
        _marks.push(Mark(uint64(_tokenCount()), uint96(emissionsRegistry.emittedBy(address(this)))));
    }

    /// @dev It writes five slots at most: a mark, how many there are, and two ids with their count.
    function _afterSettlementGas() internal pure virtual override returns (uint256) {
        return 150_000;
    }

    /// @dev How many tokens were minted so far.
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
}
