// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibCall} from "solady/src/utils/LibCall.sol";
import {IAutoRetire} from "../../interfaces/IAutoRetire.sol";
import {IEmissionsRegistry} from "../../interfaces/IEmissionsRegistry.sol";
import {GasMeter} from "../libraries/GasMeter.sol";

/// @title Mints that measure and offset themselves
/// @notice For a collection of any kind: inherit, name the suite's AutoRetire and a threshold, and put `offsetOnMint`
/// on the functions that mint. Their gas is recorded as the collection's emissions, and the mint with which those
/// reach the threshold retires credits of the collection's deposit.
/// @dev Warning: a mint has to leave `SETTLEMENT_GAS` unused, so that nobody, and no gas estimate, can starve the
/// settlement into being skipped. What is left is not charged.
/// @dev Warning: a clone or proxy does not run this constructor, and is never due until its initialiser has called
/// `_setThreshold`. Not seen, and so not recorded, are an access list, EIP-7702 authorisations, the constructor of a
/// collection, and, inside of a larger transaction, what the rest of it does.
abstract contract OffsetOnMint {
    /// @notice The gas that a settlement may use; more than it ever needs with the suite's AutoRetire.
    uint256 public constant SETTLEMENT_GAS = 400_000;

    /// @dev What the mint costs outside of what `gasleft()` shows: the way in and out of the function, the record
    /// and the look whether a settlement is due. Measured; `tests/contracts/integrations` holds it to the receipts.
    uint256 private constant UNSEEN_GAS = 26_540;
    uint256 private constant FIRST_RECORD_GAS = 17_100;
    uint256 private constant SECOND_RECORD_GAS = 5_860;

    /// @dev A longer reason is cut, so that nothing that is returned can use up the mint's gas.
    uint16 private constant MAX_REASON_BYTES = 256;

    /// @notice Where the collection's emissions are recorded.
    IEmissionsRegistry public immutable emissionsRegistry;

    /// @notice What retires for the collection.
    IAutoRetire public immutable autoRetire;

    /// @notice A settlement failed. The mint stands, the debt too: anyone can settle later.
    /// @param reason What it reverted with, its first 256 bytes; empty where it ran out of gas.
    event SettlementDeferred(bytes reason);

    /// @notice The transaction's gas limit leaves too little for a settlement; raise it.
    error GasLimitTooLow(uint256 gasLeft, uint256 gasNeeded);

    /// @notice Measures the function it stands on, and offsets the collection where that is due.
    modifier offsetOnMint() {
        uint256 gasAtStart = gasleft();
        uint256 recordedAtStart = _recordedGas();
        _;
        _recordAndSettle(gasAtStart, recordedAtStart);
    }

    constructor(IAutoRetire autoRetire_, uint256 thresholdCo2eMicrograms) {
        autoRetire = autoRetire_;
        emissionsRegistry = autoRetire_.emissionsRegistry();
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

    function _recordAndSettle(uint256 gasAtStart, uint256 recordedAtStart) private {
        uint256 recordedGas = _recordedGas();
        uint256 unseenGas = recordedGas == 0 ? UNSEEN_GAS + FIRST_RECORD_GAS : UNSEEN_GAS;
        uint256 gasUsed = GasMeter.transactionGas(gasAtStart, unseenGas);
        // What a mint inside of this one has recorded is not recorded again.
        emissionsRegistry.record(FixedPointMathLib.zeroFloorSub(gasUsed, recordedGas - recordedAtStart));

        // A call is given at most 63/64 of the gas that is left.
        uint256 gasNeeded = (SETTLEMENT_GAS * 64) / 63 + UNSEEN_GAS;
        if (gasleft() < gasNeeded) revert GasLimitTooLow(gasleft(), gasNeeded);
        if (autoRetire.isDue(address(this))) _settle();
    }

    /// @dev Read before anything is recorded, this also warms the storage which a record writes, so that the
    /// record's own cost is known.
    function _recordedGas() private view returns (uint256) {
        return emissionsRegistry.gasUsedBy(address(this));
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
