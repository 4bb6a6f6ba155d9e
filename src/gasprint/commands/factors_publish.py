"""`gasprint factors publish`: the next version of a factor, with its evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gasprint._output import is_one_line, json_text, working, write_text
from gasprint.commands import _signing
from gasprint.errors import InputError

if TYPE_CHECKING:
    from gasprint.factors import Factor

EXAMPLE = (
    "Example: gasprint factors publish evidence.json "
    "--location https://example.com/evidence.json --keystore publisher.json"
)
_MOST_LOCATION_BYTES = 1024


def publish(
    evidence: Annotated[
        Path,
        typer.Argument(metavar="EVIDENCE_FILE", help="What `factors compute --evidence` wrote."),
    ],
    location: Annotated[
        str, typer.Option(help="Where anyone finds this very file: a URI, or a path.")
    ],
    effective_at: Annotated[
        str | None,
        typer.Option(
            help="From when on it binds, ISO 8601, UTC where it says no other; "
            "without it, ten minutes after the notice that is due."
        ),
    ] = None,
    rpc: _signing.Rpc = _signing.DEFAULT_RPC,
    deployment: _signing.DeploymentFile = _signing.DEFAULT_DEPLOYMENT,
    keystore: _signing.Keystore = None,
    password_file: _signing.PasswordFile = None,
    provider: _signing.Provider = None,
    account: _signing.From = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check all of it, sign nothing; needs no signer.")
    ] = False,
    yes: _signing.Yes = False,
    timeout: _signing.Timeout = 300,
    json: _signing.Json = False,
) -> None:
    """Announce a factor as the next version, once it is made again from its evidence.

    It cannot be changed or taken back: the next version corrects it, once this one binds.
    """
    from gasprint.credit_contracts import utc_text
    from gasprint.factor_evidence import read_evidence, recompute
    from gasprint.factor_registry import FactorRegistry

    content = read_evidence(evidence)
    factor = recompute(content)
    _check_location(location, content)
    asked = None if effective_at is None else _unix_seconds(effective_at)
    registry = FactorRegistry.connect(rpc, deployment)
    with working("Checking against the registry ..."):
        binds_at = registry.check(factor, asked)
    facts: dict[str, object] = {
        **_figures(factor),
        "source": factor.source,
        "evidence hash": f"0x{factor.evidence_hash.hex()}",
        "location": location,
        "binds from": utc_text(binds_at),
        "chain": str(registry.chain_id),
    }
    document: dict[str, object] = {
        **{name: list(bounds) for name, bounds in _bounds(factor).items()},
        "source": factor.source,
        "evidence_hash": facts["evidence hash"],
        "evidence_location": location,
        "effective_at_unix_seconds": binds_at,
        "effective_at": facts["binds from"],
        "chain_id": registry.chain_id,
    }
    has_signer = keystore is not None or provider is not None
    function = registry.publication(factor, binds_at, location)
    if has_signer or not dry_run:
        signer = _signing.find_signer(keystore, password_file, provider, account, registry.chain_id)
        with working("Trying it out ..."):
            registry.node.simulate(function, signer.address)
        facts["publisher"] = document["publisher"] = signer.address
    if dry_run:
        whose = "" if has_signer else "; name a signer to try its role too"
        verdict = f"The registry would take it. Nothing was signed{whose}.\n\n"
        write_text(json_text(document) if json else verdict + _signing.facts_text(facts))
        return
    _signing.confirm("Announce this factor?", facts, yes=yes)
    with working("Waiting until it is mined ..."):
        receipt = registry.send(signer, function, timeout)
    transaction_hash = receipt["transactionHash"].to_0x_hex()
    with _signing.telling(f"announced it in transaction {transaction_hash}"):
        version = registry.version_in(receipt)
        if json:
            document = {"version": version} | document
            document |= {
                "transaction_hash": transaction_hash,
                "block_number": receipt["blockNumber"],
                "gas_used": receipt["gasUsed"],
            }
            text = json_text(document)
        else:
            told = f"Announced version {version}; it binds from {utc_text(binds_at)} on.\n\n"
            text = told + _signing.facts_text(facts | {"transaction": transaction_hash})
        write_text(text)


def _bounds(factor: Factor) -> dict[str, tuple[int, int, int]]:
    return {
        "picograms_per_gas": factor.picograms_per_gas_bounds,
        "picowatt_hours_per_gas": factor.picowatt_hours_per_gas_bounds,
    }


def _figures(factor: Factor) -> dict[str, object]:
    return {
        name: f"{best:,} ({lower:,} to {upper:,})"
        for name, (lower, best, upper) in _bounds(factor).items()
    }


def _check_location(location: str, evidence: bytes) -> None:
    from gasprint.factor_evidence import read_evidence
    from gasprint.factor_verification import is_uri

    if not location or not is_one_line(location):
        raise InputError(f"location {location!r} is not one line of plain text")
    if len(location.encode()) > _MOST_LOCATION_BYTES:
        raise InputError(f"location has more than {_MOST_LOCATION_BYTES} bytes; shorten it")
    if not is_uri(location) and read_evidence(Path(location)) != evidence:
        raise InputError(f"location {location} holds another file than the evidence; put it there")


def _unix_seconds(text: str) -> int:
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return int(aware.timestamp())
    except (ValueError, OverflowError):
        raise InputError(
            f"--effective-at {text!r} is no time; write it like 2026-06-30T12:00:00Z"
        ) from None
