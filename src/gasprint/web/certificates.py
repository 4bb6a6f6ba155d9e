"""A retirement's certificate, drawn from the ledger as its contract draws it from the chain.

The contract knows the project's name, methodology, vintage and country too, which no event tells.
"""

from __future__ import annotations

from datetime import UTC, datetime

from markupsafe import escape

from gasprint._output import harmless
from gasprint.amounts import credit_text, span_text
from gasprint.retirements import span_of
from gasprint.units import UNITS_PER_TONNE
from gasprint.web.models import Retirement

_LONGEST_NAME = 60
_VALID, _REPLACED, _INVALID = "#1d4d3a", "#7a4a00", "#a11b14"
_QUIET = "#5c6a62"


def certificate_svg(retirement: Retirement, chain_id: int) -> str:
    """The certificate as a picture; every text in it is text."""
    ink, state = _state(retirement)
    name = harmless(retirement.beneficiary_name or "").strip()
    name = name or f"{retirement.beneficiary[:6]}…{retirement.beneficiary[-4:]}"
    if len(name) > _LONGEST_NAME:
        name = f"{name[: _LONGEST_NAME - 1]}…"
    retired_at = datetime.fromtimestamp(retirement.time_unix_seconds, UTC)
    fields = [
        (70, "PROJECT", credit_text(int(retirement.token_id))),
        (390, "RETIRED, UTC", f"{retired_at:%Y-%m-%d}"),
        (610, "CHAIN", f"eip155:{chain_id}"),
    ]
    drawn = [
        _text(503, 76, 15, "CERTIFICATE OF RETIREMENT", f'{_MIDDLE} letter-spacing="5"'),
        _text(500, 97, 13, f"No. {retirement.retirement_id}", f"{_MIDDLE} {_MONOSPACE}", _QUIET),
        _text(500, 200, 56, f"{tonnes_text(retirement.units)} t CO2e", f"{_MIDDLE} {_BOLD}"),
        _text(500, 242, 16, "of carbon credits retired for", _MIDDLE, _QUIET),
        _text(500, 306, min(44, 1500 // max(len(name), 1)), name, f"{_MIDDLE} {_SERIF}", "#22302a"),
        _text(500, 356, 14, retirement.beneficiary, f"{_MIDDLE} {_MONOSPACE}", _QUIET),
        *(_text(x, 410, 11, heading, 'letter-spacing="1.5"', _QUIET) for x, heading, _ in fields),
        *(_text(x, 438, 20, text, "", "#22302a") for x, _, text in fields),
        _text(70, 494, 11, "SERIALS", 'letter-spacing="1.5"', _QUIET),
        _text(70, 522, 20, span_text(span_of(int(retirement.retirement_id))), "", "#22302a"),
        _text(70, 600, 17, state, _BOLD),
        _text(
            70,
            653,
            11,
            "Drawn from a ledger of the chain's events, not by the contract.",
            "",
            _QUIET,
        ),
    ]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 700" width="1000" height="700" '
        f'font-family="Helvetica,Arial,sans-serif" color="{ink}">'
        '<path fill="#f8f6ee" d="M0 0h1000v700H0z"/>'
        '<g fill="none" stroke="currentColor"><path d="M24 24h952v652H24z" stroke-width="3"/>'
        '<path d="M32 32h936v636H32zM380 123h100m40 0h100M70 382h860"/></g>'
        f"{''.join(drawn)}</svg>"
    )


def tonnes_text(units: int) -> str:
    """Units as tonnes, exact."""
    whole, part = divmod(units, UNITS_PER_TONNE)
    decimals = f"{part:08}".rstrip("0")
    return f"{whole:,}.{decimals or '0'}"


_MIDDLE, _BOLD = 'text-anchor="middle"', 'font-weight="bold"'
_MONOSPACE, _SERIF = 'font-family="monospace"', 'font-family="Georgia,serif"'


def _text(x: int, y: int, size: int, text: str, attributes: str, fill: str = "currentColor") -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" fill="{fill}" {attributes}>{escape(text)}</text>'
    )


def _state(retirement: Retirement) -> tuple[str, str]:
    if not retirement.invalid_units:
        return _VALID, "Nothing of it was counted as cancelled."
    cancelled = f"{tonnes_text(retirement.invalid_units)} t cancelled by the registry"
    if retirement.replaced_units < retirement.invalid_units:
        return _INVALID, f"INVALIDATED: {cancelled}"
    return _REPLACED, f"REPLACED: {cancelled}, all of it made good"
