"""`gasprint keeper`: settles whoever is due, round after round, unattended."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gasprint._output import harmless, json_text, readable, table_text, write_text
from gasprint.commands import _signing, _stopping

if TYPE_CHECKING:
    from gasprint.keeper.contracts import KeeperContracts
    from gasprint.keeper.keeper import Keeper
    from gasprint.keeper.trials import Failure, Trials
    from gasprint.keeper.watchlist import Watchlist

EXAMPLE = "Example: gasprint keeper --keystore keeper.json --password-file keeper.password"
DEFAULT_FOLDER = Path("keeper")
HOUR_SECONDS = 3_600.0
GWEI = 10**9
NOT_DONE = 1
TOO_LITTLE = {"too_little"}
NOTHING = {"nothing_to_retire", "NothingDeposited"}


def _finite(number: float) -> float:
    # A bound holds off what is infinite, and nothing holds off what is no number.
    if not math.isfinite(number):
        raise typer.BadParameter(f"{number} is no number of seconds or gwei.")
    return number


def keeper(
    accounts: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ACCOUNT]...",
            help="Whom to settle; without, all that ever set a threshold.",
            show_default=False,
        ),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="End when nobody is left that could be settled.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say who would be settled; sign nothing.")
    ] = False,
    interval: Annotated[
        float, typer.Option(help="Seconds between two looks.", min=0.1, callback=_finite)
    ] = 15,
    max_fee_gwei: Annotated[
        float,
        typer.Option(
            help="Ceiling of what is offered for a gas.", min=1e-9, max=1e9, callback=_finite
        ),
    ] = 50,
    max_gas: Annotated[
        int, typer.Option(help="A settlement that takes more is refused.", min=21_000)
    ] = 1_500_000,
    min_units: Annotated[
        int,
        typer.Option(
            help="So is one that retires fewer units (10 mg each). What a unit is worth in gas is "
            "for you to say.",
            min=1,
        ),
    ] = 1,
    in_flight: Annotated[
        int, typer.Option(help="How many transactions may be under way.", min=1, max=64)
    ] = 8,
    replace_after: Annotated[
        float,
        typer.Option(help="Seconds until more is offered for one.", min=0.1, callback=_finite),
    ] = 60,
    confirmations: Annotated[
        int, typer.Option(help="Blocks that one has to be in or under, to be done.", min=1)
    ] = 1,
    journal: Annotated[
        Path, typer.Option(help="Folder of what is under way; one for each keeper.")
    ] = DEFAULT_FOLDER,
    metrics_port: Annotated[
        int | None,
        typer.Option(help="Serve figures for Prometheus on this machine.", min=1, max=65_535),
    ] = None,
    rpc: _signing.Rpc = _signing.DEFAULT_RPC,
    deployment: _signing.DeploymentFile = _signing.DEFAULT_DEPLOYMENT,
    keystore: _signing.Keystore = None,
    password_file: _signing.PasswordFile = None,
    timeout: Annotated[
        float,
        typer.Option(help="With --once: seconds until it gives up.", min=1, callback=_finite),
    ] = 300,
    json: _signing.Json = False,
) -> None:
    """Settle every account that is due, with its own deposits; the keeper pays the gas.

    It asks nobody, logs JSON lines to stderr, and goes on after a crash where its journal and the
    chain say. Exit code of --once: 0 where everybody who was due is settled, or retires less than
    --min-units, or has nothing to settle with and is not named; 1 where somebody is not. SIGTERM
    ends it with 143, SIGINT with 130.
    """
    from gasprint.addresses import checksummed
    from gasprint.errors import InputError
    from gasprint.keeper.contracts import KeeperContracts
    from gasprint.keeper.trials import Trials
    from gasprint.keeper.watchlist import Watchlist

    if once and dry_run:
        raise InputError("give one of --once and --dry-run, not both")
    if json and not (once or dry_run):
        raise InputError("--json goes with --once or --dry-run; what is logged is JSON anyway")
    contracts = KeeperContracts.at(rpc, deployment)
    chosen = [checksummed(each, "account") for each in accounts or ()]
    if dry_run:
        nobody = "0x" + "00" * 20
        trials = Trials(contracts, nobody, max_gas, min_units)
        _write_plan(_plan(contracts, Watchlist(contracts, chosen), trials), json=json)
        return

    from gasprint.keeper.backoff import Backoff, Pauses
    from gasprint.keeper.flights import Flights
    from gasprint.keeper.journal import KeeperJournal
    from gasprint.keeper.keeper import Keeper
    from gasprint.keeper.listings import Listings
    from gasprint.keeper.telemetry import Telemetry

    signer = _signing.find_signer(keystore, password_file, None, None, contracts.chain_id)
    if once:
        contracts.check_place()
    book = KeeperJournal(journal, contracts.chain_id, contracts.address, signer.address)
    telemetry = Telemetry()
    # In one run, nobody that failed is tried a second time.
    pauses = 2 * (Pauses(math.inf, math.inf),)
    if not once:
        pauses = Pauses(interval, HOUR_SECONDS), Pauses(HOUR_SECONDS / 4, 24 * HOUR_SECONDS)
    with book.locked(), telemetry.metrics.served(metrics_port), _stopping.caught() as stopping:
        contracts = contracts.waited_for(stopping.waiting)
        flights = Flights(
            contracts,
            signer,
            book,
            telemetry,
            at_once=in_flight,
            replace_after_seconds=replace_after,
            confirmations=confirmations,
        )
        flights.load()
        stopping.say_farewell = lambda: telemetry.stopped(len(flights))
        listings = Listings(contracts, signer.address)
        run = Keeper(
            contracts,
            Watchlist(contracts, chosen),
            Trials(contracts, signer.address, max_gas, min_units, listings),
            flights,
            telemetry,
            Backoff(*pauses),
            ceiling_wei=int(max_fee_gwei * GWEI),
            interval_seconds=0 if once else interval,
            is_stopped=stopping.is_asked,
            keeps_settled=once,
        )
        telemetry.started(
            keeper=signer.address,
            chain_id=contracts.chain_id,
            auto_retire=contracts.address,
            in_flight=len(flights),
        )
        if others := book.others():
            telemetry.others_found(others)
        is_done = False
        try:
            if once:
                is_done = run.run_once(timeout)
            else:
                run.run()
        finally:
            telemetry.stopped(len(flights))
    _write_made(run, json=json)
    if not is_done or _are_left(run.backoff.failures().values(), bool(chosen)):
        raise typer.Exit(NOT_DONE)


def _plan(contracts: KeeperContracts, watchlist: Watchlist, trials: Trials) -> list[dict[str, Any]]:
    contracts.check_place()
    block = contracts.node.newest_block()
    watchlist.follow(block)
    due = contracts.due(watchlist.accounts, block)
    ready, failures = trials.run(due, block)
    settled = {each.account: each for each in ready}
    plan = []
    for account in due:
        trial = settled.get(account)
        problem = failures[account].reason if trial is None else None
        if trial is not None and trial.units == 0:
            problem = "first takes out of its way what is over"
        plan.append(
            {
                "account": account,
                "units": str(trial.units if trial is not None else 0),
                "gas_limit": trial.gas_limit if trial is not None else None,
                "problem": problem,
            }
        )
    return plan


def _write_plan(plan: list[dict[str, Any]], *, json: bool) -> None:
    if json:
        write_text(json_text({"due": plan}))
    elif plan:
        rows = [_row(each) for each in plan]
        write_text(f"Due\n\n{table_text(rows)}")
    else:
        write_text("Nobody is due.\n")


def _are_left(failures: Iterable[Failure], are_named: bool) -> bool:
    """Whether somebody is not settled who should be."""
    # Any stranger can be due and have nothing: that is no failure of the keeper's.
    ignored = TOO_LITTLE if are_named else TOO_LITTLE | NOTHING
    return any(failure.kind not in ignored for failure in failures)


def _write_made(run: Keeper, *, json: bool) -> None:
    settled = [
        {
            "account": each.account,
            "units": str(each.units),
            "transaction_hash": each.transaction_hash,
            "gas_used": each.gas_used,
            "fee_wei": str(each.fee_wei),
        }
        for each in run.settled
    ]
    refused = [
        {"account": account, "problem": failure.reason}
        for account, failure in run.backoff.failures().items()
    ]
    if json:
        document = {"settled": settled, "refused": refused, "in_flight": len(run.flights)}
        write_text(json_text(document))
        return
    parts = []
    if settled:
        rows = [_row(each | {"problem": None}) for each in settled]
        parts.append(f"Settled\n\n{table_text(rows)}")
    if refused:
        rows = [_row(each | {"units": "0"}) for each in refused]
        parts.append(f"Not settled\n\n{table_text(rows)}")
    if run.flights:
        parts.append(f"{len(run.flights)} transactions are under way.\n")
    write_text("\n".join(parts) or "Nobody was due.\n")


def _row(document: dict[str, Any]) -> dict[str, object]:
    from gasprint.amounts import units_text

    units = int(document["units"])
    problem = document["problem"]
    return {
        "account": document["account"],
        "retires": units_text(units) if units else "nothing",
        "problem": None if problem is None else harmless(readable(problem)),
        "transaction": document.get("transaction_hash"),
    }
