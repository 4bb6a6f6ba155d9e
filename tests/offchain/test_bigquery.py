"""The SQL for the public data set of Ethereum on BigQuery.

given the sample that ships, as tables of the data set's columns
    the query, run by DuckDB, has the same figures as the command, however rows are made and shared
given blocks of proof of work
    the query holds each day's charge; the block of the day before gives the first one its time
given the command
    it writes sound BigQuery SQL, which reads no day that is not asked for
given no --sql, files, no days, or a format; or too many days, days in the wrong order, or a rollup
    it is refused in one line
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
import sqlglot
from conftest import Command
from sqlglot import exp

from gasprint.bigquery import footprint_sql
from gasprint.choices import Allocation, By, Window
from gasprint.errors import InputError
from gasprint.footprint import SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS, footprint_of
from gasprint.grid import grid_named
from gasprint.networks import network_named
from gasprint.sources import open_source

DAY, DAY_OF_WORK = date(2023, 5, 2), date(2022, 9, 14)

BLOCKS = f"""
    SELECT number, to_timestamp({{seconds}}) AS timestamp, gas_used, transaction_count
    FROM read_json('{SAMPLE_BLOCKS}')"""
TRANSACTIONS = f"""
    SELECT hash, block_number, to_timestamp({{seconds}}) AS block_timestamp, transaction_index,
        from_address, to_address, receipt_gas_used, receipt_effective_gas_price, gas_price
    FROM read_json('{SAMPLE_TRANSACTIONS}')"""


@pytest.fixture
def data_set() -> Iterator[Callable[..., duckdb.DuckDBPyConnection]]:
    """Makes a DuckDB with two queries' rows in the place of the data set."""
    with duckdb.connect() as connection:

        def made(blocks: str, transactions: str) -> duckdb.DuckDBPyConnection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("ATTACH ':memory:' AS \"bigquery-public-data\"")
            connection.execute('CREATE SCHEMA "bigquery-public-data".crypto_ethereum')
            there = '"bigquery-public-data".crypto_ethereum'
            connection.execute(f"CREATE TABLE {there}.blocks AS {blocks}")
            connection.execute(f"CREATE TABLE {there}.transactions AS {transactions}")
            return connection

        yield made


def run(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, object]]:
    (in_duckdb,) = sqlglot.transpile(sql, read="bigquery", write="duckdb")
    # By this name BigQuery has the division that DuckDB writes as a slash.
    connection.execute("CREATE OR REPLACE MACRO ieee_divide(a, b) AS a / b")
    return connection.execute(in_duckdb).to_arrow_table().to_pylist()


def same(found: list[dict[str, object]], expected: list[dict[str, object]]) -> None:
    assert len(found) == len(expected) > 0
    for one, other in zip(found, expected, strict=True):
        assert one.keys() == other.keys()
        for name, value in other.items():
            if isinstance(value, float):
                assert one[name] == pytest.approx(value, rel=1e-12), name
            else:
                assert one[name] == value, name


@pytest.mark.parametrize(
    ("by", "allocation", "window"),
    [
        (By.TRANSACTION, Allocation.GAS, Window.BLOCK),
        (By.ADDRESS, Allocation.FEE, Window.BLOCK),
        (By.ADDRESS, Allocation.GAS, Window.DAY),
        (By.BLOCK, Allocation.FEE, Window.DAY),
        (By.DAY, Allocation.COUNT, Window.BLOCK),
    ],
)
def test_same_figures_as_the_command(
    data_set: Callable[..., duckdb.DuckDBPyConnection],
    by: By,
    allocation: Allocation,
    window: Window,
) -> None:
    network, grid = network_named("ethereum"), grid_named("egrid:SRVC")
    chain = open_source(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
    expected = footprint_of(chain, network, grid, allocation, window).by(by)
    sql = footprint_sql(network, grid, DAY, DAY, by, allocation, window)
    connection = data_set(
        BLOCKS.format(seconds="timestamp"), TRANSACTIONS.format(seconds="block_timestamp")
    )
    same(run(connection, sql), expected.to_pyarrow().to_pylist())


def test_each_day_has_its_own_charge(
    data_set: Callable[..., duckdb.DuckDBPyConnection],
) -> None:
    # The first block of the sample twelve seconds before the midnight that began the 14th.
    moved = int(datetime(2022, 9, 13, 23, 59, 48, tzinfo=UTC).timestamp()) - 1_683_029_999
    connection = data_set(
        BLOCKS.format(seconds=f"timestamp + {moved}"),
        TRANSACTIONS.format(seconds=f"block_timestamp + {moved}"),
    )
    network, grid = network_named("ethereum"), grid_named("network:ethereum")
    (day,) = run(connection, footprint_sql(network, grid, DAY_OF_WORK, DAY_OF_WORK, By.DAY))
    assert (day["day"], day["transactions"]) == (DAY_OF_WORK, 182)
    midnight = datetime(2022, 9, 14, tzinfo=UTC)
    (power,) = network.power_segments(midnight, midnight)
    assert day["energy_kwh_best"] == pytest.approx(power.value.best * 12 / 3_600_000, rel=1e-12)

    both = footprint_sql(network, grid, date(2022, 9, 13), DAY_OF_WORK, By.DAY)
    first, second = run(connection, both)
    assert first["energy_kwh_best"] is None, "of the first block no parent is there"
    assert second == day


def test_reads_only_the_days_asked_for(gasprint: Command, tmp_path: Path) -> None:
    file = tmp_path / "footprint.sql"
    result = gasprint(
        *("footprint", "--engine", "bigquery", "--sql", "-o", file),
        *("--since", "2022-09-14", "--until", "2022-09-16", "--by", "day"),
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    sql = file.read_text()
    query = sqlglot.parse_one(sql, dialect="bigquery")
    tables = {each.sql("bigquery") for each in query.find_all(exp.Table) if each.db}
    assert {each.split(" AS ")[0] for each in tables} == {
        "`bigquery-public-data`.`crypto_ethereum`.`blocks`",
        "`bigquery-public-data`.`crypto_ethereum`.`transactions`",
    }
    assert "`block_timestamp` >= TIMESTAMP('2022-09-14T00:00:00+00:00')" in sql
    assert "`block_timestamp` < TIMESTAMP('2022-09-17T00:00:00+00:00')" in sql
    assert {each.alias for each in query.find_all(exp.CTE)} >= {"charges"}


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--engine", "bigquery"], "gasprint runs no queries on BigQuery; add --sql"),
        (["--sql"], "--sql is for BigQuery, and duckdb is asked; add --engine bigquery"),
        (["--engine", "bigquery", "--sql", "a.csv"], "leave sources and how to read them out"),
        (["--engine", "bigquery", "--sql", "--since", "1", "--until", "2"], "about some days"),
        (["--engine", "bigquery", "--sql", "--format", "csv"], "a query is printed as it is"),
        (
            ["--engine", "bigquery", "--sql", "--network", "solana"],
            "the public data set is of ethereum, not of solana",
        ),
    ],
)
def test_refuses_in_one_line(refused: Callable[..., str], options: list[str], problem: str) -> None:
    assert problem in refused("footprint", *options)


@pytest.mark.parametrize(
    ("network", "since", "until", "allocation", "problem"),
    [
        ("ethereum", DAY, DAY_OF_WORK, Allocation.GAS, "--until 2022-09-14 is before --since"),
        ("ethereum", date(2015, 8, 1), DAY, Allocation.GAS, "more than BigQuery takes"),
        ("ethereum", DAY, DAY, Allocation.HYBRID, "needs block_reward_wei"),
        ("op-mainnet", DAY, DAY, Allocation.GAS, "op-mainnet is a rollup"),
    ],
)
def test_refuses_what_the_data_set_cannot_answer(
    network: str, since: date, until: date, allocation: Allocation, problem: str
) -> None:
    with pytest.raises(InputError, match=problem):
        footprint_sql(
            *(network_named(network), grid_named("egrid:SRVC"), since, until),
            allocation=allocation,
        )
