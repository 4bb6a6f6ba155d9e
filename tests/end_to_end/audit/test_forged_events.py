"""Forgeries of a node that hides events, invents them, or tells others.

given a node that lies, on the wire
  what it hid, invented or dated otherwise is found, once an honest node is asked
given a ledger that was changed, as a node would have caused
  each change is found by its own check
given a node that hides all emissions of an account that another event names
  that is found in an audit of the chain, and in one of that account, but in none of another one
given a node that hides all events of a contract, or all of one kind
  the contracts' counters tell of whom else is known, to the audit and to the sync
given figures beyond all numbers, in events or told by a contract
  that is found, and nothing hangs or breaks
given what was attested of a credit, or when it expires, otherwise than the contract has it
  that is found
given such a ledger and no node at all
  what contradicts itself is found all the same
"""

import duckdb
import pytest
from web3 import Web3

from gasprint._node import Node
from gasprint.audit import Severity, audit_ledger
from tests.audited_chain import TONNE
from tests.kept_chain import HOLDER, OUTSIDER
from tests.relayed_node import relayed
from tests.suite import FIRST_SERIAL, TOKEN_ID

ERROR = Severity.ERROR
RECORDED = Web3.keccak(
    text="EmissionsRecorded(address,uint256,uint256,uint256,uint256)"
).to_0x_hex()
COMMITTED = Web3.keccak(
    text="EmissionsCommitted(address,uint256,uint256,uint256,uint256,bytes32,uint256,uint256,"
    "uint256,uint256,bytes32,bytes32)"
).to_0x_hex()
RETIRED = Web3.keccak(
    text="RetirementRecorded(uint256,uint256,address,address,address,uint256)"
).to_0x_hex()
NEWEST = "(block_number, log_index) = (SELECT max((block_number, log_index)) FROM {0})"


@pytest.fixture
def traded(world):
    """Somebody deposits and has a threshold; somebody lists credits, of which another one buys."""
    chain, suite = world.chain, world.chain.suite
    credits, market = suite.CarbonCredits.functions, suite.CreditMarket.functions
    retire = suite.AutoRetire
    chain.call(HOLDER, retire.functions.setThreshold(10**9))
    deposit = (HOLDER.address, retire.address, TOKEN_ID, TONNE, b"")
    chain.call(HOLDER, credits.safeTransferFrom(*deposit))
    money = chain.deploy("PaymentToken", 6)
    chain.call(OUTSIDER, money.functions.mint(OUTSIDER.address, 10**12))
    chain.call(OUTSIDER, money.functions.approve(suite.CreditMarket.address, 10**12))
    chain.call(HOLDER, credits.setApprovalForAll(suite.CreditMarket.address, True))
    chain.call(HOLDER, market.list(TOKEN_ID, 10 * TONNE, money.address, 10**7, 0))
    (listed,) = suite.CreditMarket.events.Listed().get_logs(from_block=0)
    buy = market.buy(listed["args"]["listingId"], TONNE, OUTSIDER.address, 2**256 - 1)
    chain.call(OUTSIDER, buy)
    assert world.audited().findings == ()
    return world


def of_topic(logs, topic):
    return [each for each in logs or [] if each["topics"][0] == topic]


def test_an_event_that_the_node_hides(world):
    def without_a_retirement(question, told):
        if question["method"] != "eth_getLogs" or not of_topic(told, RETIRED):
            return told
        hidden = of_topic(told, RETIRED)[-1]
        return [each for each in told if each != hidden]

    result = world.lied_to(without_a_retirement)
    found = {(each.severity, each.check, each.kind) for each in result.findings}
    assert (ERROR, "retirements", "hidden") in found
    assert (ERROR, "pages", "") in found


def test_an_event_that_the_node_invents(world):
    account = world.collection.address

    def with_a_record(question, told):
        if question["method"] != "eth_getLogs" or not of_topic(told, RECORDED):
            return told
        last = of_topic(told, RECORDED)[-1]
        return [*told, last | {"logIndex": hex(int(last["logIndex"], 16) + 50)}]

    result = world.lied_to(with_a_record)
    found = {(each.check, each.kind) for each in result.findings if each.account == account}
    assert {("accounts", ""), ("metering", "other_logs")} <= found
    (finding,) = [each for each in result.findings if each.kind == "other_logs"]
    ((transaction,),) = world.rows(
        f"SELECT transaction_hash FROM emissions_recorded WHERE {NEWEST}".format(
            "emissions_recorded"
        )
    )
    assert finding.transaction_hash == transaction


def test_a_time_that_the_node_moves(world):
    ((number,),) = world.rows("SELECT max(block_number) FROM retirement_recorded")

    def with_another_time(question, told):
        if question["method"] == "eth_getBlockByNumber" and told["number"] == hex(number):
            return told | {"timestamp": hex(int(told["timestamp"], 16) - 10**6)}
        return told

    found = {(each.check, each.kind) for each in world.lied_to(with_another_time).findings}
    assert found == {("pages", ""), ("blocks", "time")}


def test_hidden_emissions_of_an_account_that_another_event_names(world):
    world.chain.call(HOLDER, world.chain.suite.AutoRetire.functions.setThreshold(10**9))

    def without_commitments(question, told):
        if question["method"] != "eth_getLogs":
            return told
        return [each for each in told if each["topics"][0] != COMMITTED]

    result = world.lied_to(without_commitments)
    assert {(each.severity, each.check, each.account) for each in result.findings} == {
        (ERROR, "accounts", HOLDER.address)
    }
    ledger = world.folder / "synced.duckdb"
    assert not audit_ledger(ledger, [world.node], [HOLDER.address]).ok
    assert audit_ledger(ledger, [world.node], [OUTSIDER.address]).ok


@pytest.mark.parametrize(
    ("event", "check"),
    [
        ("SerialsSettled(uint256,uint256,uint256,string)", "settlement"),
        ("Transfer(address,address,uint256)", "certificates"),
        ("ThresholdSet(address,uint256)", "thresholds"),
        ("Deposited(address,uint256,address,uint256)", "deposits"),
        ("Sold(uint256,address,uint256,uint256,uint256)", "listings"),
        ("EmissionsCommitted", "accounts"),
    ],
)
def test_a_kind_of_events_that_is_hidden_throughout(traded, event, check):
    topic = COMMITTED if "(" not in event else Web3.keccak(text=event).to_0x_hex()

    def without_these(question, told):
        if question["method"] != "eth_getLogs":
            return told
        return [each for each in told if each["topics"][0] != topic]

    result = traded.lied_to(without_these)
    assert (ERROR, check) in {(each.severity, each.check) for each in result.findings}
    # The sync had seen it already.
    with duckdb.connect(str(traded.folder / "synced.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT holds FROM deployments").fetchall() == [(False,)]


FORGERIES = {
    "a serial that is settled and was not wholly retired": (
        f"UPDATE serials_settled SET last_serial = {FIRST_SERIAL + 5}",
        ("settlement", "not_retired"),
    ),
    "a settlement that passes over serials": (
        f"UPDATE serials_settled SET first_serial = {FIRST_SERIAL + 1}",
        ("settlement", ""),
    ),
    "a certificate of no retirement": (
        "UPDATE transfer SET id = '7'",
        ("certificates", "of_nothing"),
    ),
    "a certificate claimed for another": (
        f"UPDATE transfer SET to_ = '{Web3.to_checksum_address('0x' + '77' * 20)}'",
        ("certificates", "of_another"),
    ),
    "a certificate issued twice": (
        "INSERT INTO transfer SELECT * REPLACE (log_index + 1 AS log_index) FROM transfer",
        ("certificates", "of_nothing"),
    ),
    "a commitment that skips blocks": (
        "INSERT INTO emissions_committed SELECT * REPLACE (log_index + 1 AS log_index, "
        'last_block + 2 AS first_block, last_block + 3 AS last_block, "index" + 1 AS "index") '
        "FROM emissions_committed",
        ("commitments", ""),
    ),
    "a commitment that overlaps another": (
        "INSERT INTO emissions_committed SELECT * REPLACE (log_index + 1 AS log_index, "
        'last_block AS first_block, last_block + 1 AS last_block, "index" + 1 AS "index") '
        "FROM emissions_committed",
        ("commitments", ""),
    ),
    "a commitment of more than its gas": (
        "UPDATE emissions_committed SET co2e_micrograms = co2e_micrograms + 1000",
        ("commitments", ""),
    ),
    "a record of less than its gas": (
        f"UPDATE emissions_recorded SET co2e_micrograms = 1 WHERE {NEWEST}",
        ("emissions", ""),
    ),
    "a retirement of serials that were cancelled before": (
        f"UPDATE serials_invalidated SET first_serial = {FIRST_SERIAL + 1}, "
        f"last_serial = {FIRST_SERIAL + 1}, block_number = 0",
        ("serials", "cancelled_before"),
    ),
    "a retirement that is left out without a trace": (
        'DELETE FROM retirement_recorded WHERE "index" = 0; '
        'UPDATE retirement_recorded SET "index" = 0; '
        "DELETE FROM credit_retired WHERE (block_number, log_index) = "
        "(SELECT min((block_number, log_index)) FROM credit_retired)",
        ("serials", "gap"),
    ),
    "serials that were redeemed and retired": (
        f"UPDATE serials_redeemed SET first_serial = {FIRST_SERIAL}",
        ("serials", "doubled"),
    ),
    "a credit of more units than serials": (
        "UPDATE credit_minted SET amount = amount + 1",
        ("issuance", ""),
    ),
    "units that nobody had": (
        f"INSERT INTO transfer_single SELECT * REPLACE ('{OUTSIDER.address}' AS from_, "
        f"10^12 AS value) FROM transfer_single WHERE {NEWEST}",
        ("holdings", ""),
    ),
    "a factor that was never announced": (
        "DELETE FROM factor_published WHERE version = 1",
        ("factors", ""),
    ),
}
"""By name: how the events are changed, and what finds it without a node."""


@pytest.mark.parametrize("name", FORGERIES)
def test_events_that_were_changed(honest, name):
    statements, (check, kind) = FORGERIES[name]
    table = statements.split()[1] if statements.startswith("UPDATE") else ""
    table = "transfer_single" if "transfer_single" in statements else table
    result = honest.edited(*statements.format(table).split("; "))
    found = [each for each in result.findings if (each.check, each.kind) == (check, kind)]
    assert found, [(each.check, each.kind, each.message) for each in result.findings]
    assert {each.severity for each in found} == {ERROR}
    assert all(each.meaning for each in result.findings)
    alone = audit_ledger(honest.folder / "edited.duckdb")
    assert (check, kind) in {(each.check, each.kind) for each in alone.findings}


def test_figures_that_no_number_holds(honest):
    serials = ", ".join(f"({each})" for each in range(1, 40))
    result = honest.edited(
        "INSERT INTO serials_redeemed SELECT redeemed.* REPLACE (0 AS first_serial, "
        f"{2**96 - 1} AS last_serial, log_index + 50 + number AS log_index) "
        f"FROM serials_redeemed AS redeemed, (VALUES {serials}) AS numbers(number)"
    )
    message = "transfers: the events add up to more than there is"
    assert (ERROR, "holdings", message) in {
        (each.severity, each.check, each.message) for each in result.findings
    }


def test_a_contract_that_counts_without_end(world):
    """What a node tells of 2^255 credits and factors, nobody asks for one by one."""
    many = f"0x{2**255:064x}"
    selectors = {
        Web3.keccak(text=f"{each}()")[:4].to_0x_hex() for each in ("creditCount", "factorCount")
    }

    def answer(question, ask):
        is_call = question["method"] == "eth_call"
        if is_call and question["params"][0]["data"] in selectors:
            return {"jsonrpc": "2.0", "id": question["id"], "result": many}
        return ask(question)

    with relayed(world.chain.url, answer) as url:
        result = audit_ledger(world.ledger, [Node.at(url)])
    assert {(ERROR, "issuance", "list"), (ERROR, "factors", "")} <= {
        (each.severity, each.check, each.kind) for each in result.findings
    }


def test_a_ledger_whose_sums_did_not_hold(honest):
    statement = (
        "UPDATE deployments SET holds = false",
        "UPDATE syncs SET contradictions = ['CarbonCredits.retiredFor: units retired: ...']",
    )
    assert honest.edited(*statement).findings == ()
    (finding,) = audit_ledger(honest.folder / "edited.duckdb").findings
    assert (finding.severity, finding.check) == (ERROR, "counters")


@pytest.mark.parametrize("also", [(), ("DELETE FROM syncs",)])
def test_a_ledger_whose_sums_did_not_hold_and_that_does_not_say_which(honest, also):
    honest.edited("UPDATE deployments SET holds = false", *also)
    (finding,) = audit_ledger(honest.folder / "edited.duckdb").findings
    assert (finding.severity, finding.check) == (ERROR, "counters")


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE credit_minted SET expiry = 1000", "at which credit"),
        (f"UPDATE credit_attested SET evidence_hash = '0x{32 * '77'}'", f"0x{32 * '77'}"),
        ("DELETE FROM credit_attested", "recomputed none"),
    ],
)
def test_what_a_custodian_never_attested(honest, statement, told):
    found = [each for each in honest.edited(statement).findings if each.severity == ERROR]
    assert [each.check for each in found] == ["issuance"]
    assert told in found[0].message
    assert found[0].transaction_hash
