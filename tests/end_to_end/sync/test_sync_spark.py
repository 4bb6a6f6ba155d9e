"""Spark reads what `gasprint sync --export` wrote.

given the export of a chain with a bit of everything
  it finds as many rows as the ledger has, and the same sums, whatever type their columns are of
  what each account emitted is what the contract tells
"""

import pytest

from gasprint.sync.export import export_ledger
from tests.spark import small_spark
from tests.synced_chain import rows, synced


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """Spark's own session, without what gasprint puts around it."""
    with small_spark(tmp_path_factory.mktemp("spark")):
        from pyspark.sql import SparkSession

        yield SparkSession.getActiveSession()


# Of each type that a column has: quantities, ids as texts, lists, and bytes of texts.
QUANTITIES = {
    "blocks": "time_unix_seconds",
    "emissions_recorded": "co2e_micrograms",
    "factor_published": "picograms_per_gas",
    "retirement_described": "octet_length(beneficiary_name_bytes)",
    "transfer_batch": "values_[1]",
    "transfer_single": "value",
}


def test_spark_finds_the_same_sums(chain, session, ledger, tmp_path):
    synced(chain, ledger)
    export_ledger(ledger, tmp_path / "out")
    final = chain.web3.eth.block_number - 1

    def by_spark(query):
        return [tuple(row) for row in session.sql(query).collect()]

    def sums(quantities, source):
        return " UNION ALL ".join(
            f"SELECT '{table}', count(*), sum(CAST({quantity} AS DECIMAL(38, 0))) FROM "
            + source.format(table)
            for table, quantity in quantities.items()
        )

    exported = f"parquet.`{tmp_path}/out/{{}}` WHERE chain = 31337 AND blocks = 0"
    # Spark's lists begin at 0.
    theirs = QUANTITIES | {"transfer_batch": "values_[0]"}
    told = by_spark(sums(theirs, exported))
    kept = rows(ledger, sums(QUANTITIES, f"{{}} WHERE block_number <= {final}"))
    assert sorted(told) == sorted(kept)
    assert all(count > 0 and total > 0 for _, count, total in told)
    accounts = by_spark(
        "SELECT account, sum(co2e_micrograms) FROM "
        f"{exported.format('emissions_recorded')} GROUP BY account"
    )
    registry = chain.suite.EmissionsRegistry.functions
    assert len(accounts) > 5
    for account, micrograms in accounts:
        assert registry.emittedBy(account).call() == int(micrograms)
