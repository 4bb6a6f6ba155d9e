// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Units} from "../../contracts/libraries/Units.sol";

/// @title Rounding never under-offsets, and no budget is exceeded by it
/// @notice Amounts that are not zero are written as one more than a number, which the solver answers at once: it
/// would else lose its way in what the formula says of zero.
contract UnitsProof {
    /// @dev The units drawn cover the emissions, up to 79 quadrillion tonnes.
    function check_unitsCoverTheEmissions(uint96 co2eMicrograms) external pure {
        assert(Units.unitsUp(co2eMicrograms) * Units.MICROGRAMS_PER_UNIT >= co2eMicrograms);
    }

    /// @dev They cover them by less than one unit too many, within the same bound.
    function check_unitsAreTheFewest(uint96 oneLess) external pure {
        uint256 co2eMicrograms = uint256(oneLess) + 1;
        uint256 covered = Units.unitsUp(co2eMicrograms) * Units.MICROGRAMS_PER_UNIT;
        assert(covered < co2eMicrograms + Units.MICROGRAMS_PER_UNIT);
    }

    /// @dev Only the product of gas and picograms counts, so that the two proofs below need but one number.
    function check_onlyTheProductCounts(uint96 gasUsed, uint96 picogramsPerGas) external pure {
        uint256 picograms = uint256(gasUsed) * picogramsPerGas;
        assert(Units.co2eMicrogramsUp(gasUsed, picogramsPerGas) == Units.co2eMicrogramsUp(picograms, 1));
    }

    /// @dev Micrograms are never below the exact picograms, up to 79 billion tonnes.
    function check_microgramsCoverTheGas(uint96 picograms) external pure {
        assert(Units.co2eMicrogramsUp(picograms, 1) * Units.PICOGRAMS_PER_MICROGRAM >= picograms);
    }

    /// @dev They are less than one microgram above, within the same bound.
    function check_microgramsAreTheFewest(uint96 oneLess) external pure {
        uint256 picograms = uint256(oneLess) + 1;
        uint256 covered = Units.co2eMicrogramsUp(picograms, 1) * Units.PICOGRAMS_PER_MICROGRAM;
        assert(covered < picograms + Units.PICOGRAMS_PER_MICROGRAM);
    }

    /// @dev Nothing needs nothing, which is the one amount that the two above leave out.
    function check_nothingRoundsToNothing() external pure {
        assert(Units.unitsUp(0) == 0 && Units.co2eMicrogramsUp(0, 1) == 0);
    }

    /// @dev What is paid is above the price of the units by less than one base unit, up to 792 tonnes at a price of 1 of
    /// a token with 18 decimals. That it is never below takes the solver too long, as does a price that may be anything:
    /// both are tried in tests/offchain/test_units.py, on formulas that tests/parity holds to these.
    function check_costIsTheLeast(uint96 oneLess) external pure {
        uint256 product = uint256(oneLess) + 1;
        assert(Units.costUp(product, 1) * Units.UNITS_PER_TONNE < product + Units.UNITS_PER_TONNE);
    }

    /// @dev The units that an amount buys are worth no more than it, at a price of a token with 6 decimals and at one
    /// of a token with 18. Their cost is the next whole base unit, and so no more than the amount, which is whole.
    function check_whatAnAmountBuysIsWorthNoMore(uint96 amount) external pure {
        _requireWorthNoMore(amount, 12_345_678);
        _requireWorthNoMore(amount, 33_333_333_333_333_333_333);
    }

    /// @dev One unit more would be worth more, at a price of a token with 6 decimals.
    function check_oneUnitMoreIsWorthMore(uint96 amount) external pure {
        uint256 oneMore = Units.unitsFor(amount, 12_345_678) + 1;
        assert(oneMore * 12_345_678 > uint256(amount) * Units.UNITS_PER_TONNE);
    }

    function _requireWorthNoMore(uint256 amount, uint256 pricePerTonne) private pure {
        assert(Units.unitsFor(amount, pricePerTonne) * pricePerTonne <= amount * Units.UNITS_PER_TONNE);
    }
}
