// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EmissionSums} from "../../contracts/libraries/EmissionSums.sol";

/// @title Sums of emissions keep apart
/// @notice For all values that the fields hold.
contract EmissionSumsProof {
    /// @dev What is packed comes out again.
    function check_packingLosesNothing(
        uint32 records,
        uint56 gasUsed,
        uint88 energyPicowattHours,
        uint80 co2eMicrograms
    ) external pure {
        uint256 sums = EmissionSums.pack(records, gasUsed, energyPicowattHours, co2eMicrograms);
        assert(EmissionSums.records(sums) == records);
        assert(EmissionSums.gasUsed(sums) == gasUsed);
        assert(EmissionSums.energyPicowattHours(sums) == energyPicowattHours);
        assert(EmissionSums.co2eMicrograms(sums) == co2eMicrograms);
    }

    /// @dev Any two words add up field by field, or are refused, exactly where a field cannot hold its sum.
    function check_noFieldRunsIntoTheNext(uint256 left, uint256 right) external view {
        uint256 records = EmissionSums.records(left) + EmissionSums.records(right);
        uint256 gasUsed = EmissionSums.gasUsed(left) + EmissionSums.gasUsed(right);
        uint256 energy = EmissionSums.energyPicowattHours(left) + EmissionSums.energyPicowattHours(right);
        uint256 co2e = EmissionSums.co2eMicrograms(left) + EmissionSums.co2eMicrograms(right);
        bool fits =
            records <= type(uint32).max &&
                gasUsed <= type(uint56).max &&
                energy <= type(uint88).max &&
                co2e <= type(uint80).max;
        try this.add(left, right) returns (uint256 sums) {
            assert(fits);
            assert(EmissionSums.records(sums) == records);
            assert(EmissionSums.gasUsed(sums) == gasUsed);
            assert(EmissionSums.energyPicowattHours(sums) == energy);
            assert(EmissionSums.co2eMicrograms(sums) == co2e);
        } catch {
            assert(!fits);
        }
    }

    /// @dev A word of which no field is half full has room for as much again.
    function check_halfIsLeft(uint256 left, uint256 right) external view {
        if (EmissionSums.isHalfFull(left) || EmissionSums.isHalfFull(right)) return;
        try this.add(left, right) {} catch {
            assert(false);
        }
    }

    function add(uint256 left, uint256 right) external pure returns (uint256) {
        return EmissionSums.add(left, right);
    }
}
