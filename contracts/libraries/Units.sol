// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @title Every conversion between units
/// @notice Emissions round up, and the credits drawn for them round up. `src/gasprint/units.py` holds the same
/// formulas; both are checked on `tests/parity/vectors.json`.
library Units {
    /// @dev ERC-8393 counts credits with 8 decimals: 1 VCU = 1 tCO2e = 10^8 units.
    uint256 internal constant UNITS_PER_TONNE = 10 ** 8;

    /// @dev 1 t = 10^12 micrograms, so that a unit is 10 mg.
    uint256 internal constant MICROGRAMS_PER_UNIT = 10_000;

    uint256 internal constant PICOGRAMS_PER_MICROGRAM = 10 ** 6;

    function co2eMicrogramsUp(uint256 gasUsed, uint256 picogramsPerGas) internal pure returns (uint256) {
        return FixedPointMathLib.divUp(gasUsed * picogramsPerGas, PICOGRAMS_PER_MICROGRAM);
    }

    function energyPicowattHours(uint256 gasUsed, uint256 picowattHoursPerGas) internal pure returns (uint256) {
        return gasUsed * picowattHoursPerGas;
    }

    function unitsUp(uint256 co2eMicrograms_) internal pure returns (uint256) {
        return FixedPointMathLib.divUp(co2eMicrograms_, MICROGRAMS_PER_UNIT);
    }

    function co2eMicrograms(uint256 units) internal pure returns (uint256) {
        return units * MICROGRAMS_PER_UNIT;
    }

    function unitsOfSerials(uint256 firstSerial, uint256 lastSerial) internal pure returns (uint256) {
        return (lastSerial - firstSerial + 1) * UNITS_PER_TONNE;
    }

    /// @dev What units cost, in base units of the token in which a tonne has that price.
    function costUp(uint256 units, uint256 pricePerTonne) internal pure returns (uint256) {
        return FixedPointMathLib.fullMulDivUp(units, pricePerTonne, UNITS_PER_TONNE);
    }

    /// @dev The most units that cost no more than that; the price is not zero.
    function unitsFor(uint256 amount, uint256 pricePerTonne) internal pure returns (uint256) {
        return FixedPointMathLib.fullMulDiv(amount, UNITS_PER_TONNE, pricePerTonne);
    }
}
