"""`gasprint credits retire`: by a holder, for anyone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gasprint._output import is_one_line, json_text, working, write_text
from gasprint.commands import _signing
from gasprint.errors import InputError

if TYPE_CHECKING:
    from gasprint.ledger import RetirementDetails

EXAMPLE = (
    "Example: gasprint credits retire "
    "6277101735386681124535098359404570081327958820247698682121 2.5t "
    "--name 'Example Ltd' --period 2026-01-01..2026-06-30 --certificate --keystore holder.json"
)
_SECONDS_PER_DAY = 86_400


def retire(
    token_id: Annotated[int, typer.Argument(help="The credit, in decimal digits.")],
    amount: Annotated[str, typer.Argument(help="Such as 2.5t, 40kg, 300g or 250units.")],
    beneficiary: Annotated[
        str | None, typer.Option("--for", help="For whom, an address; the holder without it.")
    ] = None,
    name: Annotated[str, typer.Option(help="The beneficiary's name, for the certificate.")] = "",
    purpose: Annotated[str, typer.Option(help="Why.")] = "",
    place: Annotated[str, typer.Option(help="Where what is offset happened.")] = "",
    period: Annotated[
        str | None, typer.Option(help="When it happened: 2026-01-01..2026-06-30, both included.")
    ] = None,
    payer: Annotated[str | None, typer.Option(help="Who paid, an address.")] = None,
    certificate: Annotated[
        bool, typer.Option("--certificate", help="Mint the certificate at once.")
    ] = False,
    rpc: _signing.Rpc = _signing.DEFAULT_RPC,
    deployment: _signing.DeploymentFile = _signing.DEFAULT_DEPLOYMENT,
    keystore: _signing.Keystore = None,
    password_file: _signing.PasswordFile = None,
    provider: _signing.Provider = None,
    account: _signing.From = None,
    yes: _signing.Yes = False,
    timeout: _signing.Timeout = 300,
    json: _signing.Json = False,
) -> None:
    """Retire credits that the signer holds, to the serial; it cannot be undone."""
    from gasprint.addresses import checksummed
    from gasprint.amounts import credit_text, parse_units, span_text, units_text
    from gasprint.credit_contracts import CreditContracts
    from gasprint.retirements import span_of
    from gasprint.token_ids import describe_token_id

    units = parse_units(amount)
    describe_token_id(token_id)
    details = _details(name, purpose, place, period, payer)
    chosen = checksummed(beneficiary, "beneficiary") if beneficiary is not None else None
    contracts = CreditContracts.connect(rpc, deployment)
    signer = _signing.find_signer(keystore, password_file, provider, account, contracts.chain_id)
    owner = chosen or signer.address
    function = contracts.retire(
        token_id, signer.address, units, owner, details, with_certificate=certificate
    )
    with working("Trying it out ..."):
        expected_id = int(contracts.node.simulate(function, signer.address))
    facts: dict[str, object] = {
        "amount": f"{units_text(units)} ({units:,} units)",
        "project": credit_text(token_id),
        "serials": span_text(span_of(expected_id)),
        "for": owner,
        "name": name or None,
        "purpose": purpose or None,
        "place": place or None,
        "period": period,
        "payer": payer,
        "certificate": "yes" if certificate else "no",
        "holder": signer.address,
        "chain": str(contracts.chain_id),
    }
    facts = {key: value for key, value in facts.items() if value is not None}
    _signing.confirm("Retire these, for ever?", facts, yes=yes)
    with working("Waiting until it is mined ..."):
        receipt = contracts.send(signer, function, timeout)
    recorded = contracts.recorded_in(receipt)
    span = span_of(recorded.retirement_id)
    if json:
        document = {
            "retirement_id": str(recorded.retirement_id),
            "token_id": str(token_id),
            "units": str(units),
            "beneficiary": recorded.beneficiary,
            "holder": recorded.holder,
            "serials": {key: str(value) for key, value in vars(span).items()},
            "certificate": certificate,
            "chain_id": contracts.chain_id,
            "transaction_hash": recorded.transaction_hash,
            "block_number": recorded.block_number,
            "gas_used": receipt["gasUsed"],
        }
        text = json_text(document)
    else:
        text = "Retired.\n\n" + _signing.facts_text(
            facts
            | {
                "serials": span_text(span),
                "retirement id": str(recorded.retirement_id),
                "transaction": recorded.transaction_hash,
            }
        )
    done = (
        f"retired in transaction {recorded.transaction_hash} as retirement {recorded.retirement_id}"
    )
    with _signing.telling(done):
        write_text(text)


def _details(
    name: str, purpose: str, place: str, period: str | None, payer: str | None
) -> RetirementDetails:
    from gasprint.addresses import checksummed
    from gasprint.ledger import ZERO_ADDRESS, RetirementDetails

    start, end = (0, 0) if period is None else _period_seconds(period)
    for what, text, max_bytes in (
        ("name", name, 128),
        ("purpose", purpose, 256),
        ("place", place, 128),
    ):
        if not is_one_line(text):
            raise InputError(f"{what} {text!r} is not one line of plain text")
        if len(text.encode()) > max_bytes:
            raise InputError(
                f"{what} has {len(text.encode())} bytes, and may have at most {max_bytes}"
            )
    return RetirementDetails(
        payer=ZERO_ADDRESS if payer is None else checksummed(payer, "payer"),
        beneficiary_name=name,
        purpose=purpose,
        place=place,
        period_start_seconds=start,
        period_end_seconds=end,
    )


def _period_seconds(text: str) -> tuple[int, int]:
    first, dots, last = text.partition("..")
    if not dots:
        raise InputError(f"period {text!r} is none; write it like 2026-01-01..2026-06-30")
    start, last_day = _signing.day_seconds(first, "period"), _signing.day_seconds(last, "period")
    if last_day < start:
        raise InputError(f"period {text!r} ends before it starts; swap the days")
    # Its last second, so that the period still ends on that day wherever it is shown in UTC.
    return start, last_day + _SECONDS_PER_DAY - 1
