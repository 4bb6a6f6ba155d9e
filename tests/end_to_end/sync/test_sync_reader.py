"""A ledger that another process reads while it is synced.

given a reader that opens the ledger read-only again and again
  it never fails, and each time sees the whole ledger as of one block
  one that keeps it open keeps what it saw, and keeps nobody from writing
given two runs at once, or somebody else who has the ledger open to write
  it is refused in one line
"""

import json
import os
import subprocess
import sys
import time

import duckdb
import pytest

from gasprint._journal_folder import JournalFolder
from gasprint.errors import InputError
from tests.synced_chain import emit, rows, start_syncing, synced

READER = """
import json, pathlib, sys, duckdb
ledger, ready, stop = map(pathlib.Path, sys.argv[1:])
seen = []
while not stop.exists():
    with duckdb.connect(str(ledger), read_only=True) as connection:
        seen.append(connection.execute(
            "SELECT read_block, (SELECT count(*) FROM emissions_recorded),"
            " (SELECT max(block_number) FROM emissions_recorded) FROM deployments"
        ).fetchall()[0])
    ready.touch()
print(json.dumps(seen))
"""


def test_a_reader_sees_whole_ledgers(chain, ledger, tmp_path):
    synced(chain, ledger)
    emit(chain, 12)
    kept = duckdb.connect(str(ledger), read_only=True)
    before = kept.execute("SELECT count(*) FROM emissions_recorded").fetchall()
    ready, stop = tmp_path / "ready", tmp_path / "stop"
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(ledger), str(ready), str(stop)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not ready.exists():
        assert reader.poll() is None, reader.communicate()
        time.sleep(0.01)
    _, status = os.waitpid(start_syncing(chain, ledger, 1), 0)
    stop.touch()
    out, err = reader.communicate()
    assert (status, reader.returncode, err) == (0, 0, "")
    assert kept.execute("SELECT count(*) FROM emissions_recorded").fetchall() == before
    kept.close()

    numbers = rows(ledger, "SELECT block_number FROM emissions_recorded")
    seen = json.loads(out)
    for read_block, count, newest in seen:
        assert count == len([each for (each,) in numbers if each <= read_block])
        assert newest <= read_block
    blocks = [each for each, *_ in seen]
    assert blocks == sorted(blocks)
    assert len(set(blocks)) > 5
    print(f"read {len(seen)} times, {len(set(blocks))} states")


def test_a_second_run_is_refused(chain, ledger, tmp_path):
    working = JournalFolder(tmp_path, "sync", f".{ledger.name}.lock").locked()
    with working, pytest.raises(InputError, match="another sync works in"):
        synced(chain, ledger)
    assert synced(chain, ledger).events
    writer = (
        "import sys, duckdb\nconnection = duckdb.connect(sys.argv[1])\n"
        "print('open', flush=True)\nsys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", writer, str(ledger)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline()
        with pytest.raises(InputError, match="or something else writes it") as refused:
            synced(chain, ledger)
        other.stdin.close()
    assert "\n" not in str(refused.value)
    assert synced(chain, ledger).events_read == 0
