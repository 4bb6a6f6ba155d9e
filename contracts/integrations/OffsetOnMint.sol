// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {LibCall} from "solady/src/utils/LibCall.sol";
import {IAutoRetire} from "../../interfaces/IAutoRetire.sol";
import {GasMeter, Reading} from "../libraries/GasMeter.sol";
import {Metered} from "./Metered.sol";

/// @title Mints that measure and offset themselves
/// @notice For a collection of any kind: inherit, name the suite's AutoRetire and a threshold, and put `offsetOnMint`
/// on the functions that mint. Their gas is recorded as the collection's emissions, and the mint with which those
/// reach the threshold retires credits of the collection's deposit.
/// @dev Warning: a mint has to leave `SETTLEMENT_GAS` unused, so that nobody, and no gas estimate, can starve the
/// settlement into being skipped. What is left is not charged.
/// @dev Warning: a clone or proxy does not run this constructor, and is never due until its initialiser has called
/// `_setThreshold`. See GasMeter for what is not seen, and so not recorded.
abstract contract OffsetOnMint is Metered {
    /// @notice The gas that a settlement may use; more than it ever needs with the suite's AutoRetire.
    uint256 public constant SETTLEMENT_GAS = 400_000;

    /// @dev What comes after the record: the look whether a settlement is due, and a settlement's own record.
    /// Measured; `tests/contracts/integrations` holds it to the receipts.
    uint256 private constant LOOK_GAS = 13_200;
    uint256 private constant SECOND_RECORD_GAS = 5_860;

    /// @dev A longer reason is cut, so that nothing that is returned can use up the mint's gas.
    uint16 private constant MAX_REASON_BYTES = 256;

    /// @notice What retires for the collection.
    IAutoRetire public immutable autoRetire;

    /// @notice A settlement failed. The mint stands, the debt too: anyone can settle later.
    /// @param reason What it reverted with, its first 256 bytes; empty where it ran out of gas.
    event SettlementDeferred(bytes reason);

    /// @notice The transaction's gas limit leaves too little for a settlement; raise it.
    error GasLimitTooLow(uint256 gasLeft, uint256 gasNeeded);

    /// @notice Measures the function it stands on, and offsets the collection where that is due.
    modifier offsetOnMint() {
        Reading reading = GasMeter.start(emissionsRegistry);
        _;
        GasMeter.record(reading, emissionsRegistry, LOOK_GAS + _proxyGas());
        _settleIfDue();
    }

    constructor(IAutoRetire autoRetire_, uint256 thresholdCo2eMicrograms) Metered(autoRetire_.emissionsRegistry()) {
        autoRetire = autoRetire_;
        autoRetire_.setThreshold(thresholdCo2eMicrograms);
    }

    /// @dev For a collection that wants to change its threshold; guard the function that calls this.
    function _setThreshold(uint256 thresholdCo2eMicrograms) internal {
        autoRetire.setThreshold(thresholdCo2eMicrograms);
    }

    /// @dev For a collection that wants its credits back; guard the function that calls this.
    function _withdrawCredits(uint256 tokenId, uint256 units, address to) internal {
        autoRetire.withdraw(tokenId, units, to);
    }

    function _settleIfDue() private {
        // A call is given at most 63/64 of the gas that is left.
        uint256 gasNeeded = (SETTLEMENT_GAS * 64) / 63 + LOOK_GAS;
        if (gasleft() < gasNeeded) revert GasLimitTooLow(gasleft(), gasNeeded);
        if (autoRetire.isDue(address(this))) _settle();
    }

    function _settle() private {
        uint256 gasAtStart = gasleft();
        bytes memory settle = abi.encodeCall(IAutoRetire.settle, (address(this)));
        (bool settled, , bytes memory reason) = LibCall.tryCall(
            address(autoRetire),
            0,
            SETTLEMENT_GAS,
            MAX_REASON_BYTES,
            settle
        );
        if (!settled) emit SettlementDeferred(reason);
        emissionsRegistry.record(gasAtStart - gasleft() + SECOND_RECORD_GAS);
    }
}
