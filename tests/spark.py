"""A Spark of a test's own, quick with few rows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gasprint.footprint import Moved
from gasprint.spark import spark

MISSING = "Java is missing: apt-get install default-jre-headless"

# A few rows need no code made for them, neither by Spark nor by Java: it takes longer than they do.
SMALL = """
spark.sql.shuffle.partitions 2
spark.sql.codegen.wholeStage false
spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
"""


@contextmanager
def small_spark(folder: Path) -> Iterator[Moved]:
    """Without Java the tests skip; with CI=true they fail."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)
    (folder / "spark-defaults.conf").write_text(SMALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(folder))
        with spark() as to_spark:
            yield to_spark
