// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {EIP712} from "solady/src/utils/EIP712.sol";
import {SignatureCheckerLib} from "solady/src/utils/SignatureCheckerLib.sol";
import {ICreditRecords} from "../interfaces/ICreditRecords.sol";
import {IERC8393} from "../interfaces/IERC8393.sol";
import {ICarbonCredits} from "../interfaces/ICarbonCredits.sol";
import {IRetirementCertificates} from "../interfaces/IRetirementCertificates.sol";
import {Attestations} from "./libraries/Attestations.sol";
import {Balances} from "./libraries/Balances.sol";
import {CancelledSerials} from "./libraries/CancelledSerials.sol";
import {Credit} from "./libraries/Credit.sol";
import {CreditDetails} from "./libraries/CreditDetails.sol";
import {RetirementIds} from "./libraries/RetirementIds.sol";
import {RetirementPages} from "./libraries/RetirementPages.sol";
import {Roles} from "./libraries/Roles.sol";
import {SerialRanges} from "./libraries/SerialRanges.sol";
import {TextLimits} from "./libraries/TextLimits.sol";
import {TokenIds} from "./libraries/TokenIds.sol";
import {Units} from "./libraries/Units.sol";

/// @title Carbon credits whose ids are their serial numbers
/// @notice Documented in ICarbonCredits. It alone knows which credits exist, who holds them, and which serials were
/// retired for whom.
contract CarbonCredits is ICarbonCredits, ERC1155, EIP712, AccessManaged, Pausable, Multicall {
    using Balances for uint256;
    using CancelledSerials for CancelledSerials.Cancelled;
    using RetirementPages for mapping(uint256 page => bytes32 chain);
    using SafeCast for uint256;
    using SerialRanges for SerialRanges.Set;

    /// @dev How long a suspension lasts, unless it is renewed; it ends with the UTC day.
    uint256 private constant _SUSPENSION_DAYS = 90;

    /// @dev What of a credit never changes; the rest of it stands as code at `details`.
    struct Issuance {
        address details;
        uint40 expiry;
    }

    struct Claim {
        uint96 retiredUnits;
        uint80 invalidatedUnits;
        uint80 replacedUnits;
    }

    struct Attested {
        bytes32 evidenceHash;
        address custodian;
        uint32 deadline;
        uint64 hintFirstSerial;
    }

    /// @dev Of one retirement that the registry cancelled, in part or whole.
    struct Invalidity {
        address beneficiary;
        uint96 countedUnits;
        uint96 replacedUnits;
    }

    /// @inheritdoc ICarbonCredits
    IRetirementCertificates public immutable certificates;

    /// @inheritdoc ICarbonCredits
    ICreditRecords public immutable records;

    uint256[] private _tokenIds;
    mapping(uint256 registry => SerialRanges.Set) private _tokenisedSerials;
    mapping(address issuer => mapping(bytes32 creditHash => Attested)) private _attested;
    mapping(bytes32 digest => bool withdrawn) private _withdrawn;
    mapping(uint256 tokenId => Credit) private _credits;
    mapping(uint256 tokenId => Issuance) private _issuances;
    mapping(uint256 tokenId => CancelledSerials.Cancelled) private _cancelled;
    mapping(uint256 tokenId => mapping(uint256 page => bytes32 chain)) private _pages;
    mapping(uint256 tokenId => mapping(address account => uint256 balance)) private _balances;
    mapping(address beneficiary => Claim) private _claims;
    mapping(uint256 retirementId => Invalidity) private _invalidities;

    modifier onlyCustodian() {
        _requireCustodian(msg.sender);
        _;
    }

    constructor(
        address authority,
        IRetirementCertificates certificates_,
        ICreditRecords records_
    ) ERC1155("") AccessManaged(authority) {
        if (address(certificates_.carbonCredits()) != address(this) || certificates_.creditRecords() != records_) {
            revert WrongCounterpart(address(certificates_));
        }
        if (address(records_.carbonCredits()) != address(this) || address(records_.authority()) != authority) {
            revert WrongCounterpart(address(records_));
        }
        certificates = certificates_;
        records = records_;
    }

    /// @inheritdoc ICarbonCredits
    function attest(
        address recipient,
        CreditMetadata calldata metadata,
        bytes32 evidenceHash,
        uint256 deadline,
        address custodian,
        bytes calldata signature,
        uint256 hintFirstSerial
    ) external {
        _requireCustodian(custodian);
        bytes32 creditHash = Attestations.hashCredit(recipient, metadata);
        bytes32 digest = _hashTypedData(Attestations.hashAttestation(creditHash, evidenceHash, deadline));
        if (!SignatureCheckerLib.isValidSignatureNowCalldata(custodian, digest, signature)) {
            revert InvalidAttestation(custodian);
        }
        _attested[msg.sender][creditHash] = Attested(
            evidenceHash,
            custodian,
            deadline.toUint32(),
            uint64(hintFirstSerial) // no more than a hint
        );
    }

    /// @inheritdoc ICarbonCredits
    function withdrawAttestation(bytes32 digest) external onlyCustodian {
        _withdrawn[digest] = true;
        emit AttestationWithdrawn(digest, msg.sender);
    }

    /// @inheritdoc IERC8393
    function mintCredit(
        address to,
        uint256 projectId,
        uint256 creditId,
        uint256 amount,
        uint256 expiry,
        CreditMetadata calldata metadata
    ) external restricted whenNotPaused {
        uint256 tokenId = TokenIds.encode(projectId, creditId);
        if (tokenExists(tokenId)) revert CreditAlreadyIssued(tokenId);
        if (metadata.projectId != projectId) revert MetadataMismatch("projectId");
        if (metadata.creditId != creditId) revert MetadataMismatch("creditId");
        if (metadata.expiry != expiry) revert MetadataMismatch("expiry");
        if (metadata.totalVolume != amount) revert MetadataMismatch("totalVolume");
        if (expiry > type(uint40).max) revert ExpiryTooLarge(expiry);

        Attested memory attested = _useAttestation(tokenId, Attestations.hashCredit(to, metadata));
        emit CreditAttested(tokenId, attested.custodian, attested.evidenceHash);
        _claimSerials(tokenId, amount, attested.hintFirstSerial);
        _tokenIds.push(tokenId);
        _credits[tokenId] = Credit.wrap(0).withNumber(_tokenIds.length.toUint32());
        _issuances[tokenId] = Issuance(CreditDetails.write(metadata, attested.evidenceHash), uint40(expiry));
        emit CreditMinted(to, tokenId, projectId, creditId, amount, expiry);
        _mint(to, tokenId, amount, "");
    }

    /// @inheritdoc ICarbonCredits
    function pauseIssuance() external restricted {
        _pause();
    }

    /// @inheritdoc ICarbonCredits
    function resumeIssuance() external restricted {
        _unpause();
    }

    /// @inheritdoc IERC8393
    function retire(uint256 tokenId, address account, uint256 amount) external {
        _retire(tokenId, account, amount, account, 0);
    }

    /// @inheritdoc ICarbonCredits
    function retireFor(
        uint256 tokenId,
        address holder,
        uint256 units,
        address beneficiary,
        RetirementDetails calldata details,
        bool withCertificate
    ) external returns (uint256 retirementId) {
        retirementId = _retireFor(tokenId, holder, units, beneficiary, details, _hashDetails(details));
        if (withCertificate) _certify(retirementId, tokenId, beneficiary, details);
    }

    /// @inheritdoc ICarbonCredits
    function retireForBatch(
        uint256[] calldata tokenIds,
        address holder,
        uint256[] calldata units,
        address beneficiary,
        RetirementDetails calldata details,
        bool withCertificate
    ) external returns (uint256[] memory retirementIds) {
        if (tokenIds.length != units.length) revert LengthsDiffer(tokenIds.length, units.length);
        bytes32 detailsHash = _hashDetails(details);
        retirementIds = new uint256[](tokenIds.length);
        for (uint256 i = 0; i < tokenIds.length; ++i) {
            // What is called in between are our own certificates, which call nobody.
            // slither-disable-next-line reentrancy-no-eth
            retirementIds[i] = _retireFor(tokenIds[i], holder, units[i], beneficiary, details, detailsHash);
            if (withCertificate) _certify(retirementIds[i], tokenIds[i], beneficiary, details);
        }
    }

    /// @inheritdoc ICarbonCredits
    function redeem(
        uint256 tokenId,
        address holder,
        uint256 serials,
        string calldata registryAccount
    ) external returns (uint256 firstSerial, uint256 lastSerial) {
        TextLimits.requireShort("registryAccount", registryAccount, TextLimits.TEXT_BYTES);
        Credit credit = _usable(tokenId);
        uint256 units = serials * Units.UNITS_PER_TONNE;
        _burn(tokenId, holder, units);

        (, uint256 creditLast) = TokenIds.serialsOf(tokenId);
        lastSerial = creditLast - credit.takenSerials();
        if (credit.hasInvalid()) lastSerial -= _cancelled[tokenId].passOverBack(tokenId, credit, units);
        firstSerial = lastSerial + 1 - serials;
        _credits[tokenId] = credit.withTaken(creditLast + 1 - credit.takenSerials() - firstSerial);
        emit SerialsRedeemed(tokenId, holder, msg.sender, firstSerial, lastSerial, registryAccount);
    }

    /// @inheritdoc ICarbonCredits
    function suspend(uint256[] calldata tokenIds, string calldata reason) external onlyCustodian {
        TextLimits.requireShort("reason", reason, TextLimits.TEXT_BYTES);
        uint256 untilDay = block.timestamp / 1 days + _SUSPENSION_DAYS + 1;
        for (uint256 i = 0; i < tokenIds.length; ++i) {
            _credits[tokenIds[i]] = _existing(tokenIds[i]).withSuspension(untilDay.toUint16());
            emit CreditSuspended(tokenIds[i], untilDay * 1 days, reason);
        }
    }

    /// @inheritdoc ICarbonCredits
    function resume(uint256[] calldata tokenIds) external onlyCustodian {
        for (uint256 i = 0; i < tokenIds.length; ++i) {
            Credit credit = _existing(tokenIds[i]);
            if (!credit.suspended()) revert CreditIsNotSuspended(tokenIds[i]);
            _credits[tokenIds[i]] = credit.withSuspension(0);
            emit CreditResumed(tokenIds[i]);
        }
    }

    /// @inheritdoc ICarbonCredits
    function invalidate(
        uint256 tokenId,
        uint256 firstSerial,
        uint256 lastSerial,
        string calldata reason
    ) external onlyCustodian {
        (uint256 creditFirst, uint256 creditLast) = TokenIds.serialsOf(tokenId);
        if (firstSerial < creditFirst || lastSerial > creditLast || firstSerial > lastSerial) {
            revert InvalidSerialRange(firstSerial, lastSerial);
        }
        TextLimits.requireShort("reason", reason, TextLimits.TEXT_BYTES);
        Credit credit = _existing(tokenId);
        _cancelled[tokenId].add(tokenId, credit, firstSerial, lastSerial);
        _credits[tokenId] = credit.withInvalid();
        emit SerialsInvalidated(tokenId, firstSerial, lastSerial, reason);
        certificates.noteChanges(tokenId);
    }

    /// @inheritdoc ICarbonCredits
    function invalidateRetirement(
        Retirement calldata retirement,
        RetirementProof calldata proof
    ) external returns (uint256 units) {
        uint256 retirementId = retirement.retirementId;
        if (!isRecorded(retirement, proof)) revert RetirementNotRecorded(retirementId);
        Invalidity storage invalidity = _invalidities[retirementId];
        units = invalidUnitsOf(retirement.tokenId, retirementId) - invalidity.countedUnits;
        if (units == 0) revert NothingInvalid(retirementId);
        invalidity.beneficiary = retirement.beneficiary;
        invalidity.countedUnits += uint96(units);
        _claims[retirement.beneficiary].invalidatedUnits += units.toUint80();
        emit RetirementInvalidated(retirementId, retirement.tokenId, retirement.beneficiary, units);
        certificates.noteChange(retirementId);
    }

    /// @inheritdoc ICarbonCredits
    function replace(
        uint256 retirementId,
        uint256 tokenId,
        address holder,
        uint256 units,
        RetirementDetails calldata details
    ) external returns (uint256 replacedBy) {
        Invalidity storage invalidity = _invalidities[retirementId];
        uint256 shortfallUnits = invalidity.countedUnits - invalidity.replacedUnits;
        if (units > shortfallUnits) revert NothingToReplace(retirementId, units, shortfallUnits);
        address beneficiary = invalidity.beneficiary;
        replacedBy = _retireFor(tokenId, holder, units, beneficiary, details, _hashDetails(details));
        invalidity.replacedUnits += uint96(units);
        _claims[beneficiary].replacedUnits += units.toUint80();
        emit RetirementReplaced(retirementId, replacedBy, beneficiary, units);
        certificates.noteChange(retirementId);
    }

    /// @notice Who may do what is decided for ever: an administrator who could name another authority could name a
    /// custodian of his own.
    function setAuthority(address) public pure override {
        revert AuthorityIsFinal();
    }

    /// @inheritdoc IERC8393
    function getMetadata(uint256 tokenId) public view returns (CreditMetadata memory metadata) {
        _existing(tokenId);
        (metadata.projectId, metadata.creditId) = TokenIds.decode(tokenId);
        CreditDetails.read(_issuances[tokenId].details, metadata);
        metadata.totalVolume = TokenIds.unitsOf(tokenId);
        metadata.expiry = _issuances[tokenId].expiry;
        // The contract's own counts, which nobody can nudge.
        // slither-disable-next-line incorrect-equality
        metadata.isRetired = _retiredUnits(tokenId) == metadata.totalVolume;
    }

    /// @notice The credit's attributes as a JSON document in a data URI; reverts where it does not exist.
    /// @param tokenId The credit.
    /// @return A `data:application/json;base64,` URI.
    function uri(uint256 tokenId) public view override returns (string memory) {
        return records.documentOf(tokenId);
    }

    /// @inheritdoc ICarbonCredits
    function stateOf(uint256 tokenId) public view returns (CreditState memory state) {
        Credit credit = _existing(tokenId);
        (uint256 creditFirst, uint256 creditLast) = TokenIds.serialsOf(tokenId);
        state.retiredUnits = _retiredUnits(tokenId);
        state.redeemedUnits = (credit.takenSerials() - _cancelled[tokenId].takenOverSerials) * Units.UNITS_PER_TONNE;
        uint256 front = creditFirst * Units.UNITS_PER_TONNE + credit.passedUnits();
        uint256 end = (creditLast + 1 - credit.takenSerials()) * Units.UNITS_PER_TONNE;
        state.availableUnits = end - front - _cancelled[tokenId].unitsAmong(front, end);
        state.passedUnits = credit.passedUnits();
        state.retirementCount = credit.retirementCount();
    }

    /// @inheritdoc ICarbonCredits
    function retirableUnits(uint256 tokenId) external view returns (uint256 units) {
        Credit credit = _existing(tokenId);
        if (!credit.suspended()) (, units, ) = _cancelled[tokenId].soundRun(tokenId, credit);
    }

    /// @inheritdoc ICarbonCredits
    function suspendedUntil(uint256 tokenId) external view returns (uint256) {
        Credit credit = _existing(tokenId);
        return credit.suspended() ? credit.suspendedUntil() : 0;
    }

    /// @inheritdoc ICarbonCredits
    function evidenceHashOf(uint256 tokenId) public view returns (bytes32) {
        _existing(tokenId);
        CreditMetadata memory metadata;
        return CreditDetails.read(_issuances[tokenId].details, metadata);
    }

    /// @notice ERC-1155: the units of a credit that an account holds.
    /// @param account Whose.
    /// @param tokenId The credit.
    /// @return How many.
    function balanceOf(address account, uint256 tokenId) public view override returns (uint256) {
        return _balances[tokenId][account].heldUnits();
    }

    /// @inheritdoc IERC8393
    function retiredBalanceOf(address account, uint256 tokenId) external view returns (uint256) {
        return _balances[tokenId][account].retiredUnits();
    }

    /// @inheritdoc ICarbonCredits
    function retiredFor(address beneficiary) external view returns (uint256) {
        return _claims[beneficiary].retiredUnits;
    }

    /// @inheritdoc ICarbonCredits
    function invalidatedFor(address beneficiary) external view returns (uint256) {
        return _claims[beneficiary].invalidatedUnits;
    }

    /// @inheritdoc ICarbonCredits
    function replacedFor(address beneficiary) external view returns (uint256) {
        return _claims[beneficiary].replacedUnits;
    }

    /// @inheritdoc ICarbonCredits
    function offsetFor(address beneficiary) external view returns (uint256) {
        Claim memory claim = _claims[beneficiary];
        return claim.retiredUnits - claim.invalidatedUnits;
    }

    /// @inheritdoc ICarbonCredits
    function isRecorded(Retirement calldata retirement, RetirementProof calldata proof) public view returns (bool) {
        bytes32 retirementHash = keccak256(abi.encode(retirement));
        return _pages[retirement.tokenId].holds(retirementHash, proof);
    }

    /// @inheritdoc ICarbonCredits
    function pageChain(uint256 tokenId, uint256 page) external view returns (bytes32) {
        return _pages[tokenId][page];
    }

    /// @inheritdoc ICarbonCredits
    function invalidUnitsOf(uint256 tokenId, uint256 retirementId) public view returns (uint256) {
        uint256 firstUnit = RetirementIds.firstUnitOf(retirementId);
        return _cancelled[tokenId].unitsAmong(firstUnit, firstUnit + RetirementIds.unitsOf(retirementId));
    }

    /// @inheritdoc ICarbonCredits
    function invalidityOf(uint256 retirementId) external view returns (uint256 countedUnits, uint256 replacedUnits) {
        Invalidity storage invalidity = _invalidities[retirementId];
        return (invalidity.countedUnits, invalidity.replacedUnits);
    }

    /// @inheritdoc ICarbonCredits
    function creditCount() external view returns (uint256) {
        return _tokenIds.length;
    }

    /// @inheritdoc ICarbonCredits
    function creditAt(uint256 creditNumber) external view returns (uint256) {
        return _tokenIds[creditNumber - 1];
    }

    /// @inheritdoc ICarbonCredits
    function creditNumberOf(uint256 tokenId) external view returns (uint256) {
        return _existing(tokenId).number();
    }

    /// @inheritdoc IERC8393
    function tokenExists(uint256 tokenId) public view returns (bool) {
        return _credits[tokenId].number() != 0;
    }

    /// @inheritdoc IERC8393
    function isExpired(uint256 tokenId) external view returns (bool) {
        uint256 expiry = _issuances[tokenId].expiry;
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

    /// @inheritdoc ICarbonCredits
    function serialSpanOf(uint256 retirementId) external pure returns (SerialSpan memory) {
        return RetirementIds.spanOf(retirementId);
    }

    /// @notice ERC-165: this contract is ERC-165, ERC-1155 with its metadata URI, and ERC-8393.
    /// @param interfaceId The interface asked for.
    /// @return Whether it is implemented.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IERC8393).interfaceId || super.supportsInterface(interfaceId);
    }

    function _domainNameAndVersion() internal pure override returns (string memory, string memory) {
        return ("gasprint CarbonCredits", "1");
    }

    /// @dev As OpenZeppelin's, whose balances fill a slot each, and that a credit on hold does not move. Units leave
    /// circulation by `_burn` alone.
    function _update(address from, address to, uint256[] memory ids, uint256[] memory values) internal override {
        if (ids.length != values.length) revert ERC1155InvalidArrayLength(ids.length, values.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            if (from != address(0)) {
                _usable(ids[i]);
                _takeUnits(ids[i], from, values[i]);
            }
            _balances[ids[i]][to] = _balances[ids[i]][to].addHeld(values[i]);
        }
        if (ids.length == 1) {
            emit TransferSingle(msg.sender, from, to, ids[0], values[0]);
        } else {
            emit TransferBatch(msg.sender, from, to, ids, values);
        }
    }

    /// @dev What the issuer itself brought, so that nobody else's hint or older evidence counts. Two must agree: who
    /// attested is still a custodian, whom the authority keeps apart from all other roles, and cannot mint.
    function _useAttestation(uint256 tokenId, bytes32 creditHash) private returns (Attested memory attested) {
        attested = _attested[msg.sender][creditHash];
        if (attested.custodian == address(0)) revert NotAttested(tokenId);
        if (block.timestamp > attested.deadline) revert AttestationExpired(attested.deadline);
        _requireCustodian(attested.custodian);
        bytes32 digest = _hashTypedData(
            Attestations.hashAttestation(creditHash, attested.evidenceHash, attested.deadline)
        );
        if (_withdrawn[digest]) revert AttestationIsWithdrawn(digest);
        (bool mayIssue, uint32 mayIssueAfterDelay) = IAccessManager(authority()).canCall(
            attested.custodian,
            address(this),
            this.mintCredit.selector
        );
        if (mayIssue || mayIssueAfterDelay != 0) revert CustodianMayIssue(attested.custodian);
        delete _attested[msg.sender][creditHash];
    }

    /// @dev No serial is ever tokenised twice, whatever the project, and the amount is what the serials stand for.
    function _claimSerials(uint256 tokenId, uint256 amount, uint256 hintFirstSerial) private {
        uint256 registry = TokenIds.registryOf(tokenId);
        uint256 projectNumber = TokenIds.projectNumberOf(tokenId);
        if (registry == 0 || projectNumber == 0) revert InvalidProject(registry, projectNumber);
        (uint256 firstSerial, uint256 lastSerial) = TokenIds.serialsOf(tokenId);
        if (firstSerial == 0 || lastSerial < firstSerial) {
            revert InvalidSerialRange(firstSerial, lastSerial);
        }
        uint256 serialsUnits = TokenIds.unitsOf(tokenId);
        if (amount != serialsUnits) revert AmountDiffersFromSerials(amount, serialsUnits);
        _tokenisedSerials[registry].add(firstSerial, lastSerial, hintFirstSerial);
    }

    function _retireFor(
        uint256 tokenId,
        address holder,
        uint256 units,
        address beneficiary,
        RetirementDetails calldata details,
        bytes32 detailsHash
    ) private returns (uint256 retirementId) {
        if (beneficiary == address(0)) revert BeneficiaryMissing();
        retirementId = _retire(tokenId, holder, units, beneficiary, detailsHash);
        if (detailsHash != 0) emit RetirementDescribed(retirementId, details);
    }

    /// @dev A credit's volume is below 2^91 units, so that nothing here can overflow 96 bits.
    function _retire(
        uint256 tokenId,
        address holder,
        uint256 units,
        address beneficiary,
        bytes32 detailsHash
    ) private returns (uint256 retirementId) {
        Credit credit = _usable(tokenId);
        _burn(tokenId, holder, units);

        uint256 skippedUnits = credit.hasInvalid() ? _cancelled[tokenId].passOverFront(tokenId, credit, units) : 0;
        _credits[tokenId] = credit.withRetirement(skippedUnits, units);
        _balances[tokenId][beneficiary] = _balances[tokenId][beneficiary].addRetired(units);
        _claims[beneficiary].retiredUnits += uint96(units);
        retirementId = RetirementIds.encode(tokenId, credit.passedUnits() + skippedUnits, units);
        uint256 index = credit.retirementCount();
        _pages[tokenId].append(
            index,
            RetirementIds.hash(retirementId, tokenId, beneficiary, holder, msg.sender, block.timestamp, detailsHash)
        );

        emit CreditRetired(beneficiary, tokenId, units);
        emit RetirementRecorded(retirementId, tokenId, beneficiary, holder, msg.sender, index);
    }

    function _certify(
        uint256 retirementId,
        uint256 tokenId,
        address beneficiary,
        RetirementDetails calldata details
    ) private {
        certificates.issue(retirementId, _credits[tokenId].number(), beneficiary, details.beneficiaryName);
    }

    /// @dev Takes units out of circulation; by their holder or an operator.
    function _burn(uint256 tokenId, address holder, uint256 units) private {
        if (units == 0) revert NothingToDo();
        if (holder != msg.sender && !isApprovedForAll(holder, msg.sender)) {
            revert ERC1155MissingApprovalForAll(msg.sender, holder);
        }
        _takeUnits(tokenId, holder, units);
        emit TransferSingle(msg.sender, holder, address(0), tokenId, units);
    }

    function _takeUnits(uint256 tokenId, address holder, uint256 units) private {
        uint256 balance = _balances[tokenId][holder];
        if (units > balance.heldUnits()) {
            revert ERC1155InsufficientBalance(holder, balance.heldUnits(), units, tokenId);
        }
        _balances[tokenId][holder] = balance.take(units);
    }

    function _retiredUnits(uint256 tokenId) private view returns (uint256) {
        return _credits[tokenId].passedUnits() - _cancelled[tokenId].passedOverUnits;
    }

    function _existing(uint256 tokenId) private view returns (Credit credit) {
        credit = _credits[tokenId];
        // A number is given once, in the order of issuance.
        // slither-disable-next-line incorrect-equality
        if (credit.number() == 0) revert UnknownCredit(tokenId);
    }

    function _usable(uint256 tokenId) private view returns (Credit credit) {
        credit = _existing(tokenId);
        if (credit.suspended()) revert CreditIsSuspended(tokenId);
    }

    function _requireCustodian(address account) private view {
        (bool isCustodian, uint32 delay) = IAccessManager(authority()).hasRole(Roles.CUSTODIAN, account);
        // A delay would have to be waited for in the authority, which none of this passes through.
        if (!isCustodian || delay != 0) revert NotCustodian(account);
    }

    /// @dev Zero where nothing is said.
    function _hashDetails(RetirementDetails calldata details) private pure returns (bytes32) {
        TextLimits.requireShort("beneficiaryName", details.beneficiaryName, TextLimits.NAME_BYTES);
        TextLimits.requireShort("purpose", details.purpose, TextLimits.TEXT_BYTES);
        TextLimits.requireShort("place", details.place, TextLimits.NAME_BYTES);
        if (details.periodEnd != 0 && details.periodEnd < details.periodStart) {
            revert PeriodReversed(details.periodStart, details.periodEnd);
        }
        bool isEmpty =
            details.payer == address(0) &&
                bytes(details.beneficiaryName).length == 0 &&
                bytes(details.purpose).length == 0 &&
                bytes(details.place).length == 0 &&
                details.periodStart == 0 &&
                details.periodEnd == 0;
        return isEmpty ? bytes32(0) : keccak256(abi.encode(details));
    }
}
