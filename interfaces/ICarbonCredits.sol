// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICreditRecords} from "./ICreditRecords.sol";
import {IERC8393} from "./IERC8393.sol";
import {IRetirementCertificates} from "./IRetirementCertificates.sol";

/// @title Carbon credits whose ids are their serial numbers
/// @notice ERC-8393 credits. `projectId = registry << 64 | project number` and
/// `creditId = first serial << 64 | last serial`, so registry, project and serials can be read off a token id
/// without a call.
///
/// Issued by two: a custodian, who keeps the credits immobilised at the registry, attests to exactly these serials,
/// and an issuer mints. No serial is ever tokenised twice.
///
/// Retired to the serial: a credit's retirements fill its serials from the first one on, redemptions take whole
/// serials from the last one back. Each retirement owns an exact span, down to a fraction of a serial, which its id
/// spells out. What the registry cancels is passed over if it was not retired yet, and counted against the
/// beneficiary if it was; a retired balance itself never falls.
interface ICarbonCredits is IERC8393 {
    /// @notice What may be said of a retirement, apart from whose units it took and for whom.
    /// @param payer Who paid for it, as the agent says; the zero address for the holder.
    /// @param beneficiaryName The beneficiary's name, as it is to stand on the certificate; at most 128 bytes.
    /// @param purpose Why; at most 256 bytes.
    /// @param place Where what is offset happened; at most 128 bytes.
    /// @param periodStart Unix seconds from which it happened; 0 for unsaid.
    /// @param periodEnd Unix seconds until which it happened; 0 for unsaid.
    struct RetirementDetails {
        address payer;
        string beneficiaryName;
        string purpose;
        string place;
        uint40 periodStart;
        uint40 periodEnd;
    }

    /// @notice One act of retirement. The contract keeps a hash of it; who shows it to the contract takes it from
    /// the event `RetirementRecorded`.
    /// @param retirementId Its id, which tells its serials.
    /// @param tokenId The credit it drew on.
    /// @param beneficiary For whom the units were retired.
    /// @param holder Whose units they were.
    /// @param agent Who called.
    /// @param retiredAt Unix seconds.
    /// @param detailsHash The keccak256 of the ABI-encoded details; zero where there were none.
    struct Retirement {
        uint256 retirementId;
        uint256 tokenId;
        address beneficiary;
        address holder;
        address agent;
        uint40 retiredAt;
        bytes32 detailsHash;
    }

    /// @notice Shows that a retirement was recorded: the hash chain of its page, from before it to the page's end.
    /// @param index How many retirements of the credit came before.
    /// @param chainBefore The page's chain before it; zero where it is the first of its page of 32.
    /// @param laterHashes The hashes of the retirements after it on its page, in order.
    struct RetirementProof {
        uint256 index;
        bytes32 chainBefore;
        bytes32[] laterHashes;
    }

    /// @notice The serials that a retirement owns. A serial is 10^8 units long, counted from 0.
    /// @param firstSerial The first serial it touches.
    /// @param firstOffsetUnits Where in that serial it starts.
    /// @param lastSerial The last serial it touches.
    /// @param lastEndUnits Where in that serial it ends (exclusive, 1 to 10^8).
    struct SerialSpan {
        uint256 firstSerial;
        uint256 firstOffsetUnits;
        uint256 lastSerial;
        uint256 lastEndUnits;
    }

    /// @notice How much of a credit went where, in units. Of the unretired and unredeemed ones, some may be
    /// cancelled by the registry: they stay held and can never be retired.
    /// @param retiredUnits Retired, for anyone.
    /// @param redeemedUnits Taken back to the registry.
    /// @param availableUnits Neither retired, redeemed nor cancelled.
    /// @param passedUnits From the first serial on, retired, or cancelled before they were.
    /// @param retirementCount How many retirements there were.
    struct CreditState {
        uint256 retiredUnits;
        uint256 redeemedUnits;
        uint256 availableUnits;
        uint256 passedUnits;
        uint256 retirementCount;
    }

    /// @notice A credit was issued on a custodian's word; with its `CreditMinted`.
    /// @param tokenId The credit.
    /// @param custodian Who signed.
    /// @param evidenceHash SHA-256 of the evidence that the serials are immobilised.
    event CreditAttested(uint256 indexed tokenId, address indexed custodian, bytes32 evidenceHash);

    /// @notice A custodian withdrew an attestation, of its own or of another: nothing is issued on it any more.
    /// @param digest What was signed.
    /// @param custodian Who withdrew it.
    event AttestationWithdrawn(bytes32 indexed digest, address indexed custodian);

    /// @notice Units were retired.
    /// @param retirementId The retirement's id, which tells its serials.
    /// @param tokenId The credit.
    /// @param beneficiary For whom.
    /// @param holder Whose units they were.
    /// @param agent Who called.
    /// @param index How many retirements of the credit came before.
    event RetirementRecorded(
        uint256 indexed retirementId,
        uint256 indexed tokenId,
        address indexed beneficiary,
        address holder,
        address agent,
        uint256 index
    );

    /// @notice What was said of a retirement; right after its `RetirementRecorded`.
    /// @param retirementId The retirement.
    /// @param details What was said.
    event RetirementDescribed(uint256 indexed retirementId, RetirementDetails details);

    /// @notice Whole serials went back to the registry.
    /// @param tokenId The credit.
    /// @param holder Whose units they were.
    /// @param agent Who called.
    /// @param firstSerial The first of them.
    /// @param lastSerial The last of them.
    /// @param registryAccount The account at the registry that receives them.
    event SerialsRedeemed(
        uint256 indexed tokenId,
        address indexed holder,
        address agent,
        uint256 firstSerial,
        uint256 lastSerial,
        string registryAccount
    );

    /// @notice The registry put a credit on hold.
    /// @param tokenId The credit.
    /// @param until Unix seconds at which it ends by itself.
    /// @param reason Why.
    event CreditSuspended(uint256 indexed tokenId, uint256 until, string reason);

    /// @notice The registry took a credit off hold.
    /// @param tokenId The credit.
    event CreditResumed(uint256 indexed tokenId);

    /// @notice The registry cancelled serials.
    /// @param tokenId The credit.
    /// @param firstSerial The first of them.
    /// @param lastSerial The last of them.
    /// @param reason Why.
    event SerialsInvalidated(uint256 indexed tokenId, uint256 firstSerial, uint256 lastSerial, string reason);

    /// @notice Of a retirement, `units` more are cancelled and count as outstanding again.
    /// @param retirementId The retirement.
    /// @param tokenId The credit.
    /// @param beneficiary For whom it was.
    /// @param units How many units more than before.
    event RetirementInvalidated(
        uint256 indexed retirementId,
        uint256 indexed tokenId,
        address indexed beneficiary,
        uint256 units
    );

    /// @notice Cancelled units of a retirement were made good by another.
    /// @param retirementId The retirement.
    /// @param replacedBy The retirement that makes it good.
    /// @param beneficiary For whom both are.
    /// @param units How many units.
    event RetirementReplaced(
        uint256 indexed retirementId,
        uint256 indexed replacedBy,
        address indexed beneficiary,
        uint256 units
    );

    /// @notice A project or credit id has more than 128 bits.
    error IdTooLarge(uint256 projectId, uint256 creditId);

    /// @notice A project id names no registry or no project.
    error InvalidProject(uint256 registry, uint256 projectNumber);

    /// @notice A credit id is not a range of serials.
    error InvalidSerialRange(uint256 firstSerial, uint256 lastSerial);

    /// @notice Serials of the range are in the set already: tokenised, or invalidated.
    error SerialsOverlap(uint256 firstSerial, uint256 lastSerial, uint256 takenFirst, uint256 takenLast);

    /// @notice The credit was issued before.
    error CreditAlreadyIssued(uint256 tokenId);

    /// @notice The credit was never issued.
    error UnknownCredit(uint256 tokenId);

    /// @notice The metadata's `field` differs from the argument of that name.
    error MetadataMismatch(string field);

    /// @notice The amount is not what the range of serials stands for.
    error AmountDiffersFromSerials(uint256 amountUnits, uint256 serialsUnits);

    /// @notice The expiry does not fit 40 bits.
    error ExpiryTooLarge(uint256 expiry);

    /// @notice The certificates or records are made for another credit contract.
    error WrongCounterpart(address counterpart);

    /// @notice The `field` is longer than it may be.
    error TextTooLong(string field, uint256 lengthBytes, uint256 maxBytes);

    /// @notice The caller brought no custodian's signature over exactly this credit.
    error NotAttested(uint256 tokenId);

    /// @notice The attestation's time has passed.
    error AttestationExpired(uint256 deadline);

    /// @notice The signature is not this custodian's over exactly this, for this contract on this chain.
    error InvalidAttestation(address custodian);

    /// @notice The account does not have the custodian's role.
    error NotCustodian(address account);

    /// @notice The custodian could mint too; the two must be apart.
    error CustodianMayIssue(address custodian);

    /// @notice A custodian withdrew the attestation.
    error AttestationIsWithdrawn(bytes32 digest);

    /// @notice Who may do what is decided by the authority of the deployment, for ever.
    error AuthorityIsFinal();

    /// @notice At least one unit, or one serial, is needed.
    error NothingToDo();

    /// @notice A retirement needs somebody it is for.
    error BeneficiaryMissing();

    /// @notice The period ends before it starts.
    error PeriodReversed(uint256 periodStart, uint256 periodEnd);

    /// @notice The arrays differ in length.
    error LengthsDiffer(uint256 tokenIds, uint256 units);

    /// @notice The credit is on hold at its registry.
    error CreditIsSuspended(uint256 tokenId);

    /// @notice A credit has that many ranges of cancelled serials at most.
    error TooManyRanges(uint256 tokenId, uint256 maxRanges);

    /// @notice The credit is not on hold.
    error CreditIsNotSuspended(uint256 tokenId);

    /// @notice Before the next serial that is cancelled or redeemed, only `availableUnits` are left; first take these.
    error UnitsNotAvailable(uint256 tokenId, uint256 units, uint256 availableUnits);

    /// @notice The proof does not show that this retirement was recorded.
    error RetirementNotRecorded(uint256 retirementId);

    /// @notice Nothing of the retirement is cancelled that was not counted already.
    error NothingInvalid(uint256 retirementId);

    /// @notice More than what of the retirement is cancelled and not replaced.
    error NothingToReplace(uint256 retirementId, uint256 units, uint256 shortfallUnits);

    /// @notice Takes a custodian's signature, so that the caller, where it is an issuer, can mint exactly this credit:
    /// in one `multicall` with `mintCredit`, or later. Whether who signed is a custodian still, and the deadline, count
    /// at the mint.
    /// @param recipient Who is to receive the units.
    /// @param metadata The credit, as it is to be minted; its `isRetired` is ignored.
    /// @param evidenceHash SHA-256 of the evidence that the serials are immobilised at the registry.
    /// @param deadline Unix seconds until which it can be minted.
    /// @param custodian Who signed: an account of the custodian's role, which may be an ERC-1271 wallet.
    /// @param signature EIP-712, over `Attestation` of `libraries/Attestations.sol`.
    /// @param hintFirstSerial The first serial of the tokenised range next below, so that minting costs the same
    /// however many there are; any other is safe, and costs the walk to the place.
    function attest(
        address recipient,
        CreditMetadata calldata metadata,
        bytes32 evidenceHash,
        uint256 deadline,
        address custodian,
        bytes calldata signature,
        uint256 hintFirstSerial
    ) external;

    /// @notice Withdraws an attestation: nothing is issued on it from then on; by a custodian, and for good.
    /// @param digest What was signed, as EIP-712 hashes it.
    function withdrawAttestation(bytes32 digest) external;

    /// @notice Stops issuance, and nothing else; by a guardian.
    function pauseIssuance() external;

    /// @notice Lets issuance go on; by the administrator.
    function resumeIssuance() external;

    /// @notice Retires units that `holder` has, for `beneficiary`. It cannot be undone.
    /// @param tokenId The credit.
    /// @param holder Whose units: the caller's, or of one who made the caller an operator.
    /// @param units How many.
    /// @param beneficiary For whom they count as offset; need not know of it.
    /// @param details What is said of it.
    /// @param withCertificate Whether to mint the certificate at once; anyone can claim it later.
    /// @return retirementId Its id, which tells its serials.
    function retireFor(
        uint256 tokenId,
        address holder,
        uint256 units,
        address beneficiary,
        RetirementDetails calldata details,
        bool withCertificate
    ) external returns (uint256 retirementId);

    /// @notice Retires units of several credits, for one beneficiary, as `retireFor` does with each.
    /// @param tokenIds The credits.
    /// @param holder Whose units.
    /// @param units How many of each.
    /// @param beneficiary For whom.
    /// @param details What is said of each.
    /// @param withCertificate Whether to mint the certificates at once.
    /// @return retirementIds Their ids.
    function retireForBatch(
        uint256[] calldata tokenIds,
        address holder,
        uint256[] calldata units,
        address beneficiary,
        RetirementDetails calldata details,
        bool withCertificate
    ) external returns (uint256[] memory retirementIds);

    /// @notice Takes whole serials back to the registry, from the last one of the credit.
    /// @param tokenId The credit.
    /// @param holder Whose units: the caller's, or of one who made the caller an operator.
    /// @param serials How many serials, of 10^8 units each.
    /// @param registryAccount The account at the registry that is to receive them; at most 256 bytes.
    /// @return firstSerial The first of them.
    /// @return lastSerial The last of them.
    function redeem(
        uint256 tokenId,
        address holder,
        uint256 serials,
        string calldata registryAccount
    ) external returns (uint256 firstSerial, uint256 lastSerial);

    /// @notice Puts credits on hold: they can be neither retired, redeemed nor transferred; by a custodian. It ends
    /// by itself after 90 days, with the UTC day, so that nobody's credits wait for a key that is lost; on hold
    /// again, it begins anew.
    /// @param tokenIds The credits.
    /// @param reason Why; at most 256 bytes.
    function suspend(uint256[] calldata tokenIds, string calldata reason) external;

    /// @notice Takes credits off hold; by a custodian.
    /// @param tokenIds The credits.
    function resume(uint256[] calldata tokenIds) external;

    /// @notice Records that the registry cancelled serials; by a custodian. Some may have been cancelled before. Those not yet retired never
    /// will be: all units of a credit are alike, so whoever retires or redeems last finds them gone. Retirements
    /// that own some show it at once, and count it once `invalidateRetirement` names them. It cannot be undone.
    /// @param tokenId The credit; at most 1,024 ranges of it can be cancelled.
    /// @param firstSerial The first of them.
    /// @param lastSerial The last of them.
    /// @param reason Why; at most 256 bytes.
    function invalidate(uint256 tokenId, uint256 firstSerial, uint256 lastSerial, string calldata reason) external;

    /// @notice Counts what of a retirement is cancelled as outstanding again; by anyone.
    /// @param retirement The retirement.
    /// @param proof Shows that it was recorded.
    /// @return units How many units more than before.
    function invalidateRetirement(
        Retirement calldata retirement,
        RetirementProof calldata proof
    ) external returns (uint256 units);

    /// @notice Makes cancelled units of a retirement good, by retiring others for its beneficiary.
    /// @param retirementId The retirement, of which `invalidateRetirement` counted what is cancelled.
    /// @param tokenId The credit to retire instead.
    /// @param holder Whose units: the caller's, or of one who made the caller an operator.
    /// @param units How many.
    /// @param details What is said of the new retirement.
    /// @return replacedBy The new retirement's id.
    function replace(
        uint256 retirementId,
        uint256 tokenId,
        address holder,
        uint256 units,
        RetirementDetails calldata details
    ) external returns (uint256 replacedBy);

    /// @notice The units retired for `beneficiary`, over all credits; never falls.
    /// @param beneficiary For whom.
    /// @return units How many.
    function retiredFor(address beneficiary) external view returns (uint256 units);

    /// @notice Of the units retired for `beneficiary`, those the registry cancelled since; never falls.
    /// @param beneficiary For whom.
    /// @return units How many.
    function invalidatedFor(address beneficiary) external view returns (uint256 units);

    /// @notice Of the cancelled units of `beneficiary`, those made good; never falls.
    /// @param beneficiary For whom.
    /// @return units How many.
    function replacedFor(address beneficiary) external view returns (uint256 units);

    /// @notice What counts as offset: `retiredFor − invalidatedFor`. What is cancelled counts from the moment at
    /// which anyone calls `invalidateRetirement`.
    /// @param beneficiary For whom.
    /// @return units How many.
    function offsetFor(address beneficiary) external view returns (uint256 units);

    /// @notice How much of a credit went where; reverts where it does not exist.
    /// @param tokenId The credit.
    /// @return state How much.
    function stateOf(uint256 tokenId) external view returns (CreditState memory state);

    /// @notice How many units one retirement can take now: to the next cancelled or redeemed serial; 0 while
    /// suspended.
    /// @param tokenId The credit.
    /// @return units How many.
    function retirableUnits(uint256 tokenId) external view returns (uint256 units);

    /// @notice Until when a credit is on hold.
    /// @param tokenId The credit.
    /// @return until Unix seconds; 0 where it is not.
    function suspendedUntil(uint256 tokenId) external view returns (uint256 until);

    /// @notice SHA-256 of the evidence that a credit's serials are immobilised at the registry.
    /// @param tokenId The credit.
    /// @return evidenceHash As the custodian attested.
    function evidenceHashOf(uint256 tokenId) external view returns (bytes32 evidenceHash);

    /// @notice The serials that a retirement owns, read off its id; no two share any part of a serial.
    /// @param retirementId The retirement.
    /// @return span From where to where.
    function serialSpanOf(uint256 retirementId) external pure returns (SerialSpan memory span);

    /// @notice Whether a retirement was recorded just so.
    /// @param retirement The retirement.
    /// @param proof What shows it.
    /// @return recorded True where the proof holds.
    function isRecorded(
        Retirement calldata retirement,
        RetirementProof calldata proof
    ) external view returns (bool recorded);

    /// @notice The hash chain of one page of 32 retirements of a credit.
    /// @param tokenId The credit.
    /// @param page From 0.
    /// @return chain Zero where no retirement stands on it yet.
    function pageChain(uint256 tokenId, uint256 page) external view returns (bytes32 chain);

    /// @notice The units among these serials of a credit that the registry cancelled.
    /// @param tokenId The credit.
    /// @param retirementId A retirement of that credit.
    /// @return units How many.
    function invalidUnitsOf(uint256 tokenId, uint256 retirementId) external view returns (uint256 units);

    /// @notice Of a retirement's cancelled units, what was counted, and what was made good.
    /// @param retirementId The retirement.
    /// @return countedUnits Counted against its beneficiary.
    /// @return replacedUnits Made good.
    function invalidityOf(uint256 retirementId) external view returns (uint256 countedUnits, uint256 replacedUnits);

    /// @notice How many credits were issued.
    /// @return count From 0.
    function creditCount() external view returns (uint256 count);

    /// @notice The credit of that number.
    /// @param creditNumber From 1 to `creditCount()`, in the order of issuance; reverts for another.
    /// @return tokenId The credit.
    function creditAt(uint256 creditNumber) external view returns (uint256 tokenId);

    /// @notice The number of a credit; reverts where it does not exist.
    /// @param tokenId The credit.
    /// @return creditNumber From 1, in the order of issuance.
    function creditNumberOf(uint256 tokenId) external view returns (uint256 creditNumber);

    /// @notice The certificates of the retirements.
    /// @return contractOf Their contract.
    function certificates() external view returns (IRetirementCertificates contractOf);

    /// @notice What the registry said of the credits since; it also writes `uri`.
    /// @return contractOf Their contract.
    function records() external view returns (ICreditRecords contractOf);
}
