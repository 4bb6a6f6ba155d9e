"""Apache Spark, to share energy out by the same expressions, where Spark is what one has.

DuckDB reads and checks the sources as ever, and writes what holds into Parquet, row by row, so
that neither the one nor the other has to hold all of it; Spark shares it out.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis import _

from gasprint.errors import InputError
from gasprint.footprint import Moved

_OPTIONS = {
    # To be reached by nobody else.
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # A block's day is that of UTC, wherever this runs.
    "spark.sql.session.timeZone": "UTC",
    "spark.log.level": "ERROR",
}


@contextmanager
def spark() -> Iterator[Moved]:
    """A Spark, as long as what it works out is asked for.

    The one that this process has already, which reckons in UTC from then on; or else one of this
    machine alone, by what `spark-defaults.conf` in `SPARK_CONF_DIR` says of memory and the like.

    Raises:
        InputError: if PySpark or Java is missing.
    """
    if find_spec("pyspark") is None:
        raise InputError("--engine spark needs PySpark; pip install 'gasprint[spark]'")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise InputError("--engine spark needs Java 17 or 21; install it, or use --engine duckdb")
    from pyspark.errors import PySparkRuntimeError
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    is_ours = SparkSession.getActiveSession() is None
    builder = SparkSession.builder.appName("gasprint").config(map=dict(_OPTIONS))
    try:
        session = builder.getOrCreate()
    except PySparkRuntimeError as error:
        raise InputError(
            "Spark does not start; it needs Java 17 or 21, see what it said above"
        ) from error
    try:
        with tempfile.TemporaryDirectory(prefix="gasprint-spark-") as folder:
            connection = ibis.pyspark.connect(session)

            def moved(*tables: ir.Table) -> tuple[ir.Table, ir.Table]:
                blocks, transactions = (
                    _moved(table, Path(folder) / f"{name}.parquet", connection)
                    for name, table in zip(("blocks", "transactions"), tables, strict=True)
                )
                return blocks, transactions

            yield moved
    finally:
        if is_ours:
            session.stop()


def _moved(table: ir.Table, path: Path, connection: ibis.BaseBackend) -> ir.Table:
    table.to_parquet(path)
    there = connection.read_parquet(path)
    # Spark's times have no zone, and are those of its session.
    times = [name for name, kind in table.schema().items() if kind.is_timestamp()]
    return there.mutate(**{name: _[name].cast("timestamp('UTC')") for name in times})
