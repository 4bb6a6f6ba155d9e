"""Power of a proof-of-work network from its hashrate.

given the shipped hashrate and parameters of Ethereum
    a day's power is what Kyle McDonald published for it, to 0.05 %, and so by hand
    the lifetime's energy is what he published, to 0.5 %
    with the shipped intensity of the electricity, so are the lifetime's emissions
    both are what docs/reproductions.md says
    every figure has a unit, a date and a source
given a day on which the network ran in part
    the day's energy is that of the published average over 24 hours
given a time outside of the network's life
    it is refused with the time from, or until, which the model holds
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from gasprint._data import read_document, read_rows
from gasprint.bounds import Bounds
from gasprint.errors import NetworkError
from gasprint.networks import network_named
from gasprint.networks._figures import summed
from gasprint.segments import Segment

REPRODUCTIONS = Path(__file__).parents[3] / "docs" / "reproductions.md"
POW = network_named("ethereum-pow")
MERGE = datetime(2022, 9, 15, 6, 42, 59, tzinfo=UTC)
GENESIS_DAY = datetime(2015, 7, 30, tzinfo=UTC)
LAST = MERGE - timedelta(seconds=1)


def at(year: int, month: int, day: int) -> Segment:
    noon = datetime(year, month, day, 12, tzinfo=UTC)
    (segment,) = POW.power_segments(noon, noon)
    return segment


def kwh(segment: Segment) -> Bounds:
    hours = (segment.until - segment.since) / timedelta(hours=1)
    return segment.value * (hours / 1000)


@pytest.mark.parametrize(
    ("day", "published_gigawatts"),
    [
        ((2017, 12, 31), (0.503445, 0.771471, 1.278409)),
        ((2020, 3, 27), (0.443647, 0.639087, 0.954048)),
        ((2021, 10, 8), (1.653216, 2.316549, 3.317526)),
        ((2022, 5, 13), (2.349315, 3.263342, 4.615245)),
    ],
)
def test_a_days_power_is_the_published_one(
    day: tuple[int, int, int], published_gigawatts: tuple[float, float, float]
) -> None:
    segment = at(*day)
    assert segment.since == datetime(*day, tzinfo=UTC)
    assert segment.until == segment.since + timedelta(days=1)
    power = segment.value
    gigawatts = [each / 1e9 for each in (power.lower, power.best, power.upper)]
    assert gigawatts == pytest.approx(published_gigawatts, rel=5e-4)


def test_a_days_power_by_hand() -> None:
    # 1652400000 s: 1.3744496624e-9 * 1652400000 - 1.8104637778 = 0.4606768443 MH/s per W.
    watts = 1_126_674_270.3 * 1.10 * 1.03 * 1.06 / (0.4606768443 * 0.90)
    assert at(2022, 5, 13).value.best == pytest.approx(watts, rel=1e-9)


@pytest.fixture(scope="module")
def lifetime_energy_kwh() -> Bounds:
    return summed(kwh(each) for each in POW.power_segments(GENESIS_DAY, LAST))


@pytest.fixture(scope="module")
def lifetime_co2e_grams() -> Bounds:
    grams_per_kwh = {
        date.fromisoformat(row["day"]): float(row["grams_per_kwh"])
        for row in read_rows("grid/ethereum_pow_daily.csv")
    }
    return summed(
        kwh(each) * grams_per_kwh[each.since.date()]
        for each in POW.power_segments(GENESIS_DAY, LAST)
    )


def three(value: Bounds, unit: float) -> list[float]:
    return [each / unit for each in (value.lower, value.best, value.upper)]


def test_lifetime_energy_is_the_published_one(lifetime_energy_kwh: Bounds) -> None:
    assert three(lifetime_energy_kwh, 1e9) == pytest.approx([41.60, 59.59, 88.67], rel=0.005)


def test_lifetime_emissions_are_the_published_ones(lifetime_co2e_grams: Bounds) -> None:
    assert three(lifetime_co2e_grams, 1e12) == pytest.approx([12.625, 18.105, 26.982], rel=0.005)


def test_the_page_says_the_same(lifetime_energy_kwh: Bounds, lifetime_co2e_grams: Bounds) -> None:
    page = REPRODUCTIONS.read_text()
    energy = " | ".join(f"{each:.2f}" for each in three(lifetime_energy_kwh, 1e9))
    emissions = " | ".join(f"{each:.3f}" for each in three(lifetime_co2e_grams, 1e12))
    assert f"| energy, TWh: made again | {energy} |" in page
    assert f"| emissions, Mt CO2: made again | {emissions} |" in page


def test_every_figure_has_unit_date_and_source() -> None:
    document = read_document("networks/ethereum-pow.json")
    figures = list(document["hashing_efficiency"].values())
    for bounds in document["parameters"].values():
        figures += bounds.values()
    assert len(figures) == 17
    for figure in figures:
        assert figure["unit"]
        assert figure["as_of"]
        assert figure["source"].startswith("Kyle McDonald")


def test_the_day_of_the_merge_has_the_energy_that_was_published_for_it() -> None:
    (segment,) = POW.power_segments(LAST, LAST)
    assert segment.until == MERGE
    # 0.599425 GW, the published average over the whole day.
    assert kwh(segment).best == pytest.approx(0.599425e6 * 24, rel=5e-4)


@pytest.mark.parametrize(
    ("first", "last", "problem"),
    [
        (GENESIS_DAY - timedelta(seconds=1), LAST, "from 2015-07-30 00:00:00 UTC on"),
        (LAST, MERGE, "until 2022-09-15 06:42:59 UTC, not at 2022-09-15 06:42:59"),
    ],
)
def test_refuses_a_time_outside_of_its_life(first: datetime, last: datetime, problem: str) -> None:
    with pytest.raises(NetworkError, match=problem):
        POW.power_segments(first, last)
