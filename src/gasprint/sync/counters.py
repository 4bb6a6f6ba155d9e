"""Holds what a ledger file adds up to against the contracts' own counters, as of one block."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from gasprint._node import Node
from gasprint.sync.named import name_all
from gasprint.view_functions import ViewFunction

_CALLS_PER_REQUEST = 100

COUNTERS = {
    "CarbonCredits": (
        "function balanceOf(address, uint256) returns (uint256)",
        "function creditCount() returns (uint256)",
        "function invalidatedFor(address) returns (uint256)",
        "function replacedFor(address) returns (uint256)",
        "function retiredFor(address) returns (uint256)",
        "function stateOf(uint256) returns ((uint256, uint256, uint256, uint256, uint256))",
    ),
    "EmissionsRegistry": (
        "function commitmentCount(address) returns (uint256)",
        "function emissionsOf(address) returns ((uint256, uint256, uint256, uint256))",
        "function factorCount() returns (uint256)",
        "function finalityBlocks() returns (uint256)",
    ),
    "AutoRetire": (
        "function depositOf(address, uint256) returns (uint256)",
        "function thresholdOf(address) returns (uint256)",
    ),
    "CreditMarket": ("function listingCount() returns (uint256)",),
    "CreditRecords": ("function settledThrough(uint256) returns (uint256)",),
    "RetirementCertificates": ("function balanceOf(address) returns (uint256)",),
    "Authority": (),
}


@dataclass(frozen=True)
class _Counter:
    """A counter of a contract.

    Attributes:
        contract: its name.
        function: that tells it, or several at once.
        of: what each of its arguments is.
        figures: what it tells, by its place among the results.
        query: gives a row of arguments and expected figures for each call; `$id` is the deployment.
        subject: what is compared, where that is not what the function is there for.
    """

    contract: str
    function: str
    of: tuple[str, ...]
    figures: Mapping[int, str]
    query: str
    subject: str = ""

    @property
    def name(self) -> str:
        """The function, with its contract; what is compared by it, where that is said."""
        return f"{self.contract}.{self.function}{self.subject and f' ({self.subject})'}"


def _one_by_account(function: str, what: str, table: str, column: str, amount: str) -> _Counter:
    query = f"SELECT {column}, sum({amount}) FROM {table} WHERE deployment_id = $id GROUP BY ALL"
    return _Counter("CarbonCredits", function, ("account",), {0: what}, query)


_ALL = (
    _Counter(
        *("EmissionsRegistry", "emissionsOf", ("account",)),
        {0: "records", 1: "gas recorded", 2: "pWh emitted", 3: "µg CO2e emitted"},
        """
        SELECT account, sum(records), sum(gas_used), sum(energy_picowatt_hours),
            sum(co2e_micrograms)
        FROM (
            SELECT account, 1 AS records, gas_used, energy_picowatt_hours, co2e_micrograms
            FROM emissions_recorded WHERE deployment_id = $id
            UNION ALL
            SELECT account, record_count, gas_used, energy_picowatt_hours, co2e_micrograms
            FROM emissions_committed WHERE deployment_id = $id
            UNION ALL SELECT account, 0, 0, 0, 0 FROM named_account
        ) GROUP BY ALL
        """,
    ),
    _Counter(
        *("EmissionsRegistry", "commitmentCount", ("account",), {0: "commitments"}),
        "SELECT account, count(*) FROM emissions_committed WHERE deployment_id = $id GROUP BY ALL",
    ),
    _Counter(
        *("EmissionsRegistry", "factorCount", (), {0: "factors"}),
        "SELECT count(*) FROM factor_published WHERE deployment_id = $id",
    ),
    _Counter(
        *("CarbonCredits", "creditCount", (), {0: "credits"}),
        "SELECT count(*) FROM credit_minted WHERE deployment_id = $id",
    ),
    _one_by_account("retiredFor", "units retired", "credit_retired", "account", "amount"),
    _one_by_account(
        *("invalidatedFor", "units counted as cancelled"),
        *("retirement_invalidated", "beneficiary", "units"),
    ),
    _one_by_account(
        "replacedFor", "units made good", "retirement_replaced", "beneficiary", "units"
    ),
    _Counter(
        *("CarbonCredits", "stateOf", ("credit",)),
        {0: "units retired", 1: "units redeemed", 4: "retirements"},
        """
        SELECT token_id,
            coalesce((SELECT sum(amount) FROM credit_retired AS each
                WHERE each.deployment_id = $id AND each.token_id = credit.token_id), 0),
            coalesce((SELECT sum(last_serial - first_serial + 1) FROM serials_redeemed AS each
                WHERE each.deployment_id = $id AND each.token_id = credit.token_id), 0) * 100000000,
            (SELECT count(*) FROM retirement_recorded AS each
                WHERE each.deployment_id = $id AND each.token_id = credit.token_id)
        FROM credit_minted AS credit WHERE deployment_id = $id
        """,
    ),
    _Counter(
        *("CarbonCredits", "balanceOf", ("account", "credit"), {0: "units held"}),
        """
        WITH moved AS (
            SELECT from_, to_, id, value FROM transfer_single WHERE deployment_id = $id
            UNION ALL
            SELECT from_, to_, unnest(ids), unnest(values_) FROM transfer_batch
            WHERE deployment_id = $id
        ), changes AS (
            SELECT to_ AS account, id, value FROM moved
            UNION ALL SELECT from_, id, -value FROM moved
        )
        SELECT account, id, sum(value) FROM changes
        WHERE account != '0x0000000000000000000000000000000000000000' GROUP BY ALL
        """,
    ),
    _Counter(
        *("AutoRetire", "depositOf", ("account", "credit"), {0: "units deposited"}),
        """
        SELECT account, token_id, sum(units) FROM (
            SELECT account, token_id, units FROM deposited WHERE deployment_id = $id
            UNION ALL SELECT account, token_id, -units FROM withdrawn WHERE deployment_id = $id
            UNION ALL SELECT account, token_id, -units FROM settled WHERE deployment_id = $id
            -- Whoever had credits moved there or back, or retired from there, may have deposited.
            UNION ALL SELECT account, token_id, 0 FROM named_deposit
        ) GROUP BY ALL
        """,
    ),
    _Counter(
        *("CarbonCredits", "balanceOf", ("account", "credit"), {0: "units deposited"}),
        """
        SELECT auto_retire, token_id, sum(units) FROM (
            SELECT token_id, units FROM deposited WHERE deployment_id = $id
            UNION ALL SELECT token_id, -units FROM withdrawn WHERE deployment_id = $id
            UNION ALL SELECT token_id, -units FROM settled WHERE deployment_id = $id
            UNION ALL SELECT token_id, 0 FROM named_credit
        ), (SELECT auto_retire FROM deployments WHERE deployment_id = $id) GROUP BY ALL
        """,
        subject="deposits",
    ),
    _Counter(
        *("CarbonCredits", "balanceOf", ("account", "credit"), {0: "units listed"}),
        """
        SELECT credit_market, token_id, sum(units) FROM (
            SELECT token_id, units FROM listed WHERE deployment_id = $id
            UNION ALL
            SELECT token_id, -gone.units FROM (
                SELECT deployment_id, listing_id, units FROM sold
                UNION ALL SELECT deployment_id, listing_id, units FROM cancelled
            ) AS gone JOIN listed USING (deployment_id, listing_id) WHERE deployment_id = $id
            UNION ALL SELECT token_id, 0 FROM named_credit
        ), (SELECT credit_market FROM deployments WHERE deployment_id = $id) GROUP BY ALL
        """,
        subject="listings",
    ),
    _Counter(
        *("AutoRetire", "thresholdOf", ("account",), {0: "µg CO2e as the threshold"}),
        """
        SELECT account, coalesce(threshold, '0') FROM named_account LEFT JOIN (
            SELECT account,
                arg_max(threshold_co2e_micrograms, (block_number, log_index)) AS threshold
            FROM threshold_set WHERE deployment_id = $id GROUP BY ALL
        ) USING (account)
        """,
    ),
    _Counter(
        *("CreditMarket", "listingCount", (), {0: "listings"}),
        "SELECT count(*) FROM listed WHERE deployment_id = $id",
    ),
    _Counter(
        *("CreditRecords", "settledThrough", ("credit",), {0: "as the last serial settled"}),
        """
        SELECT token_id, coalesce(max(last_serial), 0) FROM named_credit
        LEFT JOIN (FROM serials_settled WHERE deployment_id = $id) USING (token_id) GROUP BY ALL
        """,
    ),
    _Counter(
        *("RetirementCertificates", "balanceOf", ("account",), {0: "certificates"}),
        """
        SELECT account, sum(count) FROM (
            SELECT to_ AS account, 1 AS count FROM transfer WHERE deployment_id = $id
            UNION ALL SELECT from_, -1 FROM transfer WHERE deployment_id = $id
            UNION ALL SELECT account, 0 FROM named_account
        ) WHERE account != '0x0000000000000000000000000000000000000000' GROUP BY ALL
        """,
    ),
)


@dataclass(frozen=True)
class Contradiction:
    """What the events add up to, beside what the contract tells.

    Attributes:
        function: the contract's, with its name.
        arguments: that it was asked for, each with what it is.
        what: the figure.
        told: by the contract; None where it tells none.
        found: what the events add up to; None where that is more than there is.
    """

    function: str
    arguments: tuple[tuple[str, Any], ...] = ()
    what: str = ""
    told: int | None = None
    found: int | None = None

    @property
    def text(self) -> str:
        """In one line."""
        if self.found is None:
            return f"{self.function}: the events add up to more than there is"
        where = "".join(f" of {of} {value}" for of, value in self.arguments)
        if self.told is None:
            rest = f"it tells none, and the events {self.found:,}"
        else:
            rest = f"the contract tells {self.told:,}, the events add up to {self.found:,}"
        return f"{self.function}: {self.what}{where}: {rest}"


def contradictions(
    connection: duckdb.DuckDBPyConnection,
    deployment_id: int,
    node: Node,
    addresses: Mapping[str, str],
    block_number: int,
    functions: Container[str] | None = None,
) -> Iterator[Contradiction]:
    """What the events of a deployment do not add up to.

    Args:
        connection: to the ledger.
        deployment_id: of the deployment.
        node: what to ask.
        addresses: of the contracts, by their names.
        block_number: as of which block.
        functions: to ask, each with its contract; None for all.

    Raises:
        InputError: if the node fails.
    """
    name_all(connection, deployment_id)
    for counter in _ALL:
        if functions is not None and counter.name not in functions:
            continue
        try:
            rows = connection.execute(counter.query, {"id": deployment_id})
            while some := rows.fetchmany(_CALLS_PER_REQUEST):
                address = addresses[counter.contract]
                yield from _compare(counter, some, node, address, block_number)
        except duckdb.OutOfRangeException:
            yield Contradiction(counter.name)


def _compare(
    counter: _Counter,
    rows: Sequence[tuple[Any, ...]],
    node: Node,
    address: str,
    block_number: int,
) -> Iterator[Contradiction]:
    begins = f"function {counter.function}("
    declared = next(each for each in COUNTERS[counter.contract] if each.startswith(begins))
    function = ViewFunction.of(declared)
    count = len(function.takes)
    asked = []
    for row in rows:
        values = [
            int(v) if t == "uint256" else v for t, v in zip(function.takes, row, strict=False)
        ]
        asked.append(({"to": address, "data": function.data(values)}, hex(block_number)))
    answers = node.batch_each("eth_call", asked)
    for row, answer in zip(rows, answers, strict=True):
        told = function.results(answer)
        arguments = tuple(zip(counter.of, row, strict=False))
        for (place, what), found in zip(counter.figures.items(), row[count:], strict=True):
            of_figure = None if told is None else int(told[place])
            if of_figure != int(found):
                yield Contradiction(counter.name, arguments, what, of_figure, int(found))
