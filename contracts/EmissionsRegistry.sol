// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICarbonCredits} from "../interfaces/ICarbonCredits.sol";
import {IEmissionsRegistry} from "../interfaces/IEmissionsRegistry.sol";
import {Units} from "./libraries/Units.sol";

/// @title What accounts have emitted by the gas they used
/// @notice Documented in IEmissionsRegistry. It alone knows who emitted what; what was retired it asks the credits.
contract EmissionsRegistry is IEmissionsRegistry, AccessManaged {
    using SafeCast for uint256;

    /// @inheritdoc IEmissionsRegistry
    ICarbonCredits public immutable carbonCredits;

    Factor[] private _factors;
    mapping(address account => Emissions) private _emissions;

    constructor(address authority, ICarbonCredits carbonCredits_) AccessManaged(authority) {
        carbonCredits = carbonCredits_;
    }

    /// @inheritdoc IEmissionsRegistry
    function publishFactor(
        Factor calldata factor,
        string calldata source
    ) external restricted returns (uint256 version) {
        if (factor.picogramsPerGas == 0 || factor.picowattHoursPerGas == 0) revert FactorIsZero();
        _requireOrder(factor.picogramsPerGasLower, factor.picogramsPerGas, factor.picogramsPerGasUpper);
        _requireOrder(factor.picowattHoursPerGasLower, factor.picowattHoursPerGas, factor.picowattHoursPerGasUpper);

        Factor memory published = factor;
        published.publishedAt = uint64(block.timestamp);
        _factors.push(published);
        version = _factors.length;
        emit FactorPublished(version, published, source);
    }

    /// @inheritdoc IEmissionsRegistry
    function record(uint256 gasUsed) external returns (uint256 co2eMicrograms) {
        uint256 version = _factors.length;
        // A count of factors, which nobody can send or nudge.
        // slither-disable-next-line incorrect-equality
        if (version == 0) revert NoFactorInForce();
        if (gasUsed > block.gaslimit) revert GasExceedsBlock(gasUsed, block.gaslimit);

        Factor storage factor = _factors[version - 1];
        co2eMicrograms = Units.co2eMicrogramsUp(gasUsed, factor.picogramsPerGas);
        uint256 energyPicowattHours = Units.energyPicowattHours(gasUsed, factor.picowattHoursPerGas);

        Emissions memory total = _emissions[msg.sender];
        total.co2eMicrograms += co2eMicrograms.toUint96();
        total.energyPicowattHours += energyPicowattHours.toUint96();
        total.gasUsed += gasUsed.toUint64();
        _emissions[msg.sender] = total;
        emit EmissionsRecorded(msg.sender, version, gasUsed, energyPicowattHours, co2eMicrograms);
    }

    /// @inheritdoc IEmissionsRegistry
    function emittedBy(address account) public view returns (uint256) {
        return _emissions[account].co2eMicrograms;
    }

    /// @inheritdoc IEmissionsRegistry
    function gasUsedBy(address account) external view returns (uint256) {
        return _emissions[account].gasUsed;
    }

    /// @inheritdoc IEmissionsRegistry
    function emissionsOf(address account) external view returns (Emissions memory) {
        return _emissions[account];
    }

    /// @inheritdoc IEmissionsRegistry
    function outstanding(address account) external view returns (uint256) {
        uint256 emitted = emittedBy(account);
        uint256 offset = Units.co2eMicrograms(carbonCredits.offsetFor(account));
        return emitted > offset ? emitted - offset : 0;
    }

    /// @inheritdoc IEmissionsRegistry
    function factorVersion() external view returns (uint256) {
        return _factors.length;
    }

    /// @inheritdoc IEmissionsRegistry
    function getFactor(uint256 version) external view returns (Factor memory) {
        if (version == 0 || version > _factors.length) revert UnknownFactor(version);
        return _factors[version - 1];
    }

    function _requireOrder(uint256 lower, uint256 best, uint256 upper) private pure {
        if (lower > best || best > upper) revert BoundsOutOfOrder(lower, best, upper);
    }
}
