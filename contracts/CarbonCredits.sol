// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC1155} from "solady/src/tokens/ERC1155.sol";
import {SSTORE2} from "solady/src/utils/SSTORE2.sol";
import {IERC8393} from "../interfaces/IERC8393.sol";
import {ICarbonCredits} from "../interfaces/ICarbonCredits.sol";
import {CreditJson} from "./libraries/CreditJson.sol";
import {SerialRanges} from "./libraries/SerialRanges.sol";
import {TokenIds} from "./libraries/TokenIds.sol";

/// @title Carbon credits whose ids are their serial numbers
/// @notice Documented in ICarbonCredits. It alone knows which credits exist, who holds them, and which serials were
/// retired for whom.
contract CarbonCredits is ICarbonCredits, ERC1155, AccessManaged {
    using SerialRanges for SerialRanges.Set;

    /// @dev What a token id does not say. The strings stand as contract code, which is cheaper than storage.
    struct Credit {
        address strings;
        uint64 expiry;
        uint96 retiredUnits;
    }

    /// @inheritdoc ICarbonCredits
    uint256 public retirementCount;

    /// @inheritdoc ICarbonCredits
    mapping(address beneficiary => uint256 units) public retiredFor;

    mapping(uint256 registry => SerialRanges.Set) private _tokenisedSerials;
    mapping(uint256 tokenId => Credit) private _credits;
    mapping(uint256 tokenId => mapping(address beneficiary => uint256 units)) private _retiredBalances;
    mapping(uint256 retirementId => Retirement) private _retirements;

    constructor(address authority) AccessManaged(authority) {}

    /// @inheritdoc IERC8393
    function mintCredit(
        address to,
        uint256 projectId,
        uint256 creditId,
        uint256 amount,
        uint256 expiry,
        CreditMetadata calldata metadata
    ) external restricted {
        uint256 tokenId = TokenIds.encode(projectId, creditId);
        if (tokenExists(tokenId)) revert CreditAlreadyIssued(tokenId);
        if (metadata.projectId != projectId) revert MetadataMismatch("projectId");
        if (metadata.creditId != creditId) revert MetadataMismatch("creditId");
        if (metadata.expiry != expiry) revert MetadataMismatch("expiry");
        if (metadata.totalVolume != amount) revert MetadataMismatch("totalVolume");
        if (expiry > type(uint64).max) revert ExpiryTooLarge(expiry);
        _claimSerials(tokenId, amount);

        _credits[tokenId].strings = SSTORE2.write(
            abi.encode(metadata.projectName, metadata.methodology, metadata.vintage, metadata.country)
        );
        _credits[tokenId].expiry = uint64(expiry);
        emit CreditMinted(to, tokenId, projectId, creditId, amount, expiry);
        _mint(to, tokenId, amount, "");
    }

    /// @inheritdoc IERC8393
    function retire(uint256 tokenId, address account, uint256 amount) external {
        _retire(tokenId, account, amount, account);
    }

    /// @inheritdoc ICarbonCredits
    function retireFor(
        uint256 tokenId,
        address holder,
        uint256 units,
        address beneficiary
    ) external returns (uint256 retirementId) {
        if (beneficiary == address(0)) revert BeneficiaryMissing();
        return _retire(tokenId, holder, units, beneficiary);
    }

    /// @inheritdoc IERC8393
    function getMetadata(uint256 tokenId) public view returns (CreditMetadata memory metadata) {
        if (!tokenExists(tokenId)) revert UnknownCredit(tokenId);
        Credit storage credit = _credits[tokenId];
        (metadata.projectId, metadata.creditId) = TokenIds.decode(tokenId);
        (metadata.projectName, metadata.methodology, metadata.vintage, metadata.country) = abi.decode(
            SSTORE2.read(credit.strings),
            (string, string, string, string)
        );
        metadata.totalVolume = TokenIds.unitsOf(tokenId);
        metadata.expiry = credit.expiry;
        metadata.isRetired = credit.retiredUnits == metadata.totalVolume;
    }

    /// @notice The credit's attributes as a JSON document in a data URI; reverts where it does not exist.
    /// @param tokenId The credit.
    /// @return A `data:application/json;base64,` URI.
    function uri(uint256 tokenId) public view override returns (string memory) {
        CreditJson.CreditState memory state;
        state.retiredUnits = _credits[tokenId].retiredUnits;
        state.leftUnits = TokenIds.unitsOf(tokenId) - state.retiredUnits;
        return CreditJson.dataUri(tokenId, getMetadata(tokenId), state);
    }

    /// @inheritdoc IERC8393
    function retiredBalanceOf(address account, uint256 tokenId) external view returns (uint256) {
        return _retiredBalances[tokenId][account];
    }

    /// @inheritdoc ICarbonCredits
    function retiredUnits(uint256 tokenId) external view returns (uint256) {
        return _credits[tokenId].retiredUnits;
    }

    /// @inheritdoc ICarbonCredits
    function getRetirement(uint256 retirementId) public view returns (Retirement memory retirement) {
        retirement = _retirements[retirementId];
        if (retirement.units == 0) revert UnknownRetirement(retirementId);
    }

    /// @inheritdoc ICarbonCredits
    function serialSpanOf(uint256 retirementId) external view returns (SerialSpan memory) {
        Retirement memory retirement = getRetirement(retirementId);
        return TokenIds.spanOf(retirement.tokenId, retirement.startUnits, retirement.units);
    }

    /// @inheritdoc IERC8393
    function tokenExists(uint256 tokenId) public view returns (bool) {
        return _credits[tokenId].strings != address(0);
    }

    /// @inheritdoc IERC8393
    function isExpired(uint256 tokenId) external view returns (bool) {
        uint256 expiry = _credits[tokenId].expiry;
        return expiry != 0 && block.timestamp >= expiry;
    }

    /// @inheritdoc IERC8393
    function encodeTokenId(uint256 projectId, uint256 creditId) external pure returns (uint256) {
        return TokenIds.encode(projectId, creditId);
    }

    /// @inheritdoc IERC8393
    function decodeTokenId(uint256 tokenId) external pure returns (uint256, uint256) {
        return TokenIds.decode(tokenId);
    }

    /// @notice ERC-165: this contract is ERC-165, ERC-1155 with its metadata URI, and ERC-8393.
    /// @param interfaceId The interface asked for.
    /// @return Whether it is implemented.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IERC8393).interfaceId || super.supportsInterface(interfaceId);
    }

    /// @dev No serial is ever tokenised twice, whatever the project, and the amount is what the serials stand for.
    function _claimSerials(uint256 tokenId, uint256 amount) private {
        uint256 registry = TokenIds.registryOf(tokenId);
        uint256 projectNumber = TokenIds.projectNumberOf(tokenId);
        if (registry == 0 || projectNumber == 0) revert InvalidProject(registry, projectNumber);
        (uint256 firstSerial, uint256 lastSerial) = TokenIds.serialsOf(tokenId);
        if (firstSerial == 0 || lastSerial < firstSerial) revert InvalidSerialRange(firstSerial, lastSerial);
        uint256 serialsUnits = TokenIds.unitsOf(tokenId);
        if (amount != serialsUnits) revert AmountDiffersFromSerials(amount, serialsUnits);
        _tokenisedSerials[registry].add(firstSerial, lastSerial);
    }

    /// @dev Burning checks the caller's right and the balance. A credit's volume is below 2^91 units, so that
    /// nothing here can overflow 96 bits.
    function _retire(
        uint256 tokenId,
        address holder,
        uint256 units,
        address beneficiary
    ) private returns (uint256 retirementId) {
        if (units == 0) revert NothingToRetire();
        _burn(msg.sender, holder, tokenId, units);

        uint96 startUnits = _credits[tokenId].retiredUnits;
        _credits[tokenId].retiredUnits = startUnits + uint96(units);
        _retiredBalances[tokenId][beneficiary] += units;
        retiredFor[beneficiary] += units;
        retirementId = ++retirementCount;
        _retirements[retirementId] = Retirement(tokenId, beneficiary, startUnits, holder, uint96(units));

        emit CreditRetired(beneficiary, tokenId, units);
        emit RetirementRecorded(retirementId, tokenId, beneficiary, holder, msg.sender, startUnits, units);
    }
}
