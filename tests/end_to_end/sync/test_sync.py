"""A ledger file, read from a real node.

given a chain with a bit of everything
  each event is there as web3.py decodes it, with its block; texts of any bytes without loss
  a second run changes nothing, and reads nothing
  a run after further blocks adds them
  the auditor's queries of docs/auditor.md find something
  it is exported as Parquet, by chain, event and range of blocks, but for what is provisional
given a chain that took another way
  what was provisional is replaced, also when the new way is shorter
  with another final block, it is refused in one line, and nothing changes
given two chains of one id, or two deployments on one chain
  one file keeps all of them apart
given what cannot be used
  one line says so, with exit code 2, and the file stays what it was
"""

import json
import shutil
from dataclasses import replace

import duckdb
import pyarrow.dataset
import pytest

from gasprint._node import Node
from gasprint.errors import InputError
from gasprint.sync.export import export_ledger
from tests.kept_chain import deploy_suite, kept_chain
from tests.pages import ROOT, fenced
from tests.suite import NO_UTF8
from tests.synced_chain import MARKUP, contents, emit, rows, synced


def plain(value):
    """A value as web3.py gives it, or as the ledger does, in the same form."""
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, str) and not value.startswith("0x"):
        return value.encode("utf-8", "surrogateescape")
    return value if isinstance(value, str | bool) else str(int(value)).encode()


def told_by_web3(chain):
    """Every event by its table, place and arguments, asked for one kind at a time."""
    web3 = Node.at(chain.url).web3
    found = []
    for made in vars(chain.suite).values():
        contract = web3.eth.contract(made.address, abi=made.abi)
        for abi in made.abi:
            if abi["type"] != "event":
                continue
            for event in contract.events[abi["name"]]().get_logs(from_block=0):
                values = []
                for each in abi["inputs"]:
                    value = event["args"][each["name"]]
                    values += value.values() if each["type"] == "tuple" else [value]
                place = (event["blockNumber"], event["logIndex"])
                found.append((abi["name"].lower(), made.address, *place, plain(values)))
    return sorted(found)


def kept(ledger):
    """The same of a ledger."""
    found = []
    with duckdb.connect(str(ledger), read_only=True) as connection:
        for (table,) in connection.execute("SHOW TABLES").fetchall():
            cursor = connection.execute(f'FROM "{table}"')
            names = [each[0] for each in cursor.description]
            if "log_index" not in names:
                continue
            # No name is a word that SQL reserves.
            connection.execute(f"SELECT {', '.join(names)} FROM {table} LIMIT 0")
            for row in connection.execute(f"FROM {table}").fetchall():
                _, address, block, log_index, _, *values = row
                columns = dict(zip(names[5:], values, strict=True))
                for name in [each for each in columns if f"{each}_bytes" in columns]:
                    raw = columns.pop(f"{name}_bytes")
                    columns[name] = raw.decode("utf-8", "surrogateescape") if raw else columns[name]
                event = table.replace("_", "")
                found.append((event, address, block, log_index, plain(list(columns.values()))))
    return sorted(found)


def test_each_event_is_there(chain, ledger):
    found = synced(chain, ledger)
    told = told_by_web3(chain)
    assert kept(ledger) == told
    assert found.contradictions == ()
    assert found.events == found.events_read == len(told) > 70
    assert {"bought", "settled", "sold", "serialssettled"} <= {each[0] for each in told}
    newest = chain.web3.eth.block_number
    assert (found.read_block, found.final_block) == (newest, newest - 1)
    for number, block_hash, seconds in rows(
        ledger, "SELECT block_number, block_hash, time_unix_seconds FROM blocks"
    ):
        block = chain.web3.eth.get_block(number)
        assert (block["hash"].to_0x_hex(), block["timestamp"]) == (block_hash, seconds)
    numbers = rows(ledger, "SELECT block_number FROM blocks ORDER BY ALL")
    assert numbers == sorted({(each[2],) for each in told})
    ((name, raw, purpose, purpose_bytes),) = rows(
        ledger,
        "SELECT beneficiary_name, beneficiary_name_bytes, purpose, purpose_bytes "
        "FROM retirement_described ORDER BY block_number LIMIT 1",
    )
    assert (raw, purpose, purpose_bytes) == (NO_UTF8, MARKUP, None)
    assert name == NO_UTF8.decode("utf-8", "replace")


def test_a_second_run_changes_nothing_and_a_third_reads_on(chain, ledger, tmp_path):
    synced(chain, ledger)
    before = contents(ledger)
    assert synced(chain, ledger).events_read == 0
    assert contents(ledger) == before
    emit(chain, 3)
    assert synced(chain, ledger).events_read == 3
    in_one_go = tmp_path / "one.duckdb"
    synced(chain, in_one_go)
    assert contents(ledger) == contents(in_one_go)
    (_, *later) = rows(ledger, "SELECT events FROM syncs ORDER BY sync_id")
    assert later == [(0,), (3,)]


def test_the_command_syncs_and_exports(chain, run, ledger, tmp_path):
    folder = tmp_path / "it's out"
    code, out, err = run("--json", "--export", folder)
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert document["ok"] is True
    assert document["events"] == len(kept(ledger))
    emit(chain, 2)
    synced(chain, ledger)
    export_ledger(ledger, folder)
    recorded = pyarrow.dataset.dataset(folder / "emissions_recorded", partitioning="hive")
    final = chain.web3.eth.block_number - 1
    told = rows(ledger, "SELECT gas_used FROM emissions_recorded WHERE block_number <= ?", final)
    exported = recorded.to_table().to_pydict()
    assert exported["gas_used"] == [gas for (gas,) in told]
    assert set(exported["chain"]) == {31337}
    assert set(exported["blocks"]) == {0}
    assert max(exported["block_number"]) == final
    assert not list(folder.rglob("*.partial"))
    assert duckdb.sql(f"SELECT holds FROM '{tmp_path}/it''s out/deployments.parquet'").fetchall()


def test_what_was_provisional_is_replaced(chain, ledger, tmp_path):
    snapshot = chain.rpc("evm_snapshot")
    emit(chain, 6)
    first = synced(chain, ledger, finality_blocks=10)
    chain.rpc("evm_revert", snapshot)
    chain.rpc("evm_increaseTime", 7)
    emit(chain, 4)
    second = synced(chain, ledger, finality_blocks=10)
    assert second.read_block == first.read_block - 2
    assert second.events == first.events - 2
    assert kept(ledger) == told_by_web3(chain)
    in_one_go = tmp_path / "one.duckdb"
    synced(chain, in_one_go, finality_blocks=10)
    # What is final stays so, also where the chain is shorter now.
    assert (first.final_block, second.final_block) == (first.read_block - 10,) * 2
    ours, theirs = contents(ledger), contents(in_one_go)
    del ours["deployments"], theirs["deployments"]
    assert ours == theirs


def test_another_final_block_is_refused(chain, run, ledger):
    snapshot = chain.rpc("evm_snapshot")
    emit(chain, 3)
    synced(chain, ledger)
    before = contents(ledger)
    chain.rpc("evm_revert", snapshot)
    with pytest.raises(InputError, match="are final; wait until it has them, or name another"):
        synced(chain, ledger)
    chain.rpc("evm_increaseTime", 7)
    emit(chain, 5)
    code, out, err = run()
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "is final in the ledger, with the hash 0x" in err
    assert contents(ledger) == before


def test_two_chains_of_one_id(chain, ledger, tmp_path):
    with kept_chain(tmp_path) as other:
        synced(chain, ledger)
        (before,) = rows(ledger, "SELECT count(*) FROM emissions_recorded")
        first = kept(ledger)
        emit(other, 2)
        found = synced(other, ledger)
        assert other.suite.CarbonCredits.address == chain.suite.CarbonCredits.address
        assert (found.deployment_id, found.chain_id) == (2, 31337)
        assert kept(ledger) == sorted(first + told_by_web3(other))
        emit(chain, 1)
        assert synced(chain, ledger).deployment_id == 1
        assert rows(
            ledger,
            "SELECT deployment_id, count(*) FROM emissions_recorded GROUP BY ALL ORDER BY ALL",
        ) == [(1, before[0] + 1), (2, 2)]
        export_ledger(ledger, tmp_path / "out")
        names = [each.name for each in (tmp_path / "out" / "credit_minted").rglob("*.parquet")]
        assert sorted(names) == ["deployment-1.parquet", "deployment-2.parquet"]


def test_two_deployments_on_one_chain(chain, ledger, tmp_path):
    synced(chain, ledger)
    second = replace(chain, folder=tmp_path)
    deploy_suite(second)
    emit(second, 2)
    found = synced(second, ledger)
    assert (found.deployment_id, found.first_block > 0) == (2, True)
    synced(chain, ledger)
    assert kept(ledger) == sorted(told_by_web3(chain) + told_by_web3(second))
    assert rows(ledger, "SELECT holds FROM deployments") == [(True,), (True,)]


def test_what_cannot_be_used(chain, run, ledger, tmp_path):
    synced(chain, ledger)
    before = ledger.read_bytes()
    text = tmp_path / "notes.txt"
    text.write_text("no ledger")
    database = tmp_path / "other.duckdb"
    duckdb.connect(str(database)).execute("CREATE TABLE t (i INTEGER)").close()
    empty = tmp_path / "empty.duckdb"
    empty.touch()
    newer = tmp_path / "newer.duckdb"
    shutil.copy(ledger, newer)
    with duckdb.connect(str(newer)) as connection:
        connection.execute("UPDATE ledger SET version = 2")
    for path, problem in (
        (text, "is no ledger that gasprint sync wrote"),
        (database, "is no ledger that gasprint sync wrote"),
        (tmp_path, "is no ledger that gasprint sync wrote"),
        (empty, "is no ledger that gasprint sync wrote"),
        (newer, "is a ledger of version 2, and this gasprint knows version 1"),
    ):
        was = path.read_bytes() if path.is_file() else None
        with pytest.raises(InputError, match=problem) as refused:
            synced(chain, path)
        assert "\n" not in str(refused.value)
        assert was is None or path.read_bytes() == was
    document = json.loads(chain.deployment.read_text())
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_text(json.dumps(document | {"chain_id": 1}))
    code, out, err = run("--deployment", elsewhere)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "the node serves chain 31337" in err
    assert ledger.read_bytes() == before
    assert not list(tmp_path.glob(".*syncing*"))


def test_the_auditors_queries_run(chain, ledger):
    synced(chain, ledger)
    for query in fenced(ROOT / "docs" / "auditor.md", "sql"):
        assert rows(ledger, query)
