"""`gasprint report`: what an account emitted beyond what was metered, committed range by range."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gasprint._output import json_text, progress, table_text, working, write_text
from gasprint.commands import _records, _report_check, _signing
from gasprint.errors import InputError

if TYPE_CHECKING:
    from eth_typing import ChecksumAddress

    from gasprint.commitments import BuiltCommitment
    from gasprint.emission_contracts import EmissionContracts
    from gasprint.ledger import EmissionsCommitted
    from gasprint.reporting import Range
    from gasprint.signers import Signer

EXAMPLE = (
    "Example: gasprint report 0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc "
    "--records records --keystore reporter.json"
)
BLOCKS_PER_COMMITMENT = 7_200


def report(
    source: Annotated[
        str, typer.Argument(metavar="ACCOUNT", help="Whose transactions, an address.")
    ],
    records: _records.Folder = _records.DEFAULT_FOLDER,
    first_block: Annotated[
        int | None,
        typer.Option(help="Of the first commitment; without, the registry's own.", min=0),
    ] = None,
    blocks: Annotated[
        int, typer.Option(help="Per commitment, at most.", min=1)
    ] = BLOCKS_PER_COMMITMENT,
    finality_blocks: Annotated[
        int, typer.Option(help="How many have to follow, if more than the contract wants.", min=0)
    ] = 0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be committed; sign nothing.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Recompute all that was committed; sign nothing.")
    ] = False,
    rpc: _signing.Rpc = _signing.DEFAULT_RPC,
    deployment: _signing.DeploymentFile = _signing.DEFAULT_DEPLOYMENT,
    keystore: _signing.Keystore = None,
    password_file: _signing.PasswordFile = None,
    provider: _signing.Provider = None,
    wallet_account: _signing.From = None,
    yes: _signing.Yes = False,
    timeout: _signing.Timeout = 300,
    json: _signing.Json = False,
) -> None:
    """Commit what an account emitted, up to the newest final block; nothing is counted twice.

    Run it daily, as the account or as a reporter that it approved. After a crash it goes on where
    the chain says. Exit code of --check: 0 where the chain agrees with all of it, 1 where not.
    """
    from gasprint.addresses import checksummed
    from gasprint.emission_contracts import EmissionContracts
    from gasprint.report_journal import ReportFolder
    from gasprint.reporting import Report, range_to_commit

    if check:
        _refuse_beside_check(
            {
                "--dry-run": dry_run,
                "--first-block": first_block is not None,
                "--blocks": blocks != BLOCKS_PER_COMMITMENT,
                "--finality-blocks": finality_blocks,
            }
        )
    account = checksummed(source, "account")
    contracts = EmissionContracts.connect(rpc, deployment)
    if check:
        build = partial(build_with_progress, contracts, account)
        _report_check.check(contracts, account, records, build, json=json)
        return
    if dry_run:
        there = range_to_commit(contracts, account, first_block, finality_blocks)
        plan = [_planned(each) for each in _plan(contracts, account, there, blocks)]
        _write("Would be committed", plan, there, json=json)
        return

    signer = _signing.find_signer(
        keystore, password_file, provider, wallet_account, contracts.chain_id
    )
    folder = ReportFolder(records, contracts.chain_id, contracts.address, account)
    made: list[EmissionsCommitted] = []
    with folder.locked():
        run = Report(
            contracts,
            signer,
            folder,
            timeout,
            build=partial(build_with_progress, contracts, account),
            confirm=partial(_confirm, signer, yes=yes),
        )
        with working("Looking for what an earlier run left ..."):
            resumed = run.resume()
        made += filter(None, [resumed])
        there = range_to_commit(contracts, account, first_block, finality_blocks, resumed)
        try:
            # The blocks that come in meanwhile are the next run's.
            for each in run.commit(there, blocks):
                made.append(each)
        except InputError as error:
            if not made:
                raise
            raise InputError(
                f"blocks {made[0].first_block} to {made[-1].last_block} were committed, but {error}"
            ) from error
    with _signing.telling(f"committed {len(made)} range(s)" if made else None):
        _write("Committed", [_made(each) for each in made], there, json=json)


def _refuse_beside_check(given: dict[str, object]) -> None:
    for name, is_given in given.items():
        if is_given:
            raise InputError(f"--check takes all that was committed, and no {name}")


def build_with_progress(
    contracts: EmissionContracts, account: ChecksumAddress, first: int, last: int
) -> BuiltCommitment:
    """The commitment of a first and a last block, or of fewer, read while a person may watch."""
    from gasprint.commitments import build_commitment

    with progress(f"Reading blocks {first} to {last}", last - first + 1) as done:
        return build_commitment(
            contracts, account, first, last, lambda number: done(number - first + 1)
        )


def _plan(
    contracts: EmissionContracts, account: ChecksumAddress, there: Range, blocks: int
) -> Iterator[BuiltCommitment]:
    first = there.next_block
    while there.final_block is not None and first <= there.final_block:
        built = build_with_progress(
            contracts, account, first, min(first + blocks - 1, there.final_block)
        )
        yield built
        first = built.records.header.last_block + 1


def _confirm(signer: Signer, built: BuiltCommitment, *, yes: bool) -> None:
    facts = _row(_planned(built)) | {
        "account": built.records.header.source,
        "signed by": signer.address,
        "chain": str(built.records.header.chain_id),
    }
    _signing.confirm("Commit these, for ever?", facts, yes=yes)


def _planned(built: BuiltCommitment) -> dict[str, Any]:
    header, totals = built.records.header, built.tree.totals
    return {
        "first_block": header.first_block,
        "last_block": header.last_block,
        "factor_version": header.factor_version,
        "record_count": totals.record_count,
        "gas_used": totals.gas_used,
        "energy_picowatt_hours": str(totals.energy_picowatt_hours),
        "co2e_micrograms": str(totals.co2e_micrograms),
        "root": f"0x{built.tree.root.hex()}",
    }


def _made(event: EmissionsCommitted) -> dict[str, Any]:
    return {
        "index": event.index,
        "first_block": event.first_block,
        "last_block": event.last_block,
        "factor_version": event.factor_version,
        "record_count": event.record_count,
        "gas_used": event.gas_used,
        "energy_picowatt_hours": str(event.energy_picowatt_hours),
        "co2e_micrograms": str(event.co2e_micrograms),
        "root": event.root,
        "records_hash": event.records_hash,
        "transaction_hash": event.transaction_hash,
    }


def _row(document: dict[str, Any]) -> dict[str, object]:
    from gasprint.amounts import co2e_text

    row: dict[str, object] = {
        "blocks": f"{document['first_block']} to {document['last_block']}",
        "factor": str(document["factor_version"]),
        "transactions": document["record_count"],
        "gas": document["gas_used"],
        "co2e": co2e_text(int(document["co2e_micrograms"])),
    }
    if "transaction_hash" in document:
        row["in_transaction"] = document["transaction_hash"]
    return row


def _write(title: str, found: list[dict[str, Any]], there: Range, *, json: bool) -> None:
    if json:
        write_text(json_text({"final_block": there.final_block, "commitments": found}))
    elif found:
        write_text(f"{title}\n\n{table_text([_row(each) for each in found])}")
    else:
        final = there.final_block
        newest = "none is final yet" if final is None else f"the newest final one {final}"
        write_text(f"Nothing to commit: the next block is {there.next_block}, and {newest}.\n")
