"""Why a contract refused, in a sentence."""

from __future__ import annotations

from eth_abi.exceptions import DecodingError
from eth_utils.abi import function_signature_to_4byte_selector
from eth_utils.address import to_checksum_address

from gasprint._abi import CODEC

# The arguments stand in the order in which the interfaces declare them.
_SENTENCES = {
    "AccessManagedUnauthorized(address)": "{0} does not have the role that this takes",
    "AccessManagerNotScheduled(bytes32)": (
        "the role acts with a delay; schedule the call at the Authority first"
    ),
    "AmountDiffersFromSerials(uint256,uint256)": (
        "{0} units are not what the serials stand for, which is {1}"
    ),
    "AttestationExpired(uint256)": (
        "the attestation expired at Unix second {0}; ask the custodian for another"
    ),
    "AttestationIsWithdrawn(bytes32)": "a custodian withdrew the attestation; ask for another",
    "BeneficiaryMissing()": "the zero address can be nobody's beneficiary",
    "BoundsOutOfOrder(uint256,uint256,uint256)": (
        "a factor's bounds, {0} and {2}, do not hold its best estimate, {1}"
    ),
    "CertificateAlreadyIssued(uint256)": "retirement {0} has its certificate already",
    "CreditAlreadyIssued(uint256)": "credit {0} is issued already",
    "CreditIsSuspended(uint256)": "credit {0} is on hold at its registry; wait until that ends",
    "CustodianMayIssue(address)": "custodian {0} could mint too; the two must be apart",
    "DetailsDiffer(uint256)": "these details are not those of retirement {0}",
    "EffectiveAtOutOfRange(uint256,uint256,uint256)": (
        "a factor cannot take effect at Unix second {0}, but from {1} to {2}"
    ),
    "EnforcedPause()": "a guardian paused issuance; wait until the administrator resumes it",
    "ERC1155InsufficientBalance(address,uint256,uint256,uint256)": (
        "{0} holds {1} units of credit {3}, which is less than {2}"
    ),
    "ERC1155InvalidReceiver(address)": "{0} is a contract that takes no credits",
    "ERC1155MissingApprovalForAll(address,address)": "{0} is no operator of {1}",
    "EvidenceMissing()": "a factor has to rest on evidence",
    "ExpiryTooLarge(uint256)": "the expiry, Unix second {0}, is too far off",
    "FactorGoesBack(uint256,uint256)": (
        "the range is charged by factor {0}, but the one before it by factor {1}"
    ),
    "FactorIsZero()": "a factor of zero would let emissions go unrecorded",
    "FactorPending(uint256,uint256)": (
        "factor version {0} takes effect at Unix second {1}; publish the next from then on"
    ),
    "IdTooLarge(uint256,uint256)": "project id {0} or credit id {1} has more than 128 bits",
    "InvalidAttestation(address)": "the signature is not that of custodian {0}, for this contract",
    "InvalidProject(uint256,uint256)": "registry {0}, project {1} is no project",
    "InvalidSerialRange(uint256,uint256)": "{0} to {1} is no range of serials",
    "MetadataMismatch(string)": "the metadata's {0} is not the argument of that name",
    "NotAttested(uint256)": "no custodian attested to credit {0}",
    "NotCustodian(address)": "{0} does not have the custodian's role",
    "NothingDeposited(address)": "{0} is due, and has nothing on deposit to retire or to spend",
    "NothingToDo()": "give at least one unit",
    "NotKeeper(address,address)": "{0} has not approved {1} as its keeper",
    "NotReporter(address,address)": "{0} has not approved {1} as its reporter",
    "PeriodReversed(uint256,uint256)": "the period ends (Unix second {1}) before it starts ({0})",
    "RangeIsEmpty(uint256,uint256)": "block {1} comes before block {0}",
    "RangeNotFinal(uint256,uint256)": "block {0} is not final yet; the last final one is {1}",
    "RangeNotNext(uint256,uint256)": (
        "the range begins at block {0}, but the next to commit is {1}; run the report again"
    ),
    "RetirementNotRecorded(uint256)": "retirement {0} was not recorded just so",
    "SerialsOverlap(uint256,uint256,uint256,uint256)": (
        "serials {0} to {1} meet {2} to {3}, which are tokenised already"
    ),
    "StepTooLarge(uint256,uint256)": (
        "a figure of {0} is more than the double, or less than the half, of {1} in force"
    ),
    "TextTooLong(string,uint256,uint256)": "{0} has {1} bytes, and may have at most {2}",
    "TokenDoesNotExist()": "there is no such certificate",
    "TotalsContradict(uint256,uint256,uint256)": (
        "{2} micrograms of CO2e are not what the factor makes of {1} gas in {0} transactions"
    ),
    "UnitsNotAvailable(uint256,uint256,uint256)": (
        "only {2} units of credit {0} come before serials that were cancelled or redeemed, "
        "not {1}; first take these"
    ),
    "UnknownCredit(uint256)": "credit {0} was never issued",
    "UnknownFactor(uint256)": "factor {0} is not in force",
    "WrongBlockHash(uint256,bytes32)": "block {0} is another on this chain by now",
}
_BY_SELECTOR = {
    function_signature_to_4byte_selector(signature): (signature, text)
    for signature, text in _SENTENCES.items()
}


def sentence(revert_data: object) -> str | None:
    """What the data of a revert says; None where it is of no error that is known here."""
    try:
        data = bytes.fromhex(str(revert_data).removeprefix("0x"))
    except ValueError:
        return None
    signature, text = _BY_SELECTOR.get(data[:4], ("", ""))
    if not text:
        return None
    kinds = [kind for kind in signature[signature.index("(") + 1 : -1].split(",") if kind]
    try:
        values = CODEC.decode(kinds, data[4:])
    except DecodingError:
        return None
    return text.format(
        *(
            to_checksum_address(value) if kind == "address" else value
            for kind, value in zip(kinds, values, strict=True)
        )
    )


def error_name(revert_data: object) -> str | None:
    """The name of the error that `sentence` tells; None where it tells none."""
    if sentence(revert_data) is None:
        return None
    signature, _ = _BY_SELECTOR[bytes.fromhex(str(revert_data).removeprefix("0x")[:8])]
    return signature.partition("(")[0]
