"""The suite's events in a DuckDB file, from any node: `gasprint sync`.

syncing    one run
deployed   how far the ledger has a deployment
logs       logs of a node, a range of blocks at a time
decoding   logs made into tables
events     the events, and their columns
counters   sums of the events against the contracts' own
file       the ledger file, and how it is read while it is written
reading    the ledger file, opened to be read
export     the same as Parquet
"""

from __future__ import annotations

from gasprint.sync.syncing import Synced, sync

__all__ = ["Synced", "sync"]
