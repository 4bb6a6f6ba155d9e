"""What `gasprint report --check` says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gasprint._output import json_text, write_text

if TYPE_CHECKING:
    from eth_typing import ChecksumAddress

    from gasprint.commitment_check import CheckedCommitments
    from gasprint.commitments import BuiltCommitment
    from gasprint.emission_contracts import EmissionContracts

FOUND = 1


def check(
    contracts: EmissionContracts,
    account: ChecksumAddress,
    records: Path,
    build: Callable[[int, int], BuiltCommitment],
    *,
    json: bool,
) -> None:
    """Recompute all that an account committed, and say what is wrong with it, and what is not seen.

    Raises:
        Exit: with 1, where something is wrong.
        InputError: if the node fails.
    """
    from gasprint.commitment_check import check_commitments
    from gasprint.reporting import newest_final_block

    final_block = newest_final_block(contracts)
    checked = check_commitments(contracts, account, records, build)
    if json:
        document = {
            "account": account,
            "registry_first_block": contracts.first_block,
            "final_block": final_block,
            "commitments": checked.count,
            "first_block": checked.first_block,
            "last_block": checked.last_block,
            "files_not_seen": checked.files_not_seen,
            "contradictions": [vars(each) for each in checked.contradictions],
        }
        write_text(json_text(document))
    else:
        lines = _lines(account, checked, contracts.first_block, final_block)
        write_text("".join(f"{each}\n" for each in lines))
    if checked.contradictions:
        raise typer.Exit(FOUND)


def _lines(
    account: ChecksumAddress, checked: CheckedCommitments, began: int, final_block: int | None
) -> Iterator[str]:
    final = "no block is final yet"
    if final_block is not None:
        final = f"the newest final block is {final_block}"
    if checked.first_block is None:
        yield f"{account} has committed nothing; the registry began at block {began}, {final}."
        return
    found = checked.contradictions
    verdict = f"{len(found)} contradiction(s)" if found else "the chain agrees with all of them"
    yield f"{checked.count} commitment(s) of {account}: {verdict}."
    yield f"They are of blocks {checked.first_block} to {checked.last_block}; {final}."
    for each in found:
        span = f"blocks {each.first_block} to {each.last_block}"
        yield f"commitment {each.index}, {span}: {each.problem}"
    if checked.first_block > began:
        missing = f"blocks {began} to {checked.first_block - 1}"
        yield f"note: the registry began before the first commitment; {missing} are in none"
    if checked.files_not_seen:
        yield (
            f"note: of {len(checked.files_not_seen)} commitment(s) the file of records was not "
            "seen, so that what it lists was not compared; --records names its folder"
        )
