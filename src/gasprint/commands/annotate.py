"""`gasprint annotate`: ERC-8021 suffixes that say what a transaction emits."""

from __future__ import annotations

import typer

from gasprint.commands import annotate_make, annotate_show

app = typer.Typer(
    help="Annotations: what a transaction says of its own emissions.", rich_markup_mode=None
)
app.command("make", epilog=annotate_make.EXAMPLE)(annotate_make.make)
app.command("show", epilog=annotate_show.EXAMPLE)(annotate_show.show)


@app.callback()
def _group() -> None:
    """Annotations: what a transaction says of its own emissions."""
