"""The command `gasprint`: its subcommands, and how every error ends.

A command's module imports nothing heavy at its top, so that `gasprint --help` starts at once.
"""

from __future__ import annotations

import sys

import typer

from gasprint.commands import audit, credits, factors, footprint, grid, network
from gasprint.errors import GasprintError

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
app.add_typer(network.app, name="network")
app.add_typer(factors.app, name="factors")
app.add_typer(credits.app, name="credits")


def main() -> None:
    """Run the command line; every expected error is one line on stderr and exit code 2."""
    try:
        code = app(prog_name="gasprint", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        code = _fail(f"{error.format_message()} See gasprint --help.")
    except GasprintError as error:
        code = _fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except RuntimeError as error:
        # What DuckDB makes of Ctrl-C during a query.
        if str(error) != "Query interrupted":
            raise
        code = INTERRUPTED
    sys.exit(code)


def _fail(message: str) -> int:
    print("gasprint:", " ".join(message.split()), file=sys.stderr)
    return USAGE_OR_INPUT_ERROR
