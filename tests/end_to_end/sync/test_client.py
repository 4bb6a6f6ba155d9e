"""The typed API, on a chain of its own.

given a chain with a bit of everything
  each account's balance is what the contracts say, with what was recorded and committed apart
  retirements are told with their serials and what was said of them, and prove themselves
  a transaction that was committed proves itself
  what is not there, or not proven, is refused in one line, and so is a node that hides events
given a subscription
  it tells each event once, as the ledger has it, and new ones as blocks come
  what the chain gave up is void, and the new way follows; so it is before anything was told
  it resumes at a block, and refuses where the chain is another by then
"""

import pytest

from gasprint.client import Client
from gasprint.errors import InputError, ReorganisedError
from tests import commands
from tests.kept_chain import HOLDER, OUTSIDER, addresses
from tests.relayed_node import relayed
from tests.suite import NO_UTF8
from tests.synced_chain import MARKUP, emit, rows, synced


class NothingNewError(Exception):
    """In place of waiting."""


@pytest.fixture
def client(chain):
    return Client.connect(chain.url, chain.deployment)


@pytest.fixture
def subscribe(client):
    """A subscription that does not wait; and all that it has to tell now."""

    def stop():
        raise NothingNewError

    def begin(*place):
        subscription = client.subscribe(*place)
        subscription.wait = stop

        def told():
            found = []
            try:
                for update in subscription:
                    found.append(update)
            except NothingNewError:
                return found

        return told

    return begin


def events_of(updates):
    """What is left of all updates, by what is void."""
    kept = []
    for update in updates:
        if update.void_from_block is not None:
            kept = [each for each in kept if each.block_number < update.void_from_block]
        kept += update.events
    return kept


def test_balances(chain, client):
    suite = chain.suite
    for account in (*addresses(4), HOLDER.address, OUTSIDER.address):
        found = client.balance(account.lower())
        assert found.account == account
        assert found.block_number == chain.web3.eth.block_number
        told = suite.EmissionsRegistry.functions
        assert found.emitted_co2e_micrograms == told.emittedBy(account).call()
        assert found.outstanding_co2e_micrograms == told.outstanding(account).call()
        told = suite.CarbonCredits.functions
        assert found.retired_units == told.retiredFor(account).call()
        assert found.invalidated_units == told.invalidatedFor(account).call()
    assert client.balance(addresses(1)[0]).metered_co2e_micrograms > 0


def test_retirements_and_their_proofs(chain, client):
    found = list(client.retirements(OUTSIDER.address))
    assert sum(each.units for each in found) == client.balance(OUTSIDER.address).retired_units > 0
    first = found[0]
    assert first.details.beneficiary_name.encode("utf-8", "surrogateescape") == NO_UTF8
    assert first.details.purpose == MARKUP
    span = chain.suite.CarbonCredits.functions.serialSpanOf(first.retirement_id).call()
    assert (first.span.first_serial, first.span.last_serial) == (span[0], span[2])
    block = chain.web3.eth.get_transaction(first.transaction_hash)["blockNumber"]
    assert first.retired_at_seconds == chain.web3.eth.get_block(block)["timestamp"]
    for each in found:
        proven = client.prove_retirement(each.retirement_id)
        assert proven.proven
        assert proven.retirement.beneficiary == OUTSIDER.address


def test_a_committed_transaction_proves_itself(chain, client, tmp_path):
    receipt = chain.send(HOLDER.address, to=OUTSIDER.address, value=1)
    chain.mine(2)
    words = (HOLDER.address, *chain.key(HOLDER)[:4], "--records", tmp_path, "--yes")
    finished = commands.run(*chain.command(*words, name="report"))
    assert finished.returncode == 0, finished.stderr
    for records in (tmp_path, None):
        found = client.prove_transaction(receipt["transactionHash"].to_0x_hex(), records=records)
        assert found.proven
        assert found.record.gas_used == receipt["gasUsed"]
    balance = client.balance(HOLDER.address)
    assert balance.committed_co2e_micrograms >= found.record.co2e_micrograms > 0


def test_what_is_refused(chain, client):
    with pytest.raises(InputError, match="there is no retirement 5"):
        client.prove_retirement(5)
    with pytest.raises(InputError, match="account"):
        client.balance("0x12")
    recorded = next(client._suite.emissions_recorded(addresses(1)[0]))
    with pytest.raises(InputError, match=r"is not proven: .* has committed nothing"):
        client.prove_transaction(recorded.transaction_hash)

    def hiding(question, ask):
        answered = ask(question)
        if question["method"] == "eth_getLogs":
            answered["result"] = []
        return answered

    with relayed(chain.url, hiding) as url:
        lied_to = Client.connect(url, chain.deployment)
        with pytest.raises(InputError, match="add up to 0 µg CO2e, and its contract counts"):
            lied_to.balance(addresses(1)[0])


def test_a_subscription_tells_each_event_once(chain, subscribe, ledger):
    told = subscribe(0)
    events = events_of(told())
    assert len(events) == synced(chain, ledger).events
    recorded = [each for each in events if each.name == "emissions_recorded"]
    kept = "SELECT block_number, log_index, account, gas_used FROM emissions_recorded ORDER BY ALL"
    assert rows(ledger, kept) == [
        (each.block_number, each.log_index, each.values["account"], each.values["gas_used"])
        for each in recorded
    ]
    assert told() == []
    emit(chain, 2)
    new = events_of(told())
    assert [each.name for each in new] == 2 * ["emissions_recorded"]


@pytest.mark.parametrize("blocks", [0, 1])
def test_what_the_chain_gave_up_is_void(chain, subscribe, blocks):
    """Of a chain whose blocks are final once one follows, so that one can be given up."""
    told = subscribe()
    emit(chain, 1)
    before = told()
    snapshot = chain.rpc("evm_snapshot")
    emit(chain, 1)
    before += told()
    assert len(events_of(before)) == 2
    chain.rpc("evm_revert", snapshot)
    chain.rpc("evm_increaseTime", 7)
    emit(chain, blocks)
    after = told()
    (void,) = [each.void_from_block for each in after if each.void_from_block is not None]
    assert void == events_of(before)[-1].block_number
    left = events_of(before + after)
    assert len(left) == 1 + blocks
    for each in left:
        receipt = chain.web3.eth.get_transaction_receipt(each.transaction_hash)
        assert receipt["blockNumber"] == each.block_number


def test_it_resumes(chain, subscribe):
    emit(chain, 2)
    updates = subscribe(0)()
    last = updates[-1]
    emit(chain, 2)
    again = subscribe(last.next_block, last.block_hash)()
    assert len(events_of(again)) == 2
    assert not set(map(str, events_of(updates))) & set(map(str, events_of(again)))
    with pytest.raises(ReorganisedError, match="does not follow on the one before any more"):
        subscribe(last.next_block, f"0x{'00' * 32}")()
