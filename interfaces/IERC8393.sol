// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title ERC-8393: tokenised carbon credits with retirement (draft of August 2026)
/// @notice An extension of ERC-1155. A token id is a project id and a credit id side by side; amounts have
/// 8 decimals, so that 10^8 base units ("units") are one tonne of CO2e.
interface IERC8393 {
    /// @notice What a registry publishes of a batch of credits.
    /// @param projectId The upper 128 bits of the token id.
    /// @param creditId The lower 128 bits of the token id.
    /// @param projectName The project's name at its registry.
    /// @param methodology The registry's identifier of the methodology.
    /// @param vintage The year or years in which the reductions happened.
    /// @param country The country of issuance, ISO 3166-1.
    /// @param totalVolume Everything ever issued under this id, in units.
    /// @param expiry Unix seconds from which the credit counts as expired; 0 for never.
    /// @param isRetired Whether the whole issued volume is retired.
    struct CreditMetadata {
        uint256 projectId;
        uint256 creditId;
        string projectName;
        string methodology;
        string vintage;
        string country;
        uint256 totalVolume;
        uint256 expiry;
        bool isRetired;
    }

    /// @notice A credit was issued, its whole volume to `to`.
    /// @param to Who received the units.
    /// @param tokenId The credit.
    /// @param projectId Its upper 128 bits.
    /// @param creditId Its lower 128 bits.
    /// @param amount The volume, in units.
    /// @param expiry Unix seconds from which it counts as expired; 0 for never.
    event CreditMinted(
        address indexed to,
        uint256 indexed tokenId,
        uint256 projectId,
        uint256 creditId,
        uint256 amount,
        uint256 expiry
    );

    /// @notice `amount` units were retired and count, for ever, as offset by `account`.
    /// @param account For whom.
    /// @param tokenId The credit.
    /// @param amount How many units.
    event CreditRetired(address indexed account, uint256 indexed tokenId, uint256 amount);

    /// @notice Creates a credit and mints its entire volume to `to`; once per token id.
    /// @param to Who receives the units.
    /// @param projectId The project, below 2^128.
    /// @param creditId The credit, below 2^128.
    /// @param amount The volume in units; must equal `metadata.totalVolume`.
    /// @param expiry Unix seconds, 0 for never; must equal `metadata.expiry`.
    /// @param metadata What the registry publishes; its `isRetired` is ignored.
    function mintCredit(
        address to,
        uint256 projectId,
        uint256 creditId,
        uint256 amount,
        uint256 expiry,
        CreditMetadata calldata metadata
    ) external;

    /// @notice Retires `amount` units that `account` holds, for `account`. It cannot be undone.
    /// @param tokenId The credit.
    /// @param account The holder: the caller, or one who made the caller an operator.
    /// @param amount How many units.
    function retire(uint256 tokenId, address account, uint256 amount) external;

    /// @notice What is known of a credit; reverts where it does not exist.
    /// @param tokenId The credit.
    /// @return metadata As recorded at issuance, with `isRetired` as of now.
    function getMetadata(uint256 tokenId) external view returns (CreditMetadata memory metadata);

    /// @notice The units of a credit that are retired for `account`; never falls, never moves.
    /// @param account For whom.
    /// @param tokenId The credit.
    /// @return units How many.
    function retiredBalanceOf(address account, uint256 tokenId) external view returns (uint256 units);

    /// @notice Whether the credit was issued.
    /// @param tokenId The credit.
    /// @return exists True from its issuance on.
    function tokenExists(uint256 tokenId) external view returns (bool exists);

    /// @notice Whether the credit has an expiry and it has come.
    /// @param tokenId The credit.
    /// @return expired True from that second on.
    function isExpired(uint256 tokenId) external view returns (bool expired);

    /// @notice The token id of a project's credit; reverts where either id has more than 128 bits.
    /// @param projectId The project.
    /// @param creditId The credit.
    /// @return tokenId `projectId << 128 | creditId`.
    function encodeTokenId(uint256 projectId, uint256 creditId) external pure returns (uint256 tokenId);

    /// @notice The project and credit of a token id.
    /// @param tokenId The token id.
    /// @return projectId Its upper 128 bits.
    /// @return creditId Its lower 128 bits.
    function decodeTokenId(uint256 tokenId) external pure returns (uint256 projectId, uint256 creditId);
}
