"""What pages and API have in common: what a request may name, and what is served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal

from fastapi import Path, Query, Request
from web3 import Web3

from gasprint.web import models
from gasprint.web.index_reading import Edition, Index
from gasprint.web.index_rows import NotFoundError
from gasprint.web.live import Live

ADDRESS, HASH, ID = "^0x[0-9a-fA-F]{40}$", "^0x[0-9a-fA-F]{64}$", "^[0-9]{1,78}$"
PLACE = "^[0-9]{1,18}-[0-9]{1,9}$"
_64_BITS = "^[0-9]{1,20}$"

DeploymentId = Annotated[int, Path(ge=1, lt=2**31, description="Its number in the ledger.")]
AddressPath = Annotated[str, Path(pattern=ADDRESS, description="In any case of its letters.")]
HashPath = Annotated[str, Path(pattern=HASH)]
TokenIdPath = Annotated[str, Path(pattern=ID, description="In decimal digits.")]
RetirementIdPath = Annotated[str, Path(pattern=ID, description="In decimal digits.")]
RegistryPath = Annotated[str, Path(pattern=_64_BITS, description="1 is Verra's VCS.")]
ProjectPath = Annotated[str, Path(pattern=_64_BITS)]
Limit = Annotated[int, Query(ge=1, le=1000, description="How many at most.")]
NumberCursor = Annotated[
    str | None, Query(pattern="^[0-9]{1,18}$", description="`next` of the page before.")
]
PlaceCursor = Annotated[str | None, Query(pattern=PLACE, description="`next` of the page before.")]
AddressCursor = Annotated[
    str | None, Query(pattern=ADDRESS, description="`next` of the page before.")
]
By = Annotated[Literal["day", "month"], Query(description="UTC days or months.")]
Target = Annotated[
    float | None, Query(gt=0, le=1e15, allow_inf_nan=False, description="g CO2e a record.")
]


@dataclass(frozen=True)
class Served:
    """What an application serves.

    Attributes:
        index: the ledger's.
        live: who listens.
        certificate_svg: a retirement's certificate as its contract draws it, by deployment and id;
            None where there is no node to ask, or it tells none.
    """

    index: Index
    live: Live
    certificate_svg: Callable[[models.Deployment, int], str | None]


async def served(request: Request) -> Served:
    """What the application of a request serves.

    Without a thread, of which certificates that a node is slow to tell may have taken all.
    """
    found: Served = request.app.state.served
    return found


def checksummed(address: str) -> str:
    """An address as the ledger has it."""
    return str(Web3.to_checksum_address(address.lower()))


def number_of(digits: str) -> int:
    """An id of the chain.

    Raises:
        NotFoundError: if it is beyond 256 bits, as none is.
    """
    number = int(digits)
    if number >= 2**256:
        raise NotFoundError(f"{digits} does not fit 256 bits; check the digits")
    return number


def after_number(cursor: str | None) -> int | None:
    """What a cursor over numbers says."""
    return None if cursor is None else int(cursor)


def before_place(cursor: str | None) -> tuple[int, int] | None:
    """What a cursor over places in the chain says."""
    if cursor is None:
        return None
    block, _, log = cursor.partition("-")
    return int(block), int(log)


def findings(edition: Edition) -> models.Findings:
    """What the audit of the ledger found, of all deployments, and what it left out."""
    audits = [edition.audit_of(each.deployment_id) for each in edition.deployments]
    return models.Findings(
        findings=[finding for each in audits for finding in each.findings],
        not_checked=[left_out for each in audits for left_out in each.not_checked],
    )


@cache
def network_figures() -> list[models.NetworkFigures]:
    """An average transaction of each network of the reference table."""
    from gasprint.networks.per_transaction import per_transaction
    from gasprint.networks.reference import known_networks

    found = []
    for network in map(per_transaction, known_networks()):
        energy, co2e = network.energy_wh, network.co2e_grams
        found.append(
            models.NetworkFigures(
                network=network.network,
                kind=network.kind,
                energy_wh_lower=energy.lower if energy else None,
                energy_wh_best=energy.best if energy else None,
                energy_wh_upper=energy.upper if energy else None,
                co2e_grams_lower=co2e.lower if co2e else None,
                co2e_grams_best=co2e.best if co2e else None,
                co2e_grams_upper=co2e.upper if co2e else None,
                energy_figures=network.energy_figures,
                method=network.method,
            )
        )
    return found
