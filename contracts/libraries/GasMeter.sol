// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {LibBit} from "solady/src/utils/LibBit.sol";

/// @title The gas that a transaction costs apart from its instructions
/// @notice Intrinsic gas by the Yellow Paper with the calldata prices of EIP-2028, and the floor of EIP-7623.
library GasMeter {
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

    /// @notice The gas of the transaction in which the caller runs.
    /// @param gasAtStart What `gasleft()` was when the caller began.
    /// @param unseenGas What it uses before that and after this call.
    /// @return gasUsed What the receipt will say, if nothing else happens in the transaction.
    function transactionGas(uint256 gasAtStart, uint256 unseenGas) internal view returns (uint256 gasUsed) {
        bool isOutermost = _isOutermostCall();
        bytes calldata data =
            isOutermost || msg.data.length < MAX_INNER_CALLDATA_BYTES ? msg.data : msg.data[:MAX_INNER_CALLDATA_BYTES];
        uint256 zeroBytes = LibBit.countZeroBytesCalldata(data);
        uint256 nonzeroBytes = data.length - zeroBytes;
        uint256 calldataGas = zeroBytes * ZERO_BYTE_GAS + nonzeroBytes * NONZERO_BYTE_GAS;
        uint256 floorGas = zeroBytes * ZERO_BYTE_FLOOR_GAS + nonzeroBytes * NONZERO_BYTE_FLOOR_GAS;

        bool floorMayBind = isOutermost && floorGas > calldataGas + unseenGas + gasAtStart - gasleft();
        if (floorMayBind && !_isFloorInForce()) floorGas = 0;

        // Measured last, with all that went before.
        gasUsed = calldataGas + unseenGas + gasAtStart - gasleft();
        if (floorMayBind && floorGas > gasUsed) gasUsed = floorGas;
        gasUsed += TRANSACTION_GAS;
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
