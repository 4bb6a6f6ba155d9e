"""What the commands on records of emissions have in common: the folder of their files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_FOLDER = Path("records")

Folder = Annotated[
    Path, typer.Option("--records", metavar="FOLDER", help="Where the files of records are.")
]
