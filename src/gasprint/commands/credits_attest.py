"""`gasprint credits attest`: the custodian's part of issuing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gasprint._output import check_writable, json_text, write_text
from gasprint.commands import _signing
from gasprint.commands._attestation_files import credit_facts
from gasprint.errors import InputError

if TYPE_CHECKING:
    from gasprint.attestations import Attestation, Credit
    from gasprint.serials import Serial

EXAMPLE = (
    "Example: gasprint credits attest "
    "9660-115597313-115618057-VCS-VCU-261-VER-US-14-1060-01012019-31122019-0 "
    "--recipient 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --project-name 'Afognak' "
    "--methodology VM0012 --evidence statement.pdf --keystore custodian.json -o attestation.json"
)
_SECONDS_PER_DAY = 86_400
_MAX_DAYS = 3_650


def attest(
    credit: Annotated[str, typer.Argument(help="A registry serial, or a token id.")],
    recipient: Annotated[str, typer.Option(help="Who is to receive the credits.")],
    project_name: Annotated[str, typer.Option(help="As the registry has it.")],
    methodology: Annotated[str, typer.Option(help="As the registry has it, such as VM0015.")],
    evidence: Annotated[
        Path, typer.Option(help="The file that shows that the serials are immobilised.")
    ],
    vintage: Annotated[str | None, typer.Option(help="The serial's own where left out.")] = None,
    country: Annotated[str | None, typer.Option(help="The serial's own where left out.")] = None,
    expiry: Annotated[
        str | None, typer.Option(help="YYYY-MM-DD from which the credit counts as expired.")
    ] = None,
    valid_days: Annotated[
        int, typer.Option(help="For how long it can be minted.", min=1, max=_MAX_DAYS)
    ] = 30,
    deadline: Annotated[
        int | None, typer.Option(help="Unix seconds, in the place of --valid-days.", min=1)
    ] = None,
    deployment: _signing.DeploymentFile = _signing.DEFAULT_DEPLOYMENT,
    keystore: _signing.Keystore = None,
    password_file: _signing.PasswordFile = None,
    provider: _signing.Provider = None,
    account: _signing.From = None,
    typed_data: Annotated[
        bool, typer.Option("--typed-data", help="Write what is to be signed (EIP-712) instead.")
    ] = False,
    signature: Annotated[
        str | None, typer.Option(help="Made elsewhere, over --typed-data of the same --deadline.")
    ] = None,
    custodian: Annotated[str | None, typer.Option(help="Who made --signature.")] = None,
    contract_wallet: Annotated[
        bool,
        typer.Option(
            "--contract-wallet", help="The custodian is a contract, such as a Safe (ERC-1271)."
        ),
    ] = False,
    yes: _signing.Yes = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="File; stdout without it.")
    ] = None,
) -> None:
    """Sign, as the custodian, that serials are immobilised and may be issued; asks no node."""
    import time

    from gasprint import attestations
    from gasprint.credit_contracts import read_place, utc_text

    chain_id, contract = read_place(deployment)
    to_issue = _credit(credit, recipient, project_name, methodology, vintage, country, expiry)
    evidence_hash = _sha256(evidence)
    if signature is not None and deadline is None:
        raise InputError("with --signature goes the --deadline that was signed")
    now = int(time.time())
    deadline_seconds = deadline or now + valid_days * _SECONDS_PER_DAY
    if not now < deadline_seconds < 2**32:
        raise InputError(f"the deadline {utc_text(deadline_seconds)} has passed, or is too far off")
    document = attestations.typed_data(
        to_issue, evidence_hash, deadline_seconds, chain_id, contract
    )
    if output is not None:
        for kept in (evidence, keystore):
            if kept is not None and kept.resolve() == output.resolve():
                raise InputError(f"the output would overwrite {kept}; name another with -o")
        check_writable(output)
    if typed_data:
        if signature is not None or keystore is not None or provider is not None:
            raise InputError("--typed-data signs nothing; leave the signer out")
        write_text(json_text(attestations.typed_data_json(document)), output)
        return
    if signature is not None:
        made, signer = _given(signature, custodian)
    else:
        if custodian is not None:
            raise InputError("--custodian goes with --signature")
        made, signer = _sign(
            document,
            _signing.find_signer(keystore, password_file, provider, account, chain_id),
            _facts(to_issue, evidence_hash, utc_text(deadline_seconds), chain_id, contract),
            yes=yes,
        )
    attestation = attestations.Attestation(to_issue, evidence_hash, deadline_seconds, signer, made)
    _check(attestation, chain_id, contract, contract_wallet=contract_wallet)
    write_text(json_text(attestations.to_json(attestation, chain_id, contract)), output)


def _credit(
    text: str,
    recipient: str,
    project_name: str,
    methodology: str,
    vintage: str | None,
    country: str | None,
    expiry: str | None,
) -> Credit:
    import re
    import time

    from gasprint.addresses import checksummed
    from gasprint.attestations import MAX_TEXT_BYTES, Credit
    from gasprint.credit_contracts import utc_text
    from gasprint.ledger import ZERO_ADDRESS
    from gasprint.serials import parse_serial
    from gasprint.token_ids import describe_token_id, token_id_of

    if text.isascii() and text.isdigit():
        if len(text) > 78:
            raise InputError("token id has more than 78 digits")
        token_id = int(text)
        describe_token_id(token_id)
        if vintage is None or country is None:
            raise InputError("a token id tells no vintage and no country; give both, or a serial")
    else:
        serial = parse_serial(text)
        token_id = token_id_of(serial)
        vintage = _vintage(serial, vintage)
        if country is not None and country != serial.country:
            raise InputError(f"country {country!r} is not the serial's, {serial.country}")
        country = serial.country
    texts = {
        "project name": project_name,
        "methodology": methodology,
        "vintage": vintage,
        "country": country,
    }
    for name, value in texts.items():
        if not value.strip() or not value.isprintable():
            raise InputError(f"{name} {value!r} is empty, or not one line")
        if len(value.encode()) > MAX_TEXT_BYTES:
            raise InputError(
                f"{name} has {len(value.encode())} bytes, and may have at most {MAX_TEXT_BYTES}"
            )
    if not re.fullmatch("[A-Z]{2}", country):
        raise InputError(f"country {country!r} is no two capital letters, such as ET")
    receiver = checksummed(recipient, "recipient")
    if receiver == ZERO_ADDRESS:
        raise InputError("the zero address can be nobody's recipient")
    expiry_seconds = _signing.day_seconds(expiry, "expiry") if expiry is not None else 0
    if expiry is not None and expiry_seconds <= time.time():
        raise InputError(f"the expiry {utc_text(expiry_seconds)} has passed")
    return Credit(
        recipient=receiver,
        token_id=token_id,
        project_name=project_name,
        methodology=methodology,
        vintage=vintage,
        country=country,
        expiry=expiry_seconds,
    )


def _vintage(serial: Serial, given: str | None) -> str:
    own = f"{serial.vintage_start} to {serial.vintage_end}"
    first, last = serial.vintage_start.year, serial.vintage_end.year
    same = {own, f"{first} to {last}", f"{first}-{last}"} | (
        {str(first)} if first == last else set()
    )
    if given is not None and given not in same:
        raise InputError(f"vintage {given!r} is not the serial's, {own}; leave it out")
    return given or own


def _sha256(path: Path) -> bytes:
    import hashlib

    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise InputError(f"evidence {path}: {error.strerror or error}") from error


def _given(signature: str, custodian: str | None) -> tuple[bytes, str]:
    from gasprint.addresses import checksummed

    if custodian is None:
        raise InputError("who made the signature? give --custodian ADDRESS")
    try:
        made = bytes.fromhex(signature.removeprefix("0x"))
    except ValueError:
        raise InputError("signature is no 0x and hexadecimal digits") from None
    return made, checksummed(custodian, "custodian")


def _sign(
    document: dict[str, Any], signer: Any, facts: dict[str, object], *, yes: bool
) -> tuple[bytes, str]:
    _signing.confirm("Sign this attestation?", facts | {"custodian": signer.address}, yes=yes)
    return signer.sign_typed_data(document), signer.address


def _facts(
    credit: Credit, evidence_hash: bytes, deadline: str, chain_id: int, contract: str
) -> dict[str, object]:
    from gasprint.credit_contracts import expiry_text

    return {
        **credit_facts(credit),
        "methodology": credit.methodology,
        "vintage": credit.vintage,
        "country": credit.country,
        "expires": expiry_text(credit.expiry),
        "recipient": credit.recipient,
        "evidence (SHA-256)": evidence_hash.hex(),
        "can be minted until": deadline,
        "chain": str(chain_id),
        "contract": contract,
    }


def _check(
    attestation: Attestation, chain_id: int, contract: str, *, contract_wallet: bool
) -> None:
    from gasprint.attestations import signer_of

    if contract_wallet:
        return
    signer = signer_of(attestation, chain_id, contract)
    if signer != attestation.custodian:
        raise InputError(
            f"the signature is not that of {attestation.custodian} over exactly this; "
            "was everything the same? for a contract such as a Safe, add --contract-wallet"
        )
