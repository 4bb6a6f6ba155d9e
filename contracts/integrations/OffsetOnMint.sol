// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {LibCall} from "solady/src/utils/LibCall.sol";
import {IAutoRetire} from "../../interfaces/IAutoRetire.sol";
import {GasMeter, Reading} from "../libraries/GasMeter.sol";
import {Metered} from "./Metered.sol";

/// @title Mints that measure and offset themselves
/// @notice For a collection of any kind: inherit, name the suite's AutoRetire and a threshold, and put `offsetOnMint`
/// on the functions that mint. Their gas is recorded as the collection's emissions, and each mint with which what was
/// emitted reaches the threshold, twice the threshold and so on settles all that is outstanding. So it stays below the
/// threshold, and what a settlement and a mint emit, as long as credits or money reach, and a settlement's two
/// retirements and its gas do: strangers' small deposits and listings can use these up. Have a keeper settle the rest.
/// @dev Only what these functions record is looked at: what a reporter adds is settled with the next mint that reaches
/// such a step, or by anyone through `AutoRetire.settle`. So is what a settlement left that failed.
/// @dev Warning: a mint has to leave `SETTLEMENT_GAS` unused, so that nobody, and no gas estimate, can starve the
/// settlement into being skipped. What is left is not charged.
/// @dev Warning: a clone or proxy does not run this constructor; its mints settle, but for the keepers to see that it is
/// due, its initialiser has to call `_setThreshold`. See GasMeter for what is not seen, and so not recorded.
abstract contract OffsetOnMint is Metered {
    /// @notice The gas that a settlement may use: of a policy of one name, enough for two purchases with certificates and the
    /// longest texts, also after a sweep of listings that are over.
    uint256 public constant SETTLEMENT_GAS = 1_200_000;

    /// @dev What comes after a record: the look whether a settlement is due. And what comes after a settlement: its own
    /// record. Measured; `tests/contracts/integrations` holds it to the receipts.
    uint256 private constant LOOK_GAS = 400;
    uint256 private constant SECOND_RECORD_GAS = 4_560;

    /// @dev A longer reason is cut, so that nothing that is returned can use up the mint's gas. What a settlement returns
    /// is shorter.
    uint16 private constant MAX_REASON_BYTES = 256;

    /// @notice What retires for the collection.
    IAutoRetire public immutable autoRetire;

    /// @notice With every so much that the mints emit they settle.
    uint256 public immutable offsetStepCo2eMicrograms;

    /// @notice A settlement failed. The mint stands, the debt too: anyone can settle later.
    /// @param reason What it reverted with, its first 256 bytes; empty where it ran out of gas.
    event SettlementDeferred(bytes reason);

    /// @notice Who mints does so from inside of a call of AutoRetire, the market or the credits, which can do nothing else
    /// meanwhile: the settlement that is due would be missed.
    error SettlementImpossible();

    /// @notice The transaction's gas limit leaves too little for a settlement; raise it.
    error GasLimitTooLow(uint256 gasLeft, uint256 gasNeeded);

    /// @notice Measures the function it stands on, and offsets the collection where that is due.
    modifier offsetOnMint() {
        Reading reading = GasMeter.start(emissionsRegistry);
        _;
        (uint256 co2e, uint256 emitted) = GasMeter.record(reading, emissionsRegistry, LOOK_GAS + _proxyGas());
        uint256 gasNeeded = _settlementGasNeeded();
        if (gasleft() < gasNeeded) revert GasLimitTooLow(gasleft(), gasNeeded);
        if (_reachesStep(co2e, emitted)) {
            (co2e, emitted) = _settle();
            // What the settlement itself emitted may reach the next step. Where too little gas is left, as with an estimate that
            // knew of no such step, the step after it settles that too, or anyone.
            if (_reachesStep(co2e, emitted) && gasleft() >= _settlementGasNeeded()) _settle();
        }
    }

    constructor(IAutoRetire autoRetire_, uint256 thresholdCo2eMicrograms) Metered(autoRetire_.emissionsRegistry()) {
        autoRetire = autoRetire_;
        offsetStepCo2eMicrograms = thresholdCo2eMicrograms;
        autoRetire_.setThreshold(thresholdCo2eMicrograms);
    }

    /// @dev For a clone's initialiser; and for a collection that wants keepers to settle it at another threshold than
    /// its mints do. Guard the function that calls this.
    function _setThreshold(uint256 thresholdCo2eMicrograms) internal {
        autoRetire.setThreshold(thresholdCo2eMicrograms);
    }

    /// @dev For a collection that wants credits bought, or certificates; guard the function that calls this.
    function _setPolicy(IAutoRetire.Policy memory policy) internal {
        autoRetire.setPolicy(policy);
    }

    /// @dev For a collection that wants its credits back; guard the function that calls this.
    function _withdrawCredits(uint256 tokenId, uint256 units, address to) internal {
        autoRetire.withdraw(tokenId, units, to);
    }

    /// @dev For a collection that wants its money back; guard the function that calls this.
    function _withdrawPayment(address paymentToken, uint256 amount, address to) internal {
        autoRetire.withdrawPayment(paymentToken, amount, to);
    }

    /// @dev Called after each settlement that did not fail; what it uses counts as the settlement's. Who overrides it
    /// overrides `_afterSettlementGas` too, or the mint that settles may run out of gas.
    function _afterSettlement(uint256[] memory retirementIds) internal virtual {}

    /// @dev The most that `_afterSettlement` uses.
    function _afterSettlementGas() internal pure virtual returns (uint256) {
        return 0;
    }

    function _settle() private returns (uint256 co2eMicrograms, uint256 emittedCo2eMicrograms) {
        uint256 gasAtStart = gasleft();
        bytes memory settle = abi.encodeCall(IAutoRetire.settle, (address(this)));
        (bool settled, , bytes memory answer) = LibCall.tryCall(
            address(autoRetire),
            0,
            SETTLEMENT_GAS,
            MAX_REASON_BYTES,
            settle
        );
        if (!settled) {
            // All that a settlement calls, but for the account's own token, is the suite's, and so is the guard that it met.
            if (bytes4(answer) == ReentrancyGuard.ReentrancyGuardReentrantCall.selector) revert SettlementImpossible();
            emit SettlementDeferred(answer);
        } else _afterSettlement(_idsIn(answer));
        return emissionsRegistry.recordSince(type(uint256).max, gasAtStart - gasleft() + SECOND_RECORD_GAS);
    }

    function _idsIn(bytes memory answer) private pure returns (uint256[] memory retirementIds) {
        (, retirementIds) = abi.decode(answer, (uint256, uint256[]));
    }

    /// @dev A call is given at most 63/64 of the gas that is left.
    function _settlementGasNeeded() private pure returns (uint256) {
        return (SETTLEMENT_GAS * 64) / 63 + LOOK_GAS + _afterSettlementGas();
    }

    /// @dev A step of zero is never reached.
    function _reachesStep(uint256 co2eMicrograms, uint256 emittedCo2eMicrograms) private view returns (bool) {
        uint256 step = offsetStepCo2eMicrograms;
        if (step == 0) return false;
        unchecked {
            return emittedCo2eMicrograms / step != (emittedCo2eMicrograms - co2eMicrograms) / step;
        }
    }
}
