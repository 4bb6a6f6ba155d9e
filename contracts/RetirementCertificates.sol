// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC721} from "solady/src/tokens/ERC721.sol";
import {ICarbonCredits} from "../interfaces/ICarbonCredits.sol";
import {ICreditRecords} from "../interfaces/ICreditRecords.sol";
import {IERC8393} from "../interfaces/IERC8393.sol";
import {IRetirementCertificates} from "../interfaces/IRetirementCertificates.sol";
import {CertificateDocument} from "./libraries/CertificateDocument.sol";
import {CertificateSvg} from "./libraries/CertificateSvg.sol";
import {RetirementIds} from "./libraries/RetirementIds.sol";
import {TokenIds} from "./libraries/TokenIds.sol";

/// @title Certificates of retirements
/// @notice Documented in IRetirementCertificates. It alone knows which retirements have a certificate.
contract RetirementCertificates is IRetirementCertificates, ERC721 {
    /// @dev ERC-5192 and ERC-4906.
    bytes4 private constant _LOCKED_INTERFACE = 0xb45a3c0e;
    bytes4 private constant _METADATA_UPDATE_INTERFACE = 0x49064906;

    /// @inheritdoc IRetirementCertificates
    ICarbonCredits public immutable carbonCredits;

    /// @inheritdoc IRetirementCertificates
    ICreditRecords public immutable creditRecords;

    mapping(uint256 retirementId => string) private _beneficiaryNames;

    modifier onlyCarbonCredits() {
        if (msg.sender != address(carbonCredits)) revert NotCarbonCredits(msg.sender);
        _;
    }

    constructor(ICarbonCredits carbonCredits_, ICreditRecords creditRecords_) {
        carbonCredits = carbonCredits_;
        creditRecords = creditRecords_;
    }

    /// @inheritdoc IRetirementCertificates
    function issue(
        uint256 retirementId,
        uint256 creditNumber,
        address beneficiary,
        string calldata beneficiaryName
    ) external onlyCarbonCredits {
        _issue(retirementId, creditNumber, beneficiary, uint40(block.timestamp), beneficiaryName);
    }

    /// @inheritdoc IRetirementCertificates
    function claim(
        ICarbonCredits.Retirement calldata retirement,
        ICarbonCredits.RetirementProof calldata proof,
        ICarbonCredits.RetirementDetails calldata details
    ) external {
        uint256 retirementId = retirement.retirementId;
        if (!carbonCredits.isRecorded(retirement, proof)) {
            revert ICarbonCredits.RetirementNotRecorded(retirementId);
        }
        string calldata name_ = details.beneficiaryName;
        // Who claims without details where there were some would leave the name off.
        bool nothingSaid = retirement.detailsHash == 0 && bytes(name_).length == 0;
        if (!nothingSaid && keccak256(abi.encode(details)) != retirement.detailsHash)
            revert DetailsDiffer(retirementId);
        uint256 creditNumber = carbonCredits.creditNumberOf(retirement.tokenId);
        _issue(retirementId, creditNumber, retirement.beneficiary, retirement.retiredAt, name_);
    }

    /// @inheritdoc IRetirementCertificates
    function noteChange(uint256 retirementId) external onlyCarbonCredits {
        if (_exists(retirementId)) emit MetadataUpdate(retirementId);
    }

    /// @inheritdoc IRetirementCertificates
    function noteChanges(uint256 tokenId) external {
        if (msg.sender != address(carbonCredits) && msg.sender != address(creditRecords)) {
            revert NotCarbonCredits(msg.sender);
        }
        uint256 end = RetirementIds.encode(tokenId, TokenIds.unitsOf(tokenId), 0);
        emit BatchMetadataUpdate(RetirementIds.encode(tokenId, 0, 0), end - 1);
    }

    /// @notice Refused: a certificate stays with its beneficiary.
    function approve(address, uint256) public payable override {
        revert CertificateIsLocked();
    }

    /// @notice Refused: a certificate stays with its beneficiary.
    function setApprovalForAll(address, bool) public pure override {
        revert CertificateIsLocked();
    }

    /// @inheritdoc IRetirementCertificates
    function locked(uint256 tokenId) external view returns (bool) {
        if (!_exists(tokenId)) revert TokenDoesNotExist();
        return true;
    }

    /// @inheritdoc IRetirementCertificates
    function svgOf(uint256 tokenId) external view returns (string memory) {
        return CertificateSvg.svg(_certificate(tokenId));
    }

    /// @notice ERC-721: the certificate as JSON with its drawing, as a data URI.
    /// @param tokenId The certificate.
    /// @return A `data:application/json;base64,` URI.
    function tokenURI(uint256 tokenId) public view override returns (string memory) {
        return CertificateDocument.tokenUri(_certificate(tokenId));
    }

    /// @notice ERC-721: the collection's name.
    /// @return The name.
    function name() public pure override returns (string memory) {
        return "gasprint retirement certificates";
    }

    /// @notice ERC-721: the collection's symbol.
    /// @return The symbol.
    function symbol() public pure override returns (string memory) {
        return "RETIRED";
    }

    /// @notice ERC-165: ERC-721 with its metadata, ERC-5192 and ERC-4906.
    /// @param interfaceId The interface asked for.
    /// @return Whether it is implemented.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return
            interfaceId == _LOCKED_INTERFACE ||
            interfaceId == _METADATA_UPDATE_INTERFACE ||
            super.supportsInterface(interfaceId);
    }

    /// @dev The 96 bits beside the owner hold when it was retired (40) and the number of its credit (32).
    function _issue(
        uint256 retirementId,
        uint256 creditNumber,
        address beneficiary,
        uint40 retiredAt,
        string calldata beneficiaryName
    ) private {
        if (_exists(retirementId)) revert CertificateAlreadyIssued(retirementId);
        if (bytes(beneficiaryName).length != 0) _beneficiaryNames[retirementId] = beneficiaryName;
        _mintAndSetExtraDataUnchecked(beneficiary, retirementId, (uint96(creditNumber) << 40) | retiredAt);
        emit Locked(retirementId);
    }

    function _certificate(uint256 retirementId) private view returns (CertificateSvg.Certificate memory certificate) {
        certificate.retirementId = retirementId;
        certificate.beneficiary = ownerOf(retirementId);
        certificate.beneficiaryName = _beneficiaryNames[retirementId];
        certificate.units = RetirementIds.unitsOf(retirementId);
        certificate.span = RetirementIds.spanOf(retirementId);

        uint96 extraData = _getExtraData(retirementId);
        certificate.retiredAt = uint40(extraData);
        certificate.tokenId = carbonCredits.creditAt(extraData >> 40);
        IERC8393.CreditMetadata memory metadata = carbonCredits.getMetadata(certificate.tokenId);
        certificate.projectName = metadata.projectName;
        certificate.methodology = metadata.methodology;
        certificate.vintage = metadata.vintage;
        certificate.country = metadata.country;

        certificate.invalidUnits = carbonCredits.invalidUnitsOf(certificate.tokenId, retirementId);
        (, certificate.replacedUnits) = carbonCredits.invalidityOf(retirementId);
        certificate.settled =
            certificate.invalidUnits == 0 &&
            creditRecords.settledThrough(certificate.tokenId) >= certificate.span.lastSerial;
    }

    function _beforeTokenTransfer(address from, address, uint256) internal pure override {
        if (from != address(0)) revert CertificateIsLocked();
    }
}
