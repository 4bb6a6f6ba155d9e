"""The two files that `footprint` and `factors compute` read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gasprint._output import working
from gasprint.errors import InputError

if TYPE_CHECKING:
    from gasprint.footprint import Footprint
    from gasprint.grid import GridIntensity
    from gasprint.networks import ProofOfStakeNetwork

Blocks = Annotated[
    Path | None, typer.Argument(help="Blocks, as ethereum-etl exports them (.jsonl or .csv).")
]
Transactions = Annotated[
    Path | None, typer.Argument(help="Their transactions, with receipt_gas_used.")
]
Network = Annotated[str, typer.Option(help="Network that the blocks are of.")]
Grid = Annotated[str, typer.Option(help="Electricity: egrid:SRVC, country:DEU, network:ethereum.")]


def files_of_arguments(blocks: Path | None, transactions: Path | None) -> tuple[Path, Path]:
    """The files given, or those of the sample that ships, saying so on stderr.

    Raises:
        InputError: if only one of the files is given.
    """
    if (blocks is None) != (transactions is None):
        raise InputError("transactions are missing; give two files, BLOCKS and TRANSACTIONS")
    from gasprint.footprint import SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS

    if blocks is None or transactions is None:
        print(
            "gasprint: no files given, so here are the mainnet blocks that ship as a sample, "
            "17173049 and 17173050",
            file=sys.stderr,
        )
        return SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS
    return blocks, transactions


def sources_of_arguments(sources: list[str]) -> list[str]:
    """The sources given, or the sample that ships, saying so on stderr."""
    return sources or [str(path) for path in files_of_arguments(None, None)]


def footprint_of_arguments(
    blocks: Path | None, transactions: Path | None, network: str, grid: str
) -> Footprint[ProofOfStakeNetwork, GridIntensity]:
    """The footprint of the files given, or of the sample that ships, saying so on stderr.

    Raises:
        InputError: if only one of the files is given, or anything in them is wrong.
    """
    files = files_of_arguments(blocks, transactions)
    from gasprint.footprint import footprint_of_files

    with working("sharing out energy"):
        return footprint_of_files(*files, network, grid)
