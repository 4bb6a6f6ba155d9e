// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAutoRetire} from "../../interfaces/IAutoRetire.sol";
import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {IEmissionsRegistry} from "../../interfaces/IEmissionsRegistry.sol";
import {Units} from "../libraries/Units.sol";

/// @dev Emits a little and is settled, over and over; and looks each time at what was retired and paid.
contract TinySettlements {
    IAutoRetire public immutable autoRetire;
    IEmissionsRegistry private immutable _registry;
    ICarbonCredits private immutable _credits;

    uint256 public settlements;
    uint256 public units;
    uint256 public cost;

    error UnderOffset(uint256 emittedCo2eMicrograms, uint256 offsetCo2eMicrograms);
    error OverOffset(uint256 emittedCo2eMicrograms, uint256 offsetCo2eMicrograms);
    error WronglyPaid(uint256 units, uint256 cost);

    constructor(IAutoRetire autoRetire_) {
        autoRetire = autoRetire_;
        _registry = autoRetire_.emissionsRegistry();
        _credits = autoRetire_.carbonCredits();
        autoRetire_.setThreshold(1);
    }

    function setPolicy(IAutoRetire.Policy calldata policy) external {
        autoRetire.setPolicy(policy);
    }

    /// @dev As often as the gas reaches. Of unequal sizes, so that the excess that carries over takes many values.
    function settleUpTo(uint256 count, uint256 gasUsed, address paymentToken, uint256 pricePerTonne) external {
        while (settlements < count && gasleft() > 500_000) {
            _registry.record(gasUsed + (settlements % 13));
            uint256 paidBefore = cost;
            uint256 funds = autoRetire.paymentOf(address(this), paymentToken);
            (uint256 retired, ) = autoRetire.settle(address(this));
            cost += funds - autoRetire.paymentOf(address(this), paymentToken);
            units += retired;
            ++settlements;
            _requireExact(retired, cost - paidBefore, pricePerTonne);
        }
    }

    function _requireExact(uint256 retired, uint256 paid, uint256 pricePerTonne) private view {
        uint256 emitted = _registry.emittedBy(address(this));
        uint256 offset = Units.co2eMicrograms(_credits.offsetFor(address(this)));
        if (offset < emitted) revert UnderOffset(emitted, offset);
        if (offset - emitted >= Units.MICROGRAMS_PER_UNIT) revert OverOffset(emitted, offset);
        if (paid != Units.costUp(retired, pricePerTonne)) revert WronglyPaid(retired, paid);
    }
}
