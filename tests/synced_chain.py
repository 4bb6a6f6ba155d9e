"""A chain with a bit of everything on it, and ledger files that are synced from it."""

from __future__ import annotations

import itertools
import os
import traceback
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from gasprint._node import Node
from gasprint.sync import Synced, file, sync, syncing
from gasprint.sync.logs import LogReader
from gasprint.units import UNITS_PER_TONNE
from tests.kept_chain import CUSTODIAN, DEPLOYER, HOLDER, OUTSIDER, KeptChain, addresses
from tests.suite import FIRST_SERIAL, NO_UTF8, NOTHING_SAID, STANDS_FOR_BYTES, TOKEN_ID

MARKUP = '<script>alert("1")</script>\u202e=1+1;\x00\x1b[31m\'); DROP TABLE blocks; --'
POLICY = ([1, 2**255], 2020, MARKUP, NOTHING_SAID[0], 0, 2**128 - 1, 0, True, "Öko", "", "here")
_NUMBERS = itertools.count(1)


def add_a_bit_of_everything(chain: KeptChain) -> None:
    """Has most kinds of events logged, with texts of any bytes wherever there are texts."""
    suite = chain.suite
    credits, records, retire = suite.CarbonCredits, suite.CreditRecords, suite.AutoRetire
    accounts = addresses(4)
    chain.make_due(accounts)
    other = chain.issue(1000, 1009)
    details = (NOTHING_SAID[0], STANDS_FOR_BYTES, MARKUP, "Öko", 5, 2**40 - 1)
    recorded = suite.EmissionsRegistry.functions.record(10**6)
    for sender, function in (
        (OUTSIDER, retire.functions.settle(accounts[0])),
        (HOLDER, retire.functions.setPolicy(POLICY)),
        (HOLDER, retire.functions.setThreshold(2**248 - 1)),
        (OUTSIDER, suite.EmissionsRegistry.functions.setReporter(HOLDER.address, True)),
        (HOLDER, suite.EmissionsRegistry.functions.recordFor(OUTSIDER.address, 7)),
        (HOLDER, credits.functions.setApprovalForAll(OUTSIDER.address, True)),
        (
            HOLDER,
            credits.functions.safeBatchTransferFrom(
                HOLDER.address, OUTSIDER.address, [TOKEN_ID, other], [9, 5], b""
            ),
        ),
        (
            HOLDER,
            credits.functions.retireFor(
                TOKEN_ID, HOLDER.address, 3, OUTSIDER.address, details, True
            ),
        ),
        (
            HOLDER,
            credits.functions.redeem(TOKEN_ID, HOLDER.address, 2, STANDS_FOR_BYTES),
        ),
        (CUSTODIAN, records.functions.addLabel(other, STANDS_FOR_BYTES, 1)),
        (CUSTODIAN, credits.functions.suspend([other], MARKUP)),
        (CUSTODIAN, credits.functions.resume([other])),
        (
            CUSTODIAN,
            credits.functions.invalidate(TOKEN_ID, FIRST_SERIAL + 9, FIRST_SERIAL + 9, "reversed"),
        ),
        (DEPLOYER, recorded),
    ):
        _send(chain, sender, function)
    for sender, function in _trade(chain):
        _send(chain, sender, function)
    settled = records.functions.settleSerials(TOKEN_ID, FIRST_SERIAL, STANDS_FOR_BYTES)
    _send(chain, CUSTODIAN, settled)
    chain.mine(2)


def _send(chain: KeptChain, sender: Any, function: Any) -> None:
    data = function._encode_transaction_data()
    data = data.replace(STANDS_FOR_BYTES.encode().hex(), NO_UTF8.hex())
    receipt = chain.send(sender.address, to=function.address, data=data)
    assert receipt["status"] == 1, function


def _trade(chain: KeptChain) -> Iterator[tuple[Any, Any]]:
    """Lists, sells, buys and retires, cancels, and settles by buying."""
    money, suite = chain.deploy("PaymentToken", 6), chain.suite
    market, retire = suite.CreditMarket.functions, suite.AutoRetire.functions
    yield OUTSIDER, money.functions.mint(OUTSIDER.address, 10**12)
    for spender in (suite.CreditMarket, suite.AutoRetire):
        yield OUTSIDER, money.functions.approve(spender.address, 10**12)
    yield HOLDER, suite.CarbonCredits.functions.setApprovalForAll(suite.CreditMarket.address, True)
    yield HOLDER, market.list(TOKEN_ID, 10 * UNITS_PER_TONNE, money.address, 10**7, 0)
    (listed,) = suite.CreditMarket.events.Listed().get_logs(from_block=0)
    listing, token = listed["args"]["listingId"], money.address
    yield OUTSIDER, market.buy(listing, UNITS_PER_TONNE, OUTSIDER.address, 2**256 - 1)
    yield (
        OUTSIDER,
        market.buyAndRetire(
            listing, 2 * UNITS_PER_TONNE, OUTSIDER.address, NOTHING_SAID, True, 2**256 - 1
        ),
    )
    policy = ([TOKEN_ID], 0, "", token, 10**8, 2**128 - 1, 3600, False, "", "", "")
    yield DEPLOYER, retire.setPolicy(policy)
    yield DEPLOYER, retire.setThreshold(1)
    yield OUTSIDER, retire.depositPayment(DEPLOYER.address, token, 10**9)
    yield OUTSIDER, retire.settle(DEPLOYER.address)
    yield HOLDER, market.withdrawProceeds(token, HOLDER.address)
    yield HOLDER, market.cancel(listing, HOLDER.address)


def emit(chain: KeptChain, blocks: int) -> None:
    """Has new accounts record what was never recorded before, a block each."""
    for account in addresses(blocks, 10_000 + 100 * next(_NUMBERS)):
        chain.fund([account])
        chain.call(account, chain.suite.EmissionsRegistry.functions.record(next(_NUMBERS)))


def synced(chain: KeptChain, ledger: Path, url: str = "", **options: Any) -> Synced:
    """Syncs by the chain's own node, or by another."""
    return sync(ledger, Node.at(url or chain.url), chain.deployment, **options)


def rows(ledger: Path, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """What a query finds in a ledger."""
    with duckdb.connect(str(ledger), read_only=True) as connection:
        return connection.execute(query, parameters).fetchall()


def contents(ledger: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that a ledger has, but for how it came to it."""
    with duckdb.connect(str(ledger), read_only=True) as connection:
        tables = [name for (name,) in connection.execute("SHOW TABLES").fetchall()]
        return {
            table: connection.execute(f'FROM "{table}" ORDER BY ALL').fetchall()
            for table in tables
            if table != "syncs"
        }


def start_syncing(chain: KeptChain, ledger: Path, blocks_at_once: int, **options: Any) -> int:
    """Syncs in a process of its own, in many steps, each of which readers see; its number.

    A fork, since to start Python anew takes far longer than to sync.
    """
    process = os.fork()
    if process:
        return process
    try:
        file._LEAST_SECONDS_BETWEEN, file._SHARE_OF_TIME = 0, 0
        syncing.LogReader = partial(  # type: ignore[assignment,misc]
            LogReader, _size=blocks_at_once, _most=blocks_at_once
        )
        synced(chain, ledger, **options)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)
