"""How a network's power comes out of published figures, line by line.

given a network of any kind, at a moment that its model holds for
  each line, recomputed in exact arithmetic, comes to what it says
  the last three are its power, and every figure that is given has its source
given Ethereum on its last day of proof of work
  the hashrate is that of the hours that it ran
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from test_explanation import recomputed

from gasprint.networks import network_named
from gasprint.networks.workings import power_lines

MOMENT = datetime(2024, 6, 1, 12, tzinfo=UTC)
NETWORKS = ["ethereum", "solana", "vechain", "iota", "polygon", "op-mainnet", "bitcoin"]


@pytest.mark.parametrize(
    ("name", "moment"),
    [(name, MOMENT) for name in NETWORKS]
    + [("ethereum", datetime(2016, 2, 29, tzinfo=UTC)), ("ethereum-pow", datetime(2022, 9, 15, 6))],
)
def test_power(name: str, moment: datetime) -> None:
    moment = moment.replace(tzinfo=UTC)
    network = network_named(name)
    lines = power_lines(network, moment, "power")
    for line in lines:
        assert float(recomputed(line.expression)) == pytest.approx(line.result, rel=1e-10)
        assert line.source
    power = network.power_segments(moment, moment)[0].value
    assert [line.bound for line in lines[-3:]] == ["lower", "best", "upper"]
    assert [line.result for line in lines[-3:]] == pytest.approx(
        [power.lower, power.best, power.upper], rel=1e-10
    )


def test_the_day_of_the_merge() -> None:
    """Its average over 24 hours, by the 24,179 s that it ran."""
    today, yesterday = (
        power_lines(network_named("ethereum"), datetime(2022, 9, day, tzinfo=UTC), "power")[0]
        for day in (15, 14)
    )
    assert today.unit == "GH/s"
    # It ran as hard as the day before while it ran.
    assert today.result == pytest.approx(yesterday.result, rel=0.2)
