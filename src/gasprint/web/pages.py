"""The pages: what the API says, for a person. They work without JavaScript."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any
from urllib.parse import urlencode

import anyio
import anyio.to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool

from gasprint import amounts
from gasprint._output import harmless
from gasprint.token_ids import SerialSpan
from gasprint.web import models, views
from gasprint.web.certificates import certificate_svg
from gasprint.web.charts import Width, balance_chart, key_figures_chart
from gasprint.web.guard import IMAGE_POLICY
from gasprint.web.index_reading import Edition
from gasprint.web.key_figures import key_figures
from gasprint.web.searching import LONGEST_QUERY, search
from gasprint.web.views import Served, served

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_SERVED = Depends(served)
_SHOWN, _FEW = 50, 10
_NODE_SECONDS, _ASKED_AT_ONCE = 5.0, 4
"""How long a node may take to tell a certificate; then the ledger's is shown, as it is where too
many wait for it."""
_PICOWATT_HOURS_PER = {"MWh": 10**18, "kWh": 10**15, "Wh": 10**12, "mWh": 10**9, "µWh": 10**6}


def _energy_text(picowatt_hours: int) -> str:
    """Energy in the unit that fits, to three decimals."""
    fitting = (item for item in _PICOWATT_HOURS_PER.items() if picowatt_hours >= item[1])
    unit, each = next(fitting, ("kWh", 10**15))
    return f"{Decimal(picowatt_hours) / each:,.3f}".rstrip("0").rstrip(".") + f" {unit}"


def _span_text(span: models.Span) -> str:
    return amounts.span_text(SerialSpan(**span.model_dump())).replace("10^8", "10⁸")


def _time_text(unix_seconds: int) -> str:
    try:
        return f"{datetime.fromtimestamp(unix_seconds, UTC):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):
        return f"{unix_seconds} s since 1970"


def _significant(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"


def _short(text: str) -> str:
    return f"{text[:10]}…{text[-6:]}" if len(text) > 18 else text


def _arguments(arguments: dict[str, Any]) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in arguments.items()
    }


_TEMPLATES = Environment(
    loader=PackageLoader("gasprint.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters |= {
    "co2e": amounts.co2e_text,
    "units": amounts.units_text,
    "credit": lambda token_id: amounts.credit_text(int(token_id)),
    "energy": _energy_text,
    "span": _span_text,
    "time": _time_text,
    "significant": _significant,
    "percent": amounts.percent_text,
    "said": harmless,
    "short": _short,
    "arguments": _arguments,
    "query": urlencode,
}


def _rendered(template: str, edition: Edition, status: int = 200, /, **values: Any) -> HTMLResponse:
    values.setdefault("query", "")
    values.setdefault("deployment", next(iter(edition.deployments), None))
    text = _TEMPLATES.get_template(f"{template}.html.j2").render(edition=edition, **values)
    return HTMLResponse(text, status)


def problem_page(served: Served, status: int, detail: str) -> HTMLResponse:
    """Why there is no page."""
    with served.index.edition() as edition:
        return _rendered("problem", edition, status, detail=detail)


@router.get("/")
async def home(served: Served = _SERVED) -> Response:
    """Every deployment, its totals, and what is newest."""
    with served.index.edition() as edition:
        newest = {
            each.deployment_id: (
                edition.emissions(each.deployment_id, None, _FEW).items,
                edition.retirements(each.deployment_id, None, _FEW).items,
                edition.largest_accounts(each.deployment_id, _FEW),
            )
            for each in edition.deployments
        }
        deployments = [edition.with_totals(each) for each in edition.deployments]
        return _rendered("home", edition, deployments=deployments, newest=newest)


@router.get("/search")
async def search_page(
    q: Annotated[str, Query(max_length=LONGEST_QUERY)] = "", served: Served = _SERVED
) -> Response:
    """What was found, or its page where that is one."""
    with served.index.edition() as edition:
        hits = search(edition, q)
        if len(hits) == 1:
            return RedirectResponse(hits[0].path, 303)
        return _rendered("search", edition, hits=hits, query=q)


@router.get("/deployments/{deployment_id}/accounts")
async def accounts_page(
    deployment_id: views.DeploymentId,
    cursor: views.AddressCursor = None,
    served: Served = _SERVED,
) -> Response:
    """Accounts, by address."""
    with served.index.edition() as edition:
        page = edition.accounts(deployment_id, cursor, _SHOWN)
        here = edition.deployment(deployment_id)
        return _rendered("accounts", edition, page=page, deployment=here, cursor=cursor)


@router.get("/deployments/{deployment_id}/accounts/{address}")
async def account_page(
    deployment_id: views.DeploymentId,
    address: views.AddressPath,
    emissions: views.NumberCursor = None,
    retirements: views.NumberCursor = None,
    served: Served = _SERVED,
) -> Response:
    """An account."""
    address = views.checksummed(address)
    with served.index.edition() as edition:
        return _rendered(
            "account",
            edition,
            deployment=edition.deployment(deployment_id),
            account=edition.account(deployment_id, address),
            emissions=edition.emissions_of(
                deployment_id, address, views.after_number(emissions), _SHOWN // 2
            ),
            retirements=edition.retirements_of(
                deployment_id, address, views.after_number(retirements), _SHOWN // 2
            ),
            events=edition.events_of(deployment_id, address, _FEW),
            emissions_cursor=emissions,
            retirements_cursor=retirements,
            findings=[
                each
                for each in edition.audit_of(deployment_id).findings
                if each.account == address or address in each.message
            ],
        )


@router.get("/deployments/{deployment_id}/accounts/{address}/balance.svg")
async def balance_image(
    deployment_id: views.DeploymentId,
    address: views.AddressPath,
    width: Width = "wide",
    served: Served = _SERVED,
) -> Response:
    """The plot of an account."""
    with served.index.edition() as edition:
        balance = edition.balance(deployment_id, views.checksummed(address))
    return _image(await run_in_threadpool(balance_chart, balance.points, width))


@router.get("/transactions/{transaction_hash}")
async def transaction_page(transaction_hash: views.HashPath, served: Served = _SERVED) -> Response:
    """A transaction."""
    with served.index.edition() as edition:
        found = edition.transactions(transaction_hash.lower())
        here = edition.deployment(found[0].deployment_id)
        return _rendered("transaction", edition, transactions=found, deployment=here)


@router.get("/deployments/{deployment_id}/retirements/{retirement_id}")
async def retirement_page(
    deployment_id: views.DeploymentId,
    retirement_id: views.RetirementIdPath,
    served: Served = _SERVED,
) -> Response:
    """A retirement, and its certificate."""
    number = views.number_of(retirement_id)
    with served.index.edition() as edition:
        return _rendered(
            "retirement",
            edition,
            deployment=edition.deployment(deployment_id),
            retirement=edition.retirement(deployment_id, number),
            events=edition.events_of_retirement(deployment_id, number),
        )


@router.get("/deployments/{deployment_id}/retirements/{retirement_id}/certificate.svg")
async def certificate_image(
    deployment_id: views.DeploymentId,
    retirement_id: views.RetirementIdPath,
    served: Served = _SERVED,
) -> Response:
    """A certificate, as its contract draws it, or from the ledger."""
    number = views.number_of(retirement_id)
    with served.index.edition() as edition:
        retirement = edition.retirement(deployment_id, number)
        here = edition.deployment(deployment_id)
    svg = None
    if retirement.has_certificate:
        with anyio.move_on_after(_NODE_SECONDS):
            svg = await anyio.to_thread.run_sync(
                served.certificate_svg, here, number, abandon_on_cancel=True, limiter=_asking()
            )
    return _image(svg or certificate_svg(retirement, here.chain_id))


@router.get("/deployments/{deployment_id}/credits")
async def credits_page(
    deployment_id: views.DeploymentId,
    cursor: views.PlaceCursor = None,
    served: Served = _SERVED,
) -> Response:
    """Credits."""
    with served.index.edition() as edition:
        page = edition.credits(deployment_id, views.before_place(cursor), _SHOWN)
        here = edition.deployment(deployment_id)
        return _rendered("credits", edition, page=page, deployment=here, cursor=cursor)


@router.get("/deployments/{deployment_id}/credits/{token_id}")
async def credit_page(
    deployment_id: views.DeploymentId,
    token_id: views.TokenIdPath,
    cursor: views.NumberCursor = None,
    served: Served = _SERVED,
) -> Response:
    """A credit, and its retirements."""
    number, after = views.number_of(token_id), views.after_number(cursor)
    with served.index.edition() as edition:
        return _rendered(
            "credit",
            edition,
            deployment=edition.deployment(deployment_id),
            credit=edition.credit(deployment_id, number),
            retirements=edition.retirements_of_credit(deployment_id, number, after, _SHOWN),
            cursor=cursor,
        )


@router.get("/deployments/{deployment_id}/projects/{registry}/{project}")
async def project_page(
    deployment_id: views.DeploymentId,
    registry: views.RegistryPath,
    project: views.ProjectPath,
    served: Served = _SERVED,
) -> Response:
    """A project."""
    with served.index.edition() as edition:
        found = edition.project(deployment_id, int(registry), int(project))
        here = edition.deployment(deployment_id)
        return _rendered("project", edition, project=found, deployment=here)


@router.get("/deployments/{deployment_id}/key-figures")
async def key_figures_page(
    deployment_id: views.DeploymentId,
    by: views.By = "day",
    target: views.Target = None,
    served: Served = _SERVED,
) -> Response:
    """The board of key figures."""
    with served.index.edition() as edition:
        board = key_figures(edition.days(deployment_id), by, target)
        here = edition.deployment(deployment_id)
        return _rendered("key_figures", edition, board=board, deployment=here)


@router.get("/deployments/{deployment_id}/key-figures.svg")
async def key_figures_image(
    deployment_id: views.DeploymentId,
    by: views.By = "day",
    target: views.Target = None,
    width: Width = "wide",
    served: Served = _SERVED,
) -> Response:
    """The plot of the board."""
    with served.index.edition() as edition:
        board = key_figures(edition.days(deployment_id), by, target)
    return _image(await run_in_threadpool(key_figures_chart, board.periods, target, width))


@router.get("/networks")
async def networks_page(served: Served = _SERVED) -> Response:
    """An average transaction of each network."""
    with served.index.edition() as edition:
        return _rendered("networks", edition, networks=views.network_figures())


@router.get("/findings")
async def findings_page(served: Served = _SERVED) -> Response:
    """What does not hold."""
    with served.index.edition() as edition:
        return _rendered("findings", edition, found=views.findings(edition))


@cache
def _asking() -> anyio.CapacityLimiter:
    # Threads of their own, so that plots do not wait for a node.
    return anyio.CapacityLimiter(_ASKED_AT_ONCE)


def _image(svg: str) -> Response:
    return Response(
        svg, media_type="image/svg+xml", headers={"Content-Security-Policy": IMAGE_POLICY}
    )


def is_page(request: Request) -> bool:
    """Whether a person asked, and not a program."""
    return not request.url.path.startswith("/api/")
