// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICarbonCredits} from "./ICarbonCredits.sol";
import {ICreditRecords} from "./ICreditRecords.sol";

/// @title Certificates of retirements
/// @notice ERC-721, one for each retirement at most, of the retirement's own id, owned by its beneficiary and locked
/// there for ever (ERC-5192). Drawn on-chain, and by what the registry says today: what it cancels shows at once.
interface IRetirementCertificates {
    /// @notice ERC-5192: a certificate is locked; from the start, and for ever.
    /// @param tokenId The certificate.
    event Locked(uint256 tokenId);

    /// @notice ERC-4906: what a certificate shows has changed.
    /// @param _tokenId The certificate.
    event MetadataUpdate(uint256 _tokenId);

    /// @notice ERC-4906: what some of these certificates show may have changed.
    /// @param _fromTokenId The first id.
    /// @param _toTokenId The last one.
    event BatchMetadataUpdate(uint256 _fromTokenId, uint256 _toTokenId);

    /// @notice Only the carbon credits, or their records, call this.
    error NotCarbonCredits(address caller);

    /// @notice A retirement has one certificate.
    error CertificateAlreadyIssued(uint256 retirementId);

    /// @notice A certificate stays with its beneficiary.
    error CertificateIsLocked();

    /// @notice The details are not those of the retirement.
    error DetailsDiffer(uint256 retirementId);

    /// @notice Issues the certificate of a retirement that is being recorded; by the carbon credits alone.
    /// @param retirementId The retirement.
    /// @param creditNumber The number of the credit it drew on.
    /// @param beneficiary For whom; the certificate's owner.
    /// @param beneficiaryName The name to stand on it; may be empty.
    function issue(
        uint256 retirementId,
        uint256 creditNumber,
        address beneficiary,
        string calldata beneficiaryName
    ) external;

    /// @notice Issues the certificate of a retirement of any time, to its beneficiary; by anyone.
    /// @param retirement The retirement.
    /// @param proof Shows that it was recorded.
    /// @param details What was said of it; all empty where nothing was.
    function claim(
        ICarbonCredits.Retirement calldata retirement,
        ICarbonCredits.RetirementProof calldata proof,
        ICarbonCredits.RetirementDetails calldata details
    ) external;

    /// @notice Says that what the certificate of a retirement shows has changed, where there is one; by the carbon
    /// credits alone.
    /// @param retirementId The retirement.
    function noteChange(uint256 retirementId) external;

    /// @notice Says that what the certificates of a credit's retirements show may have changed; by the carbon
    /// credits, or their records, alone.
    /// @param tokenId The credit.
    function noteChanges(uint256 tokenId) external;

    /// @notice ERC-5192: whether a certificate is locked; reverts where there is none.
    /// @param tokenId The certificate.
    /// @return isLocked Always true.
    function locked(uint256 tokenId) external view returns (bool isLocked);

    /// @notice The certificate as a drawing.
    /// @param tokenId The certificate.
    /// @return svg An SVG document.
    function svgOf(uint256 tokenId) external view returns (string memory svg);

    /// @notice The credits whose retirements are certified.
    /// @return credits Their contract.
    function carbonCredits() external view returns (ICarbonCredits credits);

    /// @notice Where the registry's own retirements are recorded.
    /// @return records Their contract.
    function creditRecords() external view returns (ICreditRecords records);
}
