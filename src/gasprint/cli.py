"""The command `gasprint`: its subcommands, and how every error ends.

A command's module imports nothing heavy at its top, so that `gasprint --help` starts at once.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated, TextIO

import typer

from gasprint._output import harmless, write_text
from gasprint.commands import (
    annotate,
    audit,
    credits,
    factors,
    footprint,
    grid,
    keeper,
    network,
    prove,
    report,
    serve,
    sync,
    verify,
)
from gasprint.errors import GasprintError, InputError

USAGE_OR_INPUT_ERROR = 2
INTERRUPTED = 130

app = typer.Typer(
    name="gasprint",
    help="The carbon footprint of gas: measured, and matched with credits to the serial number.",
    epilog="Example: gasprint footprint",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("footprint", epilog=footprint.EXAMPLE)(footprint.footprint)
app.command("grid", epilog=grid.EXAMPLE)(grid.grid)
app.command("audit", epilog=audit.EXAMPLE)(audit.audit)
app.command("report", epilog=report.EXAMPLE)(report.report)
app.command("sync", epilog=sync.EXAMPLE)(sync.sync)
app.command("serve", epilog=serve.EXAMPLE)(serve.serve)
app.command("verify", epilog=verify.EXAMPLE)(verify.verify)
app.command("keeper", epilog=keeper.EXAMPLE)(keeper.keeper)
app.command("prove", epilog=prove.EXAMPLE)(prove.prove)
app.add_typer(network.app, name="network")
app.add_typer(factors.app, name="factors")
app.add_typer(credits.app, name="credits")
app.add_typer(annotate.app, name="annotate")


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        write_text(f"gasprint {version('gasprint')}\n")
        raise typer.Exit


@app.callback()
def _gasprint(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; every error is one line on stderr and exit code 2."""
    is_closed = sys.stdout is None
    # What the shell's >&- leaves of a stream is None.
    sys.stdout, sys.stderr = sys.stdout or io.StringIO(), sys.stderr or io.StringIO()
    try:
        if is_closed:
            raise InputError("the output is closed; send it to a file, or to /dev/null")
        code = app(prog_name="gasprint", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        code = _fail(f"{error.format_message()} See gasprint --help.")
    except GasprintError as error:
        code = _fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except SystemExit:
        # What typer makes of a pipe that is closed before all of --help is written.
        code = _fail("the output was closed early; read all of it")
    except Exception as error:
        # What DuckDB makes of Ctrl-C during a query.
        if str(error) == "Query interrupted":
            code = INTERRUPTED
        elif os.environ.get("GASPRINT_TRACEBACK"):
            raise
        else:
            code = _fail(
                f"unexpected {type(error).__name__}: {error}; set GASPRINT_TRACEBACK=1 to see where"
            )
    _settle(sys.stdout)
    _settle(sys.stderr)
    sys.exit(code)


def _fail(message: str) -> int:
    try:
        # Some of it may be the words of a node, or of a contract that refused.
        print("gasprint:", harmless(" ".join(message.split())), file=sys.stderr)
    except OSError:
        # Nobody can be told, but the exit code still tells.
        _settle(sys.stderr)
    return USAGE_OR_INPUT_ERROR


def _settle(stream: TextIO) -> None:
    """Let Python's own flush at its end succeed, where it would turn the exit code into 120."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
