"""What can be chosen of a footprint; by itself, so that the command line starts fast."""

from enum import StrEnum


class Allocation(StrEnum):
    """By what energy is shared out."""

    GAS = "gas"
    FEE = "fee"
    COUNT = "count"
    HYBRID = "hybrid"


class Window(StrEnum):
    """Of what time the energy is shared out at once."""

    BLOCK = "block"
    DAY = "day"


class By(StrEnum):
    """What a row is about."""

    TRANSACTION = "transaction"
    ADDRESS = "address"
    ENTITY = "entity"
    BLOCK = "block"
    DAY = "day"


class Engine(StrEnum):
    """What works it out."""

    DUCKDB = "duckdb"
    SPARK = "spark"
    BIGQUERY = "bigquery"
