// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IEmissionsRegistry} from "../../interfaces/IEmissionsRegistry.sol";

/// @dev What `GasMeter.start` saw: `gasleft()`, and in the lower half what the contract had recorded by then.
type Reading is uint256;

/// @title A contract's measure of the gas of the transaction that it runs in
/// @notice Call `start` first and `record` last in a function: in between is the function's own gas, and on top come the
/// transaction's intrinsic gas (Yellow Paper, calldata prices of EIP-2028, the floor of EIP-7623) and the measuring.
/// @dev Not seen are refunds, an access list, EIP-7702 authorisations, what a constructor or the rest of a larger
/// transaction does, and a function's way in and out beyond what is usual.
library GasMeter {
    /// @dev What a measured function costs outside of what `gasleft()` shows: the way in and out, and the record.
    /// Measured; `tests/contracts/integrations` holds it to the receipts.
    uint256 internal constant UNSEEN_GAS = 9_500;

    /// @dev A first record writes where nothing is yet.
    uint256 internal constant FIRST_RECORD_GAS = 17_100;

    uint256 private constant RECORDED_GAS_BITS = 128;

    /// @dev Selectors of IEmissionsRegistry: assembly takes no other constants than plain numbers.
    uint256 private constant GAS_USED_BY = 0xde258784;
    uint256 private constant RECORD_SINCE = 0x28547c5e;

    uint256 internal constant TRANSACTION_GAS = 21_000;
    uint256 internal constant ZERO_BYTE_GAS = 4;
    uint256 internal constant NONZERO_BYTE_GAS = 16;

    /// @dev EIP-7623: a transaction costs at least 10 gas a zero byte, 40 gas another byte.
    uint256 internal constant ZERO_BYTE_FLOOR_GAS = 10;
    uint256 internal constant NONZERO_BYTE_FLOOR_GAS = 40;

    /// @dev Of a call inside of a larger transaction no more calldata than this is counted: the caller does not pay
    /// for it by the byte, and could make the callee's emissions as large as it likes.
    uint256 internal constant MAX_INNER_CALLDATA_BYTES = 1024;

    /// @dev EIP-2537's addition, which came into force in the same upgrade as EIP-7623.
    address private constant BLS12_G1ADD = address(0x0b);
    uint256 private constant BLS12_G1ADD_INPUT_BYTES = 256;
    uint256 private constant BLS12_G1ADD_OUTPUT_BYTES = 128;

    /// @notice Begins to measure.
    /// @dev This also warms the storage that a record writes, so that the record's own cost is known.
    /// @param registry Where the caller's emissions are recorded.
    /// @return reading For `record`.
    function start(IEmissionsRegistry registry) internal view returns (Reading reading) {
        // As `gasleft()` and `gasUsedBy(address(this))`, at a third of the price.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let gasAtStart := gas()
            mstore(0x00, GAS_USED_BY)
            mstore(0x20, address())
            if iszero(and(gt(returndatasize(), 31), staticcall(gas(), registry, 0x1c, 0x24, 0x00, 0x20))) {
                revert(0, 0)
            }
            reading := or(shl(RECORDED_GAS_BITS, gasAtStart), mload(0x00))
        }
    }

    /// @notice Records the transaction's gas as the caller's; what a measured function inside of this one has recorded
    /// is not recorded again.
    /// @param reading What `start` returned.
    /// @param registry Where the caller's emissions are recorded.
    /// @param laterGas What the caller is going to use after this.
    /// @return co2eMicrograms What it emitted.
    /// @return emittedCo2eMicrograms What the caller has emitted with it.
    function record(
        Reading reading,
        IEmissionsRegistry registry,
        uint256 laterGas
    ) internal returns (uint256 co2eMicrograms, uint256 emittedCo2eMicrograms) {
        uint256 recordedGas = uint128(Reading.unwrap(reading));
        unchecked {
            laterGas += recordedGas == 0 ? UNSEEN_GAS + FIRST_RECORD_GAS : UNSEEN_GAS;
        }
        uint256 gasUsed = transactionGas(Reading.unwrap(reading) >> RECORDED_GAS_BITS, laterGas);
        // As `registry.recordSince(recordedGas, gasUsed)`, at a third of the price.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(0x00, RECORD_SINCE)
            mstore(0x20, recordedGas)
            mstore(0x40, gasUsed)
            if iszero(call(gas(), registry, 0, 0x1c, 0x44, 0x00, 0x40)) {
                returndatacopy(free, 0, returndatasize())
                revert(free, returndatasize())
            }
            mstore(0x40, free)
            co2eMicrograms := mload(0x00)
            emittedCo2eMicrograms := mload(0x20)
        }
    }

    /// @notice The gas of the transaction in which the caller runs.
    /// @param gasAtStart What `gasleft()` was when the caller began.
    /// @param unseenGas What it uses before that and after this call.
    /// @return gasUsed What the receipt will say, if nothing else happens in the transaction.
    function transactionGas(uint256 gasAtStart, uint256 unseenGas) internal view returns (uint256 gasUsed) {
        uint256 length = msg.data.length;
        // Counts of bytes and of gas.
        unchecked {
            // Most often it is plain from the length that neither matters.
            bool floorMayBind = length * NONZERO_BYTE_FLOOR_GAS > gasAtStart - gasleft();
            if ((floorMayBind || length > MAX_INNER_CALLDATA_BYTES) && !_isOutermostCall()) {
                floorMayBind = false;
                length = FixedPointMathLib.min(length, MAX_INNER_CALLDATA_BYTES);
            }
            uint256 zeroBytes = _countZeroBytes(length);
            unseenGas += length * NONZERO_BYTE_GAS - zeroBytes * (NONZERO_BYTE_GAS - ZERO_BYTE_GAS);
            if (floorMayBind) {
                uint256 floorGas =
                    length * NONZERO_BYTE_FLOOR_GAS - zeroBytes * (NONZERO_BYTE_FLOOR_GAS - ZERO_BYTE_FLOOR_GAS);
                if (floorGas > unseenGas + gasAtStart - gasleft() && _isFloorInForce())
                    return FixedPointMathLib.max(floorGas, unseenGas + gasAtStart - gasleft()) + TRANSACTION_GAS;
            }
            // Measured last, with all that went before.
            return unseenGas + gasAtStart - gasleft() + TRANSACTION_GAS;
        }
    }

    /// @dev How many of the first `length` bytes of the calldata are zero; `length` is all of it, or a multiple of 128.
    /// Solady's countZeroBytesCalldata takes 4.4 gas a byte, this 2: four words a turn, and the bytes of all words are
    /// counted place by place before they are added up.
    // The quotient is a constant: ones, two bytes apart.
    // slither-disable-next-line divide-before-multiply
    function _countZeroBytes(uint256 length) private pure returns (uint256 count) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let low := 0x7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f
            let offset := 0
            for {} 1 {} {
                // A place counts to 255, and this many words are less.
                let end := add(offset, 7936)
                if gt(end, length) {
                    end := length
                }
                let places := 0
                for {} lt(offset, end) {
                    offset := add(offset, 128)
                } {
                    // The highest bit of each byte that is zero, moved to its lowest.
                    let word := calldataload(offset)
                    places := add(places, shr(7, not(or(or(add(and(word, low), low), word), low))))
                    word := calldataload(add(offset, 32))
                    places := add(places, shr(7, not(or(or(add(and(word, low), low), word), low))))
                    word := calldataload(add(offset, 64))
                    places := add(places, shr(7, not(or(or(add(and(word, low), low), word), low))))
                    word := calldataload(add(offset, 96))
                    places := add(places, shr(7, not(or(or(add(and(word, low), low), word), low))))
                }
                let pairs := div(not(0), 0xffff)
                places := add(and(places, mul(pairs, 0xff)), and(shr(8, places), mul(pairs, 0xff)))
                count := add(count, shr(240, mul(places, pairs)))
                if iszero(lt(offset, length)) {
                    break
                }
            }
            // Beyond its end, calldata reads as zero.
            count := sub(count, sub(offset, length))
        }
    }

    /// @dev An account with code may make several calls in a transaction of its own (EIP-7702).
    function _isOutermostCall() private view returns (bool) {
        // It decides how calldata is counted, and nobody's right.
        // solhint-disable-next-line avoid-tx-origin
        return msg.sender == tx.origin && msg.sender.code.length == 0;
    }

    /// @dev A chain before that upgrade has no code there, and answers with nothing.
    function _isFloorInForce() private view returns (bool) {
        // A precompile has no interface.
        // solhint-disable-next-line avoid-low-level-calls
        (bool answered, bytes memory sum) = BLS12_G1ADD.staticcall(new bytes(BLS12_G1ADD_INPUT_BYTES));
        return answered && sum.length == BLS12_G1ADD_OUTPUT_BYTES;
    }
}
