"""The JSON API, `/api/v1`: every figure with its unit, every list in pages, or as CSV.

Handlers are coroutines that never wait: what they read takes less than handing them to a thread.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from gasprint.web import models, views
from gasprint.web.downloads import csv_response
from gasprint.web.key_figures import key_figures
from gasprint.web.searching import LONGEST_QUERY, search
from gasprint.web.views import Served, served

_Row = TypeVar("_Row", bound=BaseModel)
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    304: {"description": "Not modified since the edition in If-None-Match."},
    404: {"model": models.Problem, "description": "Nothing of that name is in the ledger."},
    422: {"model": models.Problem, "description": "What was asked makes no sense."},
    429: {"model": models.Problem, "description": "Too many requests; see Retry-After."},
}
_OR_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}}
}
router = APIRouter(prefix="/api/v1", responses=_PROBLEMS)
_SERVED = Depends(served)
Format = Annotated[
    Literal["json", "csv"], Query(description="csv: the items as a file, without `next`.")
]


def _answer(page: models.Page[_Row], form: str, name: str) -> models.Page[_Row]:
    # FastAPI lets a response pass as it is, whatever the type says.
    return csv_response(page.items, name) if form == "csv" else page  # type: ignore[return-value]


@router.get("/ledger", tags=["ledger"])
async def ledger(served: Served = _SERVED) -> models.Ledger:
    """The ledger: its edition, and every deployment with its totals."""
    with served.index.edition() as edition:
        found = [edition.with_totals(each) for each in edition.deployments]
        return models.Ledger(edition=edition.tag, deployments=found)


@router.get("/search", tags=["ledger"])
async def search_(
    q: Annotated[
        str,
        Query(
            max_length=LONGEST_QUERY,
            description="An account, a transaction, a retirement or token id, a project number, a "
            "serial number, or serials as the registry writes them.",
        ),
    ],
    served: Served = _SERVED,
) -> models.Hits:
    """Where in the ledger something is."""
    with served.index.edition() as edition:
        return models.Hits(hits=search(edition, q))


@router.get("/findings", tags=["ledger"])
async def findings(served: Served = _SERVED) -> models.Findings:
    """What does not hold."""
    with served.index.edition() as edition:
        return views.findings(edition)


@router.get("/networks", tags=["networks"], responses=_OR_CSV)
async def networks(format: Format = "json") -> models.Page[models.NetworkFigures]:
    """Energy and CO2e of an average transaction of each network, as `gasprint network list`."""
    page = models.Page(items=views.network_figures(), next=None)
    return _answer(page, format, "networks")


@router.get("/deployments/{deployment_id}", tags=["ledger"])
async def deployment(
    deployment_id: views.DeploymentId, served: Served = _SERVED
) -> models.DeploymentTotals:
    """One deployment, with its totals."""
    with served.index.edition() as edition:
        return edition.with_totals(edition.deployment(deployment_id))


@router.get("/deployments/{deployment_id}/emissions", tags=["emissions"], responses=_OR_CSV)
async def emissions(
    deployment_id: views.DeploymentId,
    cursor: views.PlaceCursor = None,
    limit: views.Limit = 50,
    format: Format = "json",
    served: Served = _SERVED,
) -> models.Page[models.Emission]:
    """What anybody emitted, the newest first."""
    with served.index.edition() as edition:
        page = edition.emissions(deployment_id, views.before_place(cursor), limit)
    return _answer(page, format, "emissions")


@router.get("/deployments/{deployment_id}/retirements", tags=["retirements"], responses=_OR_CSV)
async def retirements(
    deployment_id: views.DeploymentId,
    cursor: views.PlaceCursor = None,
    limit: views.Limit = 50,
    format: Format = "json",
    served: Served = _SERVED,
) -> models.Page[models.Retirement]:
    """What was retired for anybody, the newest first."""
    with served.index.edition() as edition:
        page = edition.retirements(deployment_id, views.before_place(cursor), limit)
    return _answer(page, format, "retirements")


@router.get("/deployments/{deployment_id}/key-figures", tags=["emissions"], responses=_OR_CSV)
async def key_figures_(
    deployment_id: views.DeploymentId,
    by: views.By = "day",
    target: views.Target = None,
    format: Format = "json",
    served: Served = _SERVED,
) -> models.KeyFigures:
    """Energy and CO2e of 1,000 transactions and of a record, by day or month, and the trend."""
    with served.index.edition() as edition:
        board = key_figures(edition.days(deployment_id), by, target)
    if format == "csv":
        return csv_response(board.periods, f"key-figures-by-{by}")  # type: ignore[return-value]
    return board


@router.get("/deployments/{deployment_id}/accounts", tags=["accounts"], responses=_OR_CSV)
async def accounts(
    deployment_id: views.DeploymentId,
    cursor: views.AddressCursor = None,
    limit: views.Limit = 50,
    format: Format = "json",
    served: Served = _SERVED,
) -> models.Page[models.AccountLine]:
    """Every account that an event names, by address."""
    with served.index.edition() as edition:
        page = edition.accounts(deployment_id, cursor, limit)
    return _answer(page, format, "accounts")


_ACCOUNT = "/deployments/{deployment_id}/accounts/{address}"


@router.get(_ACCOUNT, tags=["accounts"])
async def account(
    deployment_id: views.DeploymentId, address: views.AddressPath, served: Served = _SERVED
) -> models.Account:
    """What an account emitted, what was retired for it, and what is outstanding."""
    with served.index.edition() as edition:
        return edition.account(deployment_id, views.checksummed(address))


@router.get(f"{_ACCOUNT}/balance", tags=["accounts"])
async def balance(
    deployment_id: views.DeploymentId, address: views.AddressPath, served: Served = _SERVED
) -> models.Balance:
    """What an account had emitted, and what was retired for it, over time."""
    with served.index.edition() as edition:
        return edition.balance(deployment_id, views.checksummed(address))


@router.get(f"{_ACCOUNT}/emissions", tags=["accounts"], responses=_OR_CSV)
async def emissions_of(
    deployment_id: views.DeploymentId,
    address: views.AddressPath,
    cursor: views.NumberCursor = None,
    limit: views.Limit = 50,
    format: Format = "json",
    served: Served = _SERVED,
) -> models.Page[models.Emission]:
    """An account's emissions, the newest first."""
    before = views.after_number(cursor)
    with served.index.edition() as edition:
        page = edition.emissions_of(deployment_id, views.checksummed(address), before, limit)
    return _answer(page, format, f"emissions-{address}")


@router.get(f"{_ACCOUNT}/retirements", tags=["accounts"], responses=_OR_CSV)
async def retirements_of(
    deployment_id: views.DeploymentId,
    address: views.AddressPath,
    cursor: views.NumberCursor = None,
    limit: views.Limit = 50,
    format: Format = "json",
    served: Served = _SERVED,
) -> models.Page[models.Retirement]:
    """What was retired for an account, the newest first."""
    before = views.after_number(cursor)
    with served.index.edition() as edition:
        page = edition.retirements_of(deployment_id, views.checksummed(address), before, limit)
    return _answer(page, format, f"retirements-{address}")


@router.get("/deployments/{deployment_id}/credits", tags=["credits"], responses=_OR_CSV)
async def credits(
    deployment_id: views.DeploymentId,
    cursor: views.PlaceCursor = None,
    limit: views.Limit = 50,
    format: Format = "json",
    served: Served = _SERVED,
) -> models.Page[models.Credit]:
    """Credits that were issued, the newest first."""
    with served.index.edition() as edition:
        page = edition.credits(deployment_id, views.before_place(cursor), limit)
    return _answer(page, format, "credits")


@router.get("/deployments/{deployment_id}/credits/{token_id}", tags=["credits"])
async def credit(
    deployment_id: views.DeploymentId, token_id: views.TokenIdPath, served: Served = _SERVED
) -> models.Credit:
    """A credit: its serials, and what became of them."""
    with served.index.edition() as edition:
        return edition.credit(deployment_id, views.number_of(token_id))


@router.get(
    "/deployments/{deployment_id}/credits/{token_id}/retirements",
    tags=["credits"],
    responses=_OR_CSV,
)
async def retirements_of_credit(
    deployment_id: views.DeploymentId,
    token_id: views.TokenIdPath,
    cursor: views.NumberCursor = None,
    limit: views.Limit = 50,
    format: Format = "json",
    served: Served = _SERVED,
) -> models.Page[models.Retirement]:
    """A credit's retirements, in the order in which they take its serials."""
    number, after = views.number_of(token_id), views.after_number(cursor)
    with served.index.edition() as edition:
        page = edition.retirements_of_credit(deployment_id, number, after, limit)
    return _answer(page, format, f"retirements-of-{token_id}")


@router.get("/deployments/{deployment_id}/projects/{registry}/{project}", tags=["credits"])
async def project(
    deployment_id: views.DeploymentId,
    registry: views.RegistryPath,
    project: views.ProjectPath,
    served: Served = _SERVED,
) -> models.Project:
    """A registry's project, and its credits."""
    with served.index.edition() as edition:
        return edition.project(deployment_id, int(registry), int(project))


@router.get("/deployments/{deployment_id}/retirements/{retirement_id}", tags=["retirements"])
async def retirement(
    deployment_id: views.DeploymentId,
    retirement_id: views.RetirementIdPath,
    served: Served = _SERVED,
) -> models.Retirement:
    """A retirement, down to the serial."""
    with served.index.edition() as edition:
        return edition.retirement(deployment_id, views.number_of(retirement_id))


@router.get("/transactions/{transaction_hash}", tags=["ledger"])
async def transaction(
    transaction_hash: views.HashPath, served: Served = _SERVED
) -> models.Page[models.Transaction]:
    """What a transaction logged, of each deployment."""
    with served.index.edition() as edition:
        found = edition.transactions(transaction_hash.lower())
    return models.Page(items=found, next=None)
