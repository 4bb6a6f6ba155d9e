"""`make gas`: measures every case anew, writes the snapshots, and fails above a target."""

import contextlib
import io
import os
import sys
import time
import warnings
from pathlib import Path

from brownie import accounts, chain, network, project
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from scripts.local_node import use_free_port

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Measures on a node of its own, and ends that whatever happens."""
    console = Console(file=sys.stdout)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
        contracts = project.load(ROOT, name="GasprintProject")
        contracts.load_config()
        try:
            network.connect(use_free_port(os.environ.get("NODE", "anvil")))
            succeeded = _run(console, contracts)
        finally:
            if network.is_connected():
                network.disconnect()
    sys.exit(not succeeded)


def _run(console, contracts):
    from tests.gas import snapshots
    from tests.gas.cases import CASES, World
    from tests.gas.ranges import RANGES, Ranges
    from tests.suite import deployed, issue, roles_of

    roles = roles_of(list(accounts))
    suite = deployed(contracts, roles)
    chain.snapshot()
    gas = {}
    started = time.monotonic()
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(f"Issuing {RANGES:,} ranges", total=RANGES)
        gas |= Ranges(suite, roles).measure(lambda issued: progress.update(task, completed=issued))
        chain.revert()
        console.print(f"{RANGES:,} ranges took {time.monotonic() - started:.0f} s.")
        issue(suite, roles)
        chain.snapshot()
        for name, measure in progress.track(CASES.items(), description="Measuring"):
            gas[name] = measure(World(suite, roles, contracts))
            chain.revert()

    sizes = snapshots.sizes(contracts)
    limits = dict.fromkeys(sizes, snapshots.MAX_SIZE_BYTES)
    succeeded = _print(
        console, "Gas of a transaction", gas, snapshots.targets_of(gas), snapshots.GAS
    )
    succeeded &= _print(console, "Bytes of a contract", sizes, limits, snapshots.SIZES)
    snapshots.write(snapshots.GAS, gas)
    snapshots.write(snapshots.SIZES, sizes)
    return succeeded


def _print(console, title, figures, targets, path):
    """Prints figures beside targets and the last snapshot; whether all targets are met."""
    from tests.gas import snapshots

    before = snapshots.read(path)
    table = Table("", title, "At most", "Change", title=str(path.relative_to(ROOT)))
    for column in table.columns[1:]:
        column.justify = "right"
    above = [name for name, target in targets.items() if figures[name] > target]
    for name, figure in sorted(figures.items()):
        change = figure - before.get(name, figure)
        table.add_row(
            name,
            f"{figure:,}",
            f"{targets[name]:,}" if name in targets else "",
            f"{change:+,}" if change else "",
            style="bold red" if name in above else None,
        )
    console.print(table)
    for name in above:
        console.print(f"{name} is {figures[name]:,}, above {targets[name]:,}", style="bold red")
    return not above


if __name__ == "__main__":
    main()
