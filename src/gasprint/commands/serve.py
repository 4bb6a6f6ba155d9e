"""`gasprint serve`: a web page and a JSON API over a ledger file."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from gasprint._output import counting, write_text
from gasprint.commands import _signing, _stopping
from gasprint.errors import InputError

EXAMPLE = "Example: gasprint serve ledger.duckdb --port 8000"
_NEEDED = ("fastapi", "uvicorn")


def serve(
    ledger: Annotated[Path, typer.Argument(metavar="LEDGER", help="The DuckDB file.")],
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 for any that is free.", min=0, max=65535)] = 8000,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A name by which it may be called; may be repeated.")
    ] = None,
    rate: Annotated[
        float, typer.Option(help="Requests a second of each client; 0 for any number.", min=0)
    ] = 25,
    rpc: Annotated[
        str | None, typer.Option(help="A node, to keep the ledger up to date from.")
    ] = None,
    deployment: _signing.DeploymentFile = _signing.DEFAULT_DEPLOYMENT,
    every: Annotated[
        float, typer.Option(help="Seconds from one reading of the node to the next.", min=0.1)
    ] = 2,
) -> None:
    """Show a ledger file on a web page, live, and as a JSON API (/api/v1/openapi.json).

    It goes on until Ctrl-C or a SIGTERM. Without --rpc, whatever gasprint sync writes meanwhile is
    shown; with it, it reads the node itself, and shows certificates as their contract draws them.
    """
    if any(find_spec(each) is None for each in _NEEDED):
        raise InputError("gasprint serve needs FastAPI; pip install 'gasprint[serve]'")
    from gasprint.sync.reading import opened_ledger
    from gasprint.web.serving import Address
    from gasprint.web.serving import serve as serve_ledger

    if rpc is not None and not ledger.exists():
        from gasprint._node import Node
        from gasprint.sync import sync

        with counting("Reading blocks") as count:
            sync(ledger, Node.at(rpc), deployment, progress=count)
    with opened_ledger(ledger):
        pass
    with _stopping.caught():
        serve_ledger(
            ledger,
            Address(host, port, tuple(each.lower() for each in allow_host or ()), rate),
            lambda url: write_text(f"Serving {ledger} at {url}\n"),
            rpc,
            deployment,
            every,
        )
