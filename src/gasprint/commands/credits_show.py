"""`gasprint credits show`: a credit, a retirement, or whatever holds a serial."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gasprint._output import json_text, table_text, working, write_text
from gasprint.commands import _signing
from gasprint.errors import InputError

if TYPE_CHECKING:
    from gasprint.credit_contracts import CreditContracts
    from gasprint.serials import Serial

EXAMPLE = (
    "Example: gasprint credits show "
    "6277101735386681124535098359404570081327958820247698682121 "
    "--rpc http://127.0.0.1:8545 --deployment deployments/1337.json"
)


def show(
    what: Annotated[
        str,
        typer.Argument(
            metavar="TOKEN_ID|RETIREMENT_ID|SERIAL",
            help="An id in decimal digits, a registry serial, or one serial number.",
        ),
    ],
    rpc: _signing.Rpc = _signing.DEFAULT_RPC,
    deployment: _signing.DeploymentFile = _signing.DEFAULT_DEPLOYMENT,
    json: _signing.Json = False,
) -> None:
    """What a credit is and what is left of it, or what a retirement took, from the chain alone."""
    from gasprint.credit_contracts import CreditContracts

    kind, number, last, serial = _meant(what)
    with working("Reading the chain ..."):
        contracts = CreditContracts.connect(rpc, deployment)
        if kind == "serials":
            document = _holder_of(contracts, number, last)
            if serial is not None:
                _check_serial(serial, document)
        elif contracts.is_credit(number):
            document = _credit(contracts, number)
        else:
            document = _retirement(contracts, number)
    write_text(json_text(document) if json else _text(document))


def _meant(text: str) -> tuple[str, int, int, Serial | None]:
    """Whether an id or serials are meant, which, and what was given, if more than a number."""
    from gasprint.serials import parse_serial

    if not re.fullmatch("[0-9]{1,78}", text):
        serial = parse_serial(text)
        return "serials", serial.start, serial.end, serial
    number = int(text)
    if number >= 2**256:
        raise InputError(f"{text} does not fit 256 bits; check the digits")
    return ("serials", number, number, None) if number < 2**64 else ("id", number, 0, None)


def _check_serial(serial: Serial, credit: dict[str, Any]) -> None:
    said = f"project {serial.project_number} in {serial.country}"
    held = f"project {credit['project_number']} in {credit['country']}"
    # Of a credit that others issued, the country may be in words.
    is_code = len(credit["country"]) == len(serial.country)
    if str(serial.project_number) != str(credit["project_number"]) or (is_code and said != held):
        raise InputError(
            f"the serial names {said}, but its numbers are held by credit {credit['token_id']} "
            f"of {held}; check the serial"
        )


def _holder_of(contracts: CreditContracts, first: int, last: int) -> dict[str, Any]:
    from gasprint.retirements import first_unit_of, span_of, units_of
    from gasprint.token_ids import VERRA_VCS, describe_token_id
    from gasprint.units import UNITS_PER_TONNE

    for token_id in contracts.token_ids():
        credit = describe_token_id(token_id)
        if (
            credit.registry == VERRA_VCS
            and credit.first_serial <= last
            and (first <= credit.last_serial)
        ):
            break
    else:
        raise InputError(f"no credit here holds serials {first} to {last} of the VCS")
    document = _credit(contracts, token_id)
    document["retirements"] = [
        {
            "retirement_id": str(each.retirement_id),
            "serials": _span(span_of(each.retirement_id)),
            "units": str(units_of(each.retirement_id)),
            "beneficiary": each.beneficiary,
            "transaction_hash": each.transaction_hash,
        }
        for each in contracts.retirements_of(token_id)
        if first_unit_of(each.retirement_id) < (last + 1) * UNITS_PER_TONNE
        and first * UNITS_PER_TONNE
        < first_unit_of(each.retirement_id) + units_of(each.retirement_id)
    ]
    return document


def _credit(contracts: CreditContracts, token_id: int) -> dict[str, Any]:
    from gasprint.token_ids import describe_token_id

    metadata = contracts.read("getMetadata", token_id)
    retired, redeemed, available, _, count = contracts.read("stateOf", token_id)
    parts = describe_token_id(token_id)
    issued = parts.units
    settled_through = int(contracts.read_records("settledThrough", token_id))
    return {
        "kind": "credit",
        "token_id": str(token_id),
        "registry": str(parts.registry),
        "project_number": str(parts.project_number),
        "project_name": metadata[2],
        "methodology": metadata[3],
        "vintage": metadata[4],
        "country": metadata[5],
        "first_serial": str(parts.first_serial),
        "last_serial": str(parts.last_serial),
        "issued_units": str(issued),
        "retired_units": str(retired),
        "redeemed_units": str(redeemed),
        "available_units": str(available),
        "cancelled_unretired_units": str(issued - retired - redeemed - available),
        "retirable_units": str(contracts.read("retirableUnits", token_id)),
        "retirement_count": count,
        "suspended_until": contracts.read("suspendedUntil", token_id) or None,
        "expiry": metadata[7] or None,
        "expired": contracts.read("isExpired", token_id),
        "settled_through": str(settled_through) if settled_through else None,
        "labels": [
            {"name": name, "from": start, "until": until or None}
            for name, start, until in contracts.read_records("labelsOf", token_id)
        ],
        "evidence_hash": "0x" + bytes(contracts.read("evidenceHashOf", token_id)).hex(),
    }


def _retirement(contracts: CreditContracts, retirement_id: int) -> dict[str, Any]:
    from gasprint.ledger import ZERO_ADDRESS
    from gasprint.retirements import span_of, units_of

    found = contracts.retirement(retirement_id)
    if found is None:
        raise InputError(f"{retirement_id} is no credit and no retirement here; check the digits")
    recorded, details = found.recorded, found.details
    counted, replaced = contracts.read("invalidityOf", retirement_id)
    span = span_of(retirement_id)
    settled_through = int(contracts.read_records("settledThrough", recorded.token_id))
    return {
        "kind": "retirement",
        "retirement_id": str(retirement_id),
        "token_id": str(recorded.token_id),
        "units": str(units_of(retirement_id)),
        "serials": _span(span),
        "beneficiary": recorded.beneficiary,
        "holder": recorded.holder,
        "agent": recorded.agent,
        "retired_at": found.retired_at_seconds,
        "payer": None if details.payer == ZERO_ADDRESS else details.payer,
        "beneficiary_name": details.beneficiary_name,
        "purpose": details.purpose,
        "place": details.place,
        "period_start": details.period_start_seconds or None,
        "period_end": details.period_end_seconds or None,
        "certificate": contracts.has_certificate(retirement_id),
        "cancelled_units": str(contracts.read("invalidUnitsOf", recorded.token_id, retirement_id)),
        "counted_cancelled_units": str(counted),
        "replaced_units": str(replaced),
        "settled": settled_through >= span.last_serial,
        "transaction_hash": recorded.transaction_hash,
        "block_number": recorded.block_number,
    }


def _span(span: Any) -> dict[str, str]:
    return {name: str(value) for name, value in vars(span).items()}


def _text(document: dict[str, Any]) -> str:
    if document["kind"] == "retirement":
        return _signing.facts_text(_retirement_facts(document))
    text = _signing.facts_text(_credit_facts(document))
    if document.get("retirements"):
        rows = [
            {
                "retirement": each["retirement_id"],
                "serials": _span_text(each["serials"]),
                "amount": _amount(each["units"]),
                "for": each["beneficiary"],
            }
            for each in document["retirements"]
        ]
        text += f"\nRetirements of these serials\n\n{table_text(rows)}"
    return text


def _credit_facts(document: dict[str, Any]) -> dict[str, object]:
    from gasprint.amounts import credit_text
    from gasprint.credit_contracts import expiry_text, utc_text

    labels = [
        f"{label['name']} from {utc_text(label['from'])}"
        + (f" until {utc_text(label['until'])}" if label["until"] else "")
        for label in document["labels"]
    ]
    return {
        "credit": document["token_id"],
        "project": f"{credit_text(int(document['token_id']))}, {document['project_name']}",
        "methodology": document["methodology"],
        "vintage": document["vintage"],
        "country": document["country"],
        "serials": f"{document['first_serial']} to {document['last_serial']}",
        "issued": _amount(document["issued_units"]),
        "retired": f"{_amount(document['retired_units'])}, by {document['retirement_count']} acts",
        "redeemed": _amount(document["redeemed_units"]),
        "cancelled unretired": _amount(document["cancelled_unretired_units"]),
        "left": _amount(document["available_units"]),
        "retirable at once": _amount(document["retirable_units"]),
        "on hold": f"until {utc_text(document['suspended_until'])}"
        if document["suspended_until"]
        else "no",
        "expires": expiry_text(document["expiry"] or 0)
        + (" (it has)" if document["expired"] else ""),
        "settled at the registry": f"through serial {document['settled_through']}"
        if document["settled_through"]
        else "none",
        "labels": "; ".join(labels) or "none",
        "evidence (SHA-256)": document["evidence_hash"],
    }


def _retirement_facts(document: dict[str, Any]) -> dict[str, object]:
    from gasprint.amounts import credit_text
    from gasprint.credit_contracts import utc_text

    start, end = document["period_start"], document["period_end"]
    said = {
        "name": document["beneficiary_name"],
        "purpose": document["purpose"],
        "place": document["place"],
        "period": f"{utc_text(start) if start else ''} to {utc_text(end) if end else ''}"
        if start or end
        else "",
        "payer": document["payer"],
    }
    return {
        "retirement": document["retirement_id"],
        "credit": f"{document['token_id']} ({credit_text(int(document['token_id']))})",
        "serials": _span_text(document["serials"]),
        "amount": _amount(document["units"]),
        "for": document["beneficiary"],
        **{name: value for name, value in said.items() if value},
        "holder": document["holder"],
        "agent": document["agent"],
        "retired at": utc_text(document["retired_at"]),
        "certificate": "yes" if document["certificate"] else "no",
        "cancelled by the registry": f"{_amount(document['cancelled_units'])}, "
        f"counted {_amount(document['counted_cancelled_units'])}, "
        f"made good {_amount(document['replaced_units'])}",
        "settled at the registry": "yes" if document["settled"] else "no",
        "transaction": document["transaction_hash"],
    }


def _amount(units: str) -> str:
    from gasprint.amounts import units_text

    return f"{units_text(int(units))} ({int(units):,} units)" if int(units) else "0"


def _span_text(serials: dict[str, str]) -> str:
    from gasprint.amounts import span_text
    from gasprint.token_ids import SerialSpan

    return span_text(SerialSpan(**{name: int(value) for name, value in serials.items()}))
