"""The application: pages, API, static files and events, behind one guard."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from gasprint.errors import InputError
from gasprint.web import api, models, pages
from gasprint.web.guard import Guard, Rates
from gasprint.web.index_reading import Index
from gasprint.web.live import MOST_LISTENERS, Live
from gasprint.web.views import Served

_HERE = Path(__file__).parent
_DESCRIPTION = """\
What a ledger file of `gasprint sync` holds. Emissions are gross; retirements stand beside them and
lower no footprint. Whole numbers that may pass 2^53 are decimal digits in a string. Every answer
has the ledger's edition as its ETag; `/events` tells of new ones, as server-sent events.
"""


def application(
    index: Index,
    rates: Rates,
    hosts: Iterable[str],
    certificate_svg: Callable[[models.Deployment, int], str | None] = lambda *_: None,
) -> tuple[ASGIApp, Live]:
    """What uvicorn runs, and who listens to it.

    Args:
        index: of the ledger.
        rates: how many requests each client may make.
        hosts: by which names it may be called; any where there are none.
        certificate_svg: asks a contract for a certificate.
    """
    app = FastAPI(
        title="gasprint",
        version=version("gasprint"),
        description=_DESCRIPTION,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    live = Live(index.tag)
    app.state.served = Served(index, live, certificate_svg)
    app.include_router(api.router)
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=_HERE / "static"))

    @app.get("/events", include_in_schema=False)
    async def events() -> Response:
        if live.listeners >= MOST_LISTENERS:
            return _problem(503, "too many pages listen already; reload instead")
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(live.events(), media_type="text/event-stream", headers=headers)

    def answered(request: Request, status: int, detail: str) -> Response:
        if pages.is_page(request):
            return pages.problem_page(app.state.served, status, detail)
        return _problem(status, detail)

    @app.exception_handler(InputError)
    async def refused(request: Request, error: InputError) -> Response:
        return answered(request, 404, str(error))

    @app.exception_handler(RequestValidationError)
    async def not_understood(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = " ".join(str(each) for each in first["loc"])
        return answered(request, 422, f"{place}: {first['msg']}")

    @app.exception_handler(HTTPException)
    async def failed(request: Request, error: HTTPException) -> Response:
        answer = answered(request, error.status_code, str(error.detail))
        answer.headers.update(error.headers or {})
        return answer

    return Guard(app, index.tag, rates, hosts), live


def _problem(status: int, detail: str) -> JSONResponse:
    return JSONResponse(models.Problem(detail=detail).model_dump(), status)
