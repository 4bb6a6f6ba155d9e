"""A sync that is killed, at any point, over a chain that takes other ways meanwhile.

given 20 runs that are killed while the chain grows, and gives up to five blocks up for others
  the ledger is the one that a single run makes, of the chain as it is at last
  no killed run leaves the ledger damaged, or anything that the next one does not remove
"""

import os
import random
import signal
import time

from tests.synced_chain import contents, emit, rows, start_syncing, synced

KILLS = 20
SEED = 20_261_128
FINALITY_BLOCKS = 10


def take_another_way(chain, snapshot, blocks):
    chain.rpc("evm_revert", snapshot)
    chain.rpc("evm_increaseTime", 7)
    emit(chain, blocks)
    return chain.rpc("evm_snapshot")


def killed(process):
    """Kills it; False where it was done before, as it has to be without a failure."""
    done, status = os.waitpid(process, os.WNOHANG)
    if done:
        assert status == 0
        return False
    os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    return os.WIFSIGNALED(status)


def test_killed_at_twenty_points_it_ends_with_one_ledger(chain, ledger, tmp_path):
    draw = random.Random(SEED)
    emit(chain, 12)
    began = time.monotonic()
    undisturbed = tmp_path / "undisturbed.duckdb"
    os.waitpid(start_syncing(chain, undisturbed, 4, finality_blocks=FINALITY_BLOCKS), 0)
    longest_seconds = time.monotonic() - began
    kills = turns = progressed = left = 0
    while kills < KILLS:
        snapshot = chain.rpc("evm_snapshot")
        emit(chain, draw.randint(1, 5))
        before = ledger.stat().st_mtime_ns if ledger.exists() else 0
        process = start_syncing(chain, ledger, 4, finality_blocks=FINALITY_BLOCKS)
        until = time.monotonic() + draw.uniform(0.1, 0.9) * longest_seconds
        if draw.random() < 0.5:
            take_another_way(chain, snapshot, draw.randint(1, 5))
            turns += 1
        time.sleep(max(0, until - time.monotonic()))
        if killed(process):
            kills += 1
        else:
            longest_seconds *= 0.75
        progressed += ledger.exists() and ledger.stat().st_mtime_ns > before
        left += (tmp_path / ".ledger.duckdb.syncing").exists()
        if ledger.exists():
            assert rows(ledger, "SELECT version FROM ledger") == [(1,)]
    found = synced(chain, ledger, finality_blocks=FINALITY_BLOCKS)
    assert found.contradictions == ()
    synced(chain, tmp_path / "one.duckdb", finality_blocks=FINALITY_BLOCKS)
    assert contents(ledger) == contents(tmp_path / "one.duckdb")
    assert not list(tmp_path.glob(".*syncing*"))
    assert turns
    assert progressed
    print(f"{kills} kills, {turns} other ways, {progressed} with progress, {left} left a copy")
