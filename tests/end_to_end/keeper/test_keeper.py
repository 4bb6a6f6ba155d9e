"""`gasprint keeper` on a chain of its own.

given 200 accounts that are due, of which one has nothing on deposit
  all but that one are settled, once each, and nothing more is sent
  once it has a deposit, it is settled too
given a keeper that runs
  it settles who becomes due, also who set a threshold since, and whoever failed before
  Prometheus's own parser reads its figures, every line that it logs is JSON, and SIGTERM ends it
given an account that owes more than one settlement can retire, it is settled until nothing is due
given an account whose policy names a registry, in which the contract looks for no listings
  a keeper that it approved buys the cheapest that it takes, and one that it did not is of no use
given accounts of which one is settled, one is refused, and one owes nothing
  each is told under its own heading, and the exit code is 1 for the refused one alone; not where it
  retires less than the keeper was told to care for
given a dry run, it says who would be settled, and nothing is signed
given a node that fails and talks nonsense, all are settled once all the same
given a deployment of another chain, of nothing, of a later block, or put together of several
  one line says so, and the exit code is 2
given a folder with the journal of another key, it is named and left alone; with a broken one of
  its own, the keeper names it and ends
given a folder in which a keeper works, another is refused
"""

import json
import random
import signal

import pytest
import requests

from scripts.local_node import free_port
from tests.kept_chain import (
    CUSTODIAN,
    GAS_RECORDED,
    HOLDER,
    KEEPER,
    KILOGRAM,
    OUTSIDER,
    OWED_MICROGRAMS,
    OWED_UNITS,
    addresses,
    figures_of,
    wait_for,
)
from tests.relayed_node import relayed
from tests.suite import TOKEN_ID

MANY = 200


def test_one_that_fails_never_stops_the_others(chain):
    accounts = addresses(MANY)
    failing = accounts.pop(MANY // 3)
    chain.make_due([failing], deposit_units=0)
    chain.make_due(accounts)
    chain.set_threshold(*addresses(1, MANY + 1), 1)
    made, log = chain.once("--in-flight", 32)
    assert {each["account"] for each in made["settled"]} == set(accounts)
    (refused,) = made["refused"]
    assert refused["account"] == failing
    assert "has nothing on deposit" in refused["problem"]
    assert len([each for each in log if each["event"] == "account_refused"]) == 1
    chain.check_settled(accounts)
    assert chain.sent() == len(accounts)
    assert not chain.journalled()

    chain.call_many([(HOLDER.address, chain.deposit(failing))])
    made, _ = chain.once()
    assert [each["account"] for each in made["settled"]] == [failing]
    chain.check_settled([*accounts, failing])
    assert chain.sent() == MANY


def test_it_settles_whoever_becomes_due(chain):
    first, failing, later = addresses(3)
    chain.make_due([first], 2 * KILOGRAM)
    chain.make_due([failing], deposit_units=0)
    port = free_port()
    with chain.keeping("--interval", 0.2, "--metrics-port", port) as keeper:
        keeper.wait("settled")
        keeper.wait("account_refused")
        chain.make_due([later])
        keeper.wait("settled", 2)
        chain.emit_again([first])
        keeper.wait("settled", 3)
        chain.call_many([(HOLDER.address, chain.deposit(failing))])
        keeper.wait("settled", 4)
        address = f"http://127.0.0.1:{port}/metrics"

        def figures_when_idle():
            figures = figures_of(requests.get(address, timeout=10).text)
            is_idle = figures["in_flight"] == figures["accounts_due"] == 0
            return figures if is_idle and figures["settlements_total"] == 4 else None

        figures = wait_for(figures_when_idle)
        assert keeper.stop() == 143
        (stopped,) = keeper.events("stopped")
    events = [json.loads(line) for line in keeper.text.splitlines()]
    assert events[0]["event"] == "started"
    assert events[-1] == stopped
    assert stopped["in_flight"] == 0
    assert [each["account"] for each in events if each["event"] == "account_refused"] == [failing]
    assert figures["units_retired_total"] == 4 * OWED_UNITS
    assert figures["accounts_watched"] == 3
    assert figures["accounts_failing"] == 0
    assert figures["failures_total NothingDeposited"] >= 1
    assert figures["transactions_total confirmed"] == figures["transactions_total sent"] == 4
    paid = sum(each["fee_wei"] for each in keeper.events("settled"))
    assert figures["fees_paid_wei_total"] == paid
    assert figures["newest_block"] == chain.web3.eth.block_number
    assert figures["last_success_timestamp_seconds"] > 0
    assert chain.sent() == 4
    retired = chain.suite.CarbonCredits.functions.retiredFor
    assert [retired(each).call() for each in (first, failing, later)] == [
        *(2 * OWED_UNITS, OWED_UNITS, OWED_UNITS)
    ]


def test_what_one_settlement_cannot_retire_the_next_ones_do(chain):
    (account,) = addresses(1)
    suite, times = chain.suite, 5
    tokens = [chain.issue(serial, serial) for serial in range(1, 5)]
    chain.set_threshold(account, OWED_MICROGRAMS)
    record = suite.EmissionsRegistry.functions.record(GAS_RECORDED)
    chain.call_many((account, record) for _ in range(times))
    chain.call_many((HOLDER.address, chain.deposit(account, KILOGRAM, each)) for each in tokens)
    made, log = chain.once()
    # Two credits of a kilogram each, at most, in each settlement.
    assert [each["units"] for each in made["settled"]] == [str(2 * KILOGRAM), str(150_000)]
    assert [each["is_short"] for each in log if each["event"] == "settled"] == [True, False]
    assert chain.outstanding(account) == 0
    assert chain.sent() == 2


def test_a_keeper_that_is_approved_chooses_listings(chain):
    (account,), suite = addresses(1), chain.suite
    money = chain.deploy("PaymentToken", 6)
    chain.make_due([account], deposit_units=0)
    registry = TOKEN_ID >> 192 << 192
    policy = ([registry], 0, "", money.address, 10 * 10**6, 10**9, 86_400, False, "", "", "")
    auto_retire, market = suite.AutoRetire, suite.CreditMarket
    approve_market = suite.CarbonCredits.functions.setApprovalForAll(market.address, True)
    sold = [(TOKEN_ID, 10**8, money.address, 10**6 * price, 0) for price in (11, 9, 7, 8)]
    seller_calls = [approve_market, *(market.functions.list(*each) for each in sold)]
    chain.call_many((HOLDER.address, each) for each in seller_calls)
    account_calls = [
        money.functions.mint(account, 10**9),
        money.functions.approve(auto_retire.address, 10**9),
        auto_retire.functions.setPolicy(policy),
        auto_retire.functions.depositPayment(account, money.address, 10**9),
    ]
    for each in account_calls:
        chain.call(account, each)
    listed = [each["args"] for each in market.events.Listed().get_logs(from_block=0)]
    dearest, _, cheapest, _ = (each["listingId"] for each in listed)
    # The cheapest is cancelled, the dearest above the policy's price.
    chain.call(HOLDER, market.functions.cancel(cheapest, HOLDER.address))

    made, _ = chain.once()
    assert [each["account"] for each in made["refused"]] == [account]
    chain.call(account, auto_retire.functions.setKeeper(KEEPER.address, True))
    made, _ = chain.once()
    assert [each["account"] for each in made["settled"]] == [account]
    (bought,) = (each["args"] for each in auto_retire.events.Bought().get_logs(from_block=0))
    assert bought["listingId"] == listed[3]["listingId"] != dearest
    assert bought["units"] == OWED_UNITS
    assert chain.outstanding(account) == 0
    assert chain.sent() == 1


def test_what_it_writes_tells_who_is_settled_from_who_is_not(chain):
    due, failing, not_due = addresses(3)
    chain.make_due([due])
    chain.make_due([failing], deposit_units=0)
    chain.set_threshold(not_due, 1)

    def once(*arguments):
        finished = chain.run(*chain.key(), "--once", *arguments)
        return finished.returncode, finished.stdout

    assert once(not_due) == (0, "Nobody was due.\n")
    code, text = once(failing)
    assert (code, text.splitlines()[0], text.count("Settled")) == (1, "Not settled", 0)
    assert failing in text
    assert "has nothing on deposit" in text
    code, text = once("--min-units", OWED_UNITS + 1, due)
    assert (code, text.splitlines()[0]) == (0, "Not settled")
    assert f"less than {OWED_UNITS + 1}" in text
    code, text = once()
    settled, refused = text.split("\nNot settled\n")
    # Who is not named, and has nothing to settle with, is no failure.
    assert (code, settled.splitlines()[0]) == (0, "Settled")
    assert due in settled
    assert due not in refused
    assert failing in refused
    assert failing not in settled
    assert once(due) == (0, "Nobody was due.\n")


def test_a_dry_run_signs_nothing(chain):
    due, failing, not_due = addresses(3)
    chain.make_due([due])
    chain.make_due([failing], deposit_units=0)
    chain.set_threshold(not_due, 1)
    before = chain.web3.eth.block_number
    finished = chain.run("--dry-run", "--json", "--journal", chain.journal)
    assert (finished.returncode, finished.stderr) == (0, "")
    found = {each["account"]: each for each in json.loads(finished.stdout)["due"]}
    assert found.keys() == {due, failing}
    assert found[due]["units"] == str(OWED_UNITS)
    assert found[due]["problem"] is None
    assert "has nothing on deposit" in found[failing]["problem"]
    named = chain.run("--dry-run", not_due)
    assert (named.returncode, named.stdout) == (0, "Nobody is due.\n")
    assert chain.web3.eth.block_number == before
    assert not chain.journal.exists()


def test_a_node_that_fails_and_talks_nonsense_is_borne_with(chain):
    accounts, draw, failed = addresses(12), random.Random(20_261_128), []
    chain.make_due(accounts)

    def foul(question, ask):
        """Sound until the keeper has begun; then one answer in thirty is of no use."""
        if question["method"] == "eth_chainId" or draw.random() < 0.97:
            return ask(question)
        failed.append(question["method"])
        kind = draw.randrange(4)
        if kind == 0:
            raise ConnectionError
        if kind == 1:
            ask(question)
            return {"jsonrpc": "2.0", "id": question["id"], "result": {"no": "sense"}}
        problem = {"code": -32005, "message": "too many requests"}
        if kind == 2:
            return {"jsonrpc": "2.0", "id": question["id"], "error": problem}
        return {"jsonrpc": "2.0", "id": question["id"], "result": draw.choice(("0x", "0xzz"))}

    with relayed(chain.url, foul) as url:
        there = ("--rpc", url, "--deployment", chain.deployment)
        with chain.keeping(*there, "--interval", 0.1, "--in-flight", 4) as keeper:
            settled = chain.suite.AutoRetire.events.Settled()
            wait_for(lambda: len(settled.get_logs(from_block=0)) >= len(accounts))
            assert keeper.stop(signal.SIGINT) == 130
    assert failed
    assert "Traceback" not in keeper.text
    chain.check_settled(accounts)
    assert chain.sent() == len(accounts)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "who signs? give --keystore FILE"),
        (("0x12", "--dry-run"), "'0x12' is no address"),
        ((OUTSIDER.address[2:], "--dry-run"), "is no address"),
        ((OUTSIDER.address.swapcase().replace("X", "x"), "--dry-run"), "has a wrong checksum"),
        (("--dry-run", "--once"), "not both"),
        (("--json",), "--json goes with --once or --dry-run"),
        (("--dry-run", "--rpc", "http://127.0.0.1:9"), "no node answers"),
        (("--dry-run", "--deployment", "none.json"), "deployment none.json"),
        (("--dry-run", "--max-gas", "x"), "--max-gas"),
        *(
            (("--dry-run", option, number), option)
            for option in ("--interval", "--max-fee-gwei", "--replace-after", "--timeout")
            for number in ("nan", "-inf", "-1")
        ),
        (("--dry-run", "--interval", "inf"), "--interval"),
        (("--dry-run", "--max-fee-gwei", "inf"), "--max-fee-gwei"),
        (("--dry-run", "--max-fee-gwei", "1e300"), "--max-fee-gwei"),
    ],
)
def test_bad_input_is_one_line(chain, arguments, said):
    finished = chain.run(*arguments)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert finished.stderr.count("\n") == 1
    assert said in finished.stderr


def test_another_chain_and_another_place_end_it_with_one_line(chain, tmp_path):
    document = json.loads(chain.deployment.read_text())
    elsewhere = {"chain_id": 1}
    nowhere = json.loads(json.dumps(document))
    nowhere["contracts"]["AutoRetire"]["address"] = OUTSIDER.address
    future, other, mixed = (json.loads(json.dumps(document)) for _ in range(3))
    future["contracts"]["AutoRetire"]["block_number"] = 10**6
    contracts = chain.suite
    other["contracts"]["CreditMarket"]["address"] = contracts.CarbonCredits.address
    mixed["contracts"]["AutoRetire"]["address"] = contracts.EmissionsRegistry.address
    for changed, said in (
        (document | elsewhere, "serves chain 31337"),
        (nowhere, "no code"),
        (future, "has contracts since block 1000000, and the newest is"),
        (other, f"creditMarket of AutoRetire at {contracts.AutoRetire.address} should be"),
        (mixed, f"creditMarket of AutoRetire at {contracts.EmissionsRegistry.address} should be"),
    ):
        path = tmp_path / "changed.json"
        path.write_text(json.dumps(changed))
        finished = chain.run(*chain.key(), "--deployment", path)
        assert finished.returncode == 2
        *events, last = finished.stderr.splitlines()
        assert said in last
        assert [json.loads(each)["event"] for each in events] == ["started", "stopped"]
        dry = chain.run("--dry-run", "--deployment", path)
        assert (dry.returncode, dry.stdout, dry.stderr.strip()) == (2, "", last)


def test_a_journal_of_another_key_and_a_broken_one_are_told(chain):
    (account,) = addresses(1)
    chain.make_due([account])
    chain.rpc("evm_setAutomine", False)
    with chain.keeping() as keeper:
        keeper.wait("sent")
    chain.rpc("anvil_dropAllTransactions")
    chain.rpc("evm_setAutomine", True)
    (path,) = chain.journal.glob(".keeper-*.json")
    before = path.read_text()
    finished = chain.run(*chain.key(CUSTODIAN), "--once", chain.suite.AutoRetire.address)
    (warning,) = (
        event for event in map(json.loads, finished.stderr.splitlines()) if event["level"] != "info"
    )
    assert (warning["event"], warning["journals"]) == ("other_journals", [path.name])
    assert path.read_text() == before

    path.write_text(before.replace('"nonce": 0', '"nonce": "0"'))
    finished = chain.run(*chain.key(), "--once")
    assert (finished.returncode, finished.stdout) == (2, "")
    assert finished.stderr.count("\n") == 1
    assert f"{path} cannot be read ('0' where int should be)" in finished.stderr
    path.write_text(before)
    made, log = chain.once()
    assert [each["account"] for each in made["settled"]] == [account]
    assert not [each for each in log if each["event"] == "other_journals"]


def test_of_two_in_one_folder_the_second_is_refused(chain):
    with chain.keeping("--interval", 0.2) as keeper:
        keeper.wait("started")
        finished = chain.run(*chain.key(CUSTODIAN), "--once")
        assert (finished.returncode, finished.stdout) == (2, "")
        assert "another keeper works in" in finished.stderr
        assert finished.stderr.count("\n") == 1
        assert keeper.process.poll() is None
