// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title ERC-8021 data suffixes at the end of calldata
/// @notice For contracts that read what was said of a transaction, or that must not take it for their own data:
///     data ‖ schema data ‖ schema id (1 byte) ‖ marker (16 bytes)
///     schema 0   codes ‖ their length (1)
///     schema 1   code registry (20) ‖ its chain id ‖ length of that (1) ‖ codes ‖ their length (1)
///     schema 2   a CBOR map ‖ its length (2)
/// Source: ERC-8021, draft. `gasprint.data_suffix` finds the same suffixes, and reads them.
/// @dev Warning: whoever sends the transaction writes the suffix. It proves nothing, and only its lengths are checked
/// here, not what codes or map say.
library DataSuffix {
    bytes16 internal constant MARKER = 0x80218021802180218021802180218021;

    uint256 private constant _MARKER_BYTES = 16;
    uint256 private constant _ADDRESS_BYTES = 20;
    uint256 private constant _WORD_BYTES = 32;

    /// @notice The suffix at the end of `data`.
    /// @param data Calldata, such as `msg.data`.
    /// @return found Whether there is one.
    /// @return schemaId 0, 1 or 2.
    /// @return schemaData What its schema goes for, lengths included.
    /// @return dataLength Bytes of the data before it; of all of `data` where there is none.
    function find(
        bytes calldata data
    ) internal pure returns (bool found, uint8 schemaId, bytes calldata schemaData, uint256 dataLength) {
        schemaData = data[:0];
        dataLength = data.length;
        if (data.length <= _MARKER_BYTES) return (false, 0, schemaData, dataLength);
        uint256 end = data.length - _MARKER_BYTES - 1;
        if (bytes16(data[end + 1:]) != MARKER) return (false, 0, schemaData, dataLength);

        uint8 schema = uint8(data[end]);
        uint256 length = _schemaDataLength(data[:end], schema);
        if (length == 0 || length > end) return (false, 0, schemaData, dataLength);
        dataLength = end - length;
        return (true, schema, data[dataLength:end], dataLength);
    }

    /// @notice `data` without its suffix.
    /// @param data Calldata, such as `msg.data`.
    /// @return stripped The data before the suffix; all of it where there is none.
    function strip(bytes calldata data) internal pure returns (bytes calldata stripped) {
        (, , , uint256 dataLength) = find(data);
        return data[:dataLength];
    }

    /// @dev How long the schema data are that end `rest`, as their own lengths say; 0 where those make no sense.
    function _schemaDataLength(bytes calldata rest, uint8 schema) private pure returns (uint256 length) {
        if (schema == 2) {
            return rest.length < 2 ? 0 : 2 + uint256(uint16(bytes2(rest[rest.length - 2:])));
        }
        if (schema > 2 || rest.length == 0) return 0;

        length = 1 + uint256(uint8(rest[rest.length - 1]));
        if (schema == 0) return length;
        if (rest.length <= length) return 0;
        uint256 chainIdBytes = uint8(rest[rest.length - length - 1]);
        if (chainIdBytes == 0 || chainIdBytes > _WORD_BYTES) return 0;
        return length + 1 + chainIdBytes + _ADDRESS_BYTES;
    }
}
