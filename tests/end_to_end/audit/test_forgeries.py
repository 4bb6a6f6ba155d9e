"""Forgeries on a real chain: what contracts take, and what a changed contract says or keeps.

Each is planted on the honest chain, which an honest node serves, and found by its own check.
"""

import dataclasses
import hashlib
import shutil

import pytest

from gasprint._node import Node
from gasprint.audit import Severity, audit_ledger
from gasprint.chain_transactions import SourceTransaction, read_blocks
from gasprint.commitments import records_of
from gasprint.emission_records import read_records, write_records
from gasprint.record_header import RecordsHeader
from tests.audited_chain import EVIDENCE_NAME, SETTLED_THROUGH, TONNE
from tests.kept_chain import CUSTODIAN, HOLDER, OUTSIDER
from tests.suite import FIRST_SERIAL, LAST_SERIAL, NOTHING_SAID, TOKEN_ID

ERROR, NOTE = Severity.ERROR, Severity.NOTE


def named(result):
    """What was found, by severity, check and kind."""
    return {(each.severity, each.check, each.kind) for each in result.findings}


def only(result, check, kind=""):
    """The one finding of a kind, which has a meaning."""
    (finding,) = [e for e in result.findings if (e.check, e.kind) == (check, kind)]
    assert finding.meaning
    assert finding.chain_id is not None
    return finding


def retire(world, units, is_certified=False):
    credits = world.chain.suite.CarbonCredits.functions
    call = credits.retireFor(
        TOKEN_ID, HOLDER.address, units, OUTSIDER.address, NOTHING_SAID, is_certified
    )
    return world.chain.call(HOLDER, call)["transactionHash"].to_0x_hex()


def cancel(world, first, last):
    call = world.chain.suite.CarbonCredits.functions.invalidate(TOKEN_ID, first, last, "reversed")
    world.chain.call(CUSTODIAN, call)


def test_a_doubled_serial_on_another_chain(world, other_chain):
    snapshot = other_chain.rpc("evm_snapshot")
    other_chain.issue(LAST_SERIAL - 9, LAST_SERIAL + 100)
    ledger = world.synced("", other_chain)
    other_chain.rpc("evm_revert", snapshot)
    result = audit_ledger(ledger, [world.node], documents=world.documents)
    finding = only(result, "serials", "doubled")
    assert named(result) == {(ERROR, "serials", "doubled")}
    assert f"serials {LAST_SERIAL - 9} to {LAST_SERIAL} of registry 1" in finding.message
    assert {finding.chain_id} <= {10, 31337}
    # Whichever chain is asked for, it is told.
    assert not audit_ledger(ledger, chain_id=31337).ok
    assert not audit_ledger(ledger, chain_id=10).ok


def test_serials_that_moved_to_another_chain(world, other_chain):
    """Redeemed on the one and issued on the other afterwards: noted, for the registry knows."""
    snapshot = other_chain.rpc("evm_snapshot")
    other_chain.rpc("evm_increaseTime", 10**6)
    other_chain.issue(LAST_SERIAL - 1, LAST_SERIAL)
    ledger = world.synced("", other_chain)
    other_chain.rpc("evm_revert", snapshot)
    result = audit_ledger(ledger, [world.node], documents=world.documents)
    assert named(result) == {(NOTE, "serials", "moved")}


def test_an_under_reported_mint(world):
    claimer = world.chain.deploy("GasClaimer", world.chain.suite.EmissionsRegistry.address)
    receipt = world.chain.call(OUTSIDER, claimer.functions.claim(20_000))
    result = world.audited()
    finding = only(result, "metering", "too_little")
    assert named(result) == {(ERROR, "metering", "too_little")}
    assert finding.account == claimer.address
    assert finding.transaction_hash == receipt["transactionHash"].to_0x_hex()


def test_an_over_reported_mint(world):
    claimer = world.chain.deploy("GasClaimer", world.chain.suite.EmissionsRegistry.address)
    world.chain.call(OUTSIDER, claimer.functions.claim(500_000))
    result = world.audited()
    assert named(result) == {(NOTE, "metering", "too_much")}
    assert only(result, "metering", "too_much").account == claimer.address


def test_a_factor_whose_evidence_moved_by_a_byte(world, tmp_path):
    content = (world.documents.evidence[0] / EVIDENCE_NAME).read_bytes()
    moved = tmp_path / EVIDENCE_NAME
    moved.write_bytes(content.replace(b"0", b"1", 1))
    result = world.audited(world.ledger, evidence=(moved,))
    assert named(result) == {(ERROR, "evidence", "moved")}
    assert hashlib.sha256(content).hexdigest() in only(result, "evidence", "moved").message


def test_evidence_in_the_place_of_an_earlier_version(world, tmp_path):
    content = (world.documents.evidence[0] / EVIDENCE_NAME).read_bytes()
    (tmp_path / "evidence.json").write_bytes(content)
    result = world.audited(world.ledger, evidence=(tmp_path,))
    assert result.findings == ()
    assert [each.what for each in result.not_checked] == [
        "factor version 1",
        "deployed code against the sources, recompiled",
    ]


def test_evidence_under_the_name_that_another_chain_published(world, other_chain, tmp_path):
    ledger = world.synced("", other_chain)
    content = (world.documents.evidence[0] / EVIDENCE_NAME).read_bytes()
    (tmp_path / "evidence.json").write_bytes(content)
    documents = dataclasses.replace(world.documents, evidence=(tmp_path,))
    assert audit_ledger(ledger, documents=documents).findings == ()
    # One of no factor at all is told of both.
    (tmp_path / "evidence.json").write_bytes(content + b" ")
    result = audit_ledger(ledger, documents=documents)
    assert {(each.chain_id, each.check, each.kind) for each in result.findings} == {
        (31337, "evidence", "moved"),
        (10, "evidence", "moved"),
    }


def test_a_factor_that_its_evidence_does_not_make(world):
    lower = (world.figures[0] * 9 // 10, *world.figures[1:])
    world.publish(lower, EVIDENCE_NAME, "cheaper")
    result = world.audited()
    assert named(result) == {(ERROR, "evidence", "")}
    assert f"picograms_per_gas is {lower[0]} on the chain" in only(result, "evidence").message


def test_a_record_by_a_factor_that_was_not_in_force(world):
    registry, account = world.chain.suite.EmissionsRegistry, world.collection.address
    transaction = world.log(registry, "logEmissions", account, 1, 50_000, 3_500_000)
    result = world.audited()
    found = [each for each in result.findings if each.check == "emissions"]
    assert {each.severity for each in found} == {ERROR}
    assert {each.transaction_hash for each in found} == {transaction}
    assert found[0].message == "version of the factor in force: the chain tells 1, recomputed 2"


def commit_by_hand(world, change):
    """Has the holder commit what it emitted since, but for what `change` makes of its rows."""
    chain = world.chain
    chain.send(HOLDER.address, to=OUTSIDER.address, value=1)
    chain.mine(2)
    said = chain.suite.EmissionsRegistry.events.EmissionsCommitted().get_logs(from_block=0)
    first, last = said[-1]["args"]["lastBlock"] + 1, chain.web3.eth.block_number - 1
    registry = chain.suite.EmissionsRegistry.address
    blocks = read_blocks(world.node, HOLDER.address, registry, range(first, last + 1))
    rows = change([each for block in blocks for each in block.transactions])
    block_hash = chain.web3.eth.get_block(last)["hash"]
    header = RecordsHeader(
        *(chain.web3.eth.chain_id, registry, HOLDER.address, first, last),
        *(block_hash.to_0x_hex(), 2, *world.figures[:2]),
    )
    records = records_of(header, rows)
    path = write_records(records, world.documents.records)
    totals, tree = records.tree().totals, records.tree()
    commitment = (
        *(first, last, block_hash, 2, totals.record_count, totals.gas_used),
        *(totals.co2e_micrograms, tree.top_hash, bytes.fromhex(path.stem)),
    )
    commit = chain.suite.EmissionsRegistry.functions.commit(HOLDER.address, commitment)
    return chain.call(HOLDER, commit)["transactionHash"].to_0x_hex(), path


def less_gas(rows: list[SourceTransaction]) -> list[SourceTransaction]:
    *others, last = rows
    return [*others, dataclasses.replace(last, receipt_gas=last.receipt_gas - 1)]


def test_a_commitment_with_one_record_changed(world):
    transaction, path = commit_by_hand(world, less_gas)
    result = world.audited()
    finding = only(result, "records")
    assert named(result) == {(ERROR, "records", "")}
    assert (finding.account, finding.transaction_hash) == (HOLDER.address, transaction)
    assert "was committed as" in finding.message
    path.unlink()
    assert "gas were committed, but the chain has" in only(world.audited(), "records").message


def test_a_record_file_that_was_swapped(world):
    _, path = commit_by_hand(world, list)
    ledger = world.synced()
    assert world.audited(ledger).findings == ()
    other, *_ = sorted(set(world.documents.records.glob("*.parquet")) - {path})
    kept = path.read_bytes()
    shutil.copy(other, path)
    result = world.audited(ledger)
    path.write_bytes(kept)
    assert named(result) == {(ERROR, "records", "file")}
    assert "its name is not the SHA-256 of what is in it" in only(result, "records", "file").message
    assert read_records(path)
    path.unlink()


def test_a_settled_serial_that_was_never_retired_at_the_registry(world):
    export = world.export("short.csv", SETTLED_THROUGH - 1)
    result = world.audited(world.ledger, registry_export=export)
    finding = only(result, "registry", "never_retired")
    assert named(result) == {(ERROR, "registry", "never_retired")}
    assert f"serials {SETTLED_THROUGH} to {SETTLED_THROUGH} of credit" in finding.message
    assert finding.transaction_hash is not None


def test_a_settled_serial_that_the_registry_does_not_show(world):
    export = world.export("gone.csv", from_serial=FIRST_SERIAL)
    lines = export.read_text().splitlines(keepends=True)
    export.write_text("".join([lines[0], *lines[2:]]))
    result = world.audited(world.ledger, registry_export=export)
    assert "does not show them" in only(result, "registry", "never_retired").message


def test_tokens_of_what_the_registry_retired(world):
    export = world.export("more.csv", SETTLED_THROUGH + 50)
    result = world.audited(world.ledger, registry_export=export)
    finding = only(result, "registry", "unbacked")
    assert named(result) == {(ERROR, "registry", "unbacked")}
    # The fourth serial is retired in part: that the rest of it is held, no export can say.
    assert f"serials {FIRST_SERIAL + 4} to {SETTLED_THROUGH + 50} of credit" in finding.message


def test_serials_that_wait_for_the_registry(world):
    world.chain.rpc("evm_increaseTime", 40 * 86_400)
    world.chain.mine()
    result = world.audited()
    assert named(result) == {(NOTE, "settlement", "waiting")}
    message = only(result, "settlement", "waiting").message
    assert f"serials {FIRST_SERIAL + 2} to {FIRST_SERIAL + 2} of credit" in message
    assert world.audited(settlement_days=50).findings == ()


def test_a_certificate_over_invalid_credits(world):
    transaction = retire(world, TONNE, is_certified=True)
    cancel(world, FIRST_SERIAL + 4, FIRST_SERIAL + 4)
    world.count_as_cancelled(2)
    result = world.audited()
    finding = only(result, "certificates", "invalid")
    assert named(result) == {(NOTE, "certificates", "invalid")}
    assert (finding.account, finding.transaction_hash) == (OUTSIDER.address, transaction)


def test_a_retirement_of_cancelled_serials_that_still_counts(world):
    transaction = retire(world, TONNE)
    cancel(world, FIRST_SERIAL + 4, FIRST_SERIAL + 4)
    result = world.audited()
    assert named(result) == {(NOTE, "cancelled", "not_counted")}
    assert only(result, "cancelled", "not_counted").transaction_hash == transaction
    (line,) = [each for each in result.accounts if each.account == OUTSIDER.address]
    assert (line.invalid_units, line.invalidated_units) == (TONNE // 2, 0)


def test_a_retirement_that_overlaps_another(world):
    taken = 1 << 192 | (FIRST_SERIAL + 3) * TONNE << 96 | 7
    arguments = (taken, TOKEN_ID, OUTSIDER.address, 2, 7)
    transaction = world.log(world.chain.suite.CarbonCredits, "logRetirement", *arguments)
    result = world.audited()
    finding = only(result, "serials", "doubled")
    assert (finding.severity, finding.transaction_hash) == (ERROR, transaction)
    assert (ERROR, "retirements", "invented") in named(result)


def test_units_created_out_of_nothing(world):
    nobody = NOTHING_SAID[0]
    arguments = (nobody, OUTSIDER.address, TOKEN_ID, 7)
    world.log(world.chain.suite.CarbonCredits, "logTransfer", *arguments)
    result = world.audited()
    assert named(result) == {(ERROR, "issuance", ""), (ERROR, "holdings", "")}
    assert "that came from nobody" in only(result, "issuance").message
    assert only(result, "holdings").account == OUTSIDER.address


@pytest.mark.parametrize("contract", ["EmissionsRegistry", "CarbonCredits"])
def test_a_changed_contract_counter(world, contract):
    account = world.collection.address
    world.forge_state(getattr(world.chain.suite, contract), account)
    result = world.audited()
    found = [each for each in result.findings if each.check == "accounts"]
    assert found
    assert {(each.severity, each.account) for each in found} == {(ERROR, account)}


def test_a_node_of_another_history_is_refused(world, other_chain):
    with pytest.raises(Exception, match="serves chain 10"):
        audit_ledger(world.ledger, [Node.at(other_chain.url)])
