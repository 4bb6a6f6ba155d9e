"""CO2e of electricity by region.

given an eGRID subregion, state or US, a country, or the places of a network's nodes
    it gives g/kWh with year, release and source; its reference finds the same figure again
given a release
    it gives that release's figure, and never another's
given an unknown region or release
    it refuses in one line, with names like it
given a row whose CO2e is below its CO2, or that has no CO2e
    it refuses, naming the row
"""

from __future__ import annotations

import pytest

from gasprint.bounds import Bounds
from gasprint.errors import GridError
from gasprint.grid import grid_intensity

GRAMS_PER_POUND = 453.59237


@pytest.mark.parametrize(
    ("region", "pounds_per_mwh", "name", "year", "release"),
    [
        ("egrid:SRVC", 596.326, "SERC Virginia/Carolina", 2023, "eGRID2023rev2"),
        ("egrid:US", 770.884, "United States", 2023, "eGRID2023rev2"),
        ("egrid:VA", 539.599, "Virginia", 2023, "eGRID2023rev2"),
        ("egrid:SRVC@eGRID2022", 625.874, "SERC Virginia/Carolina", 2022, "eGRID2022"),
        ("egrid:SRVC@eGRID2021", 642.855, "SERC Virginia/Carolina", 2021, "eGRID2021"),
    ],
)
def test_egrid(region: str, pounds_per_mwh: float, name: str, year: int, release: str) -> None:
    found = grid_intensity(region)
    assert found.grams_per_kwh.best == pytest.approx(pounds_per_mwh * GRAMS_PER_POUND / 1000)
    assert (found.name, found.year, found.release) == (name, year, release)


def test_country() -> None:
    found = grid_intensity("country:DEU")
    assert found.grams_per_kwh == Bounds(380.95, 380.95, 380.95)
    assert (found.name, found.year) == ("Germany", 2023)


def test_network_is_published_tonnes_over_published_kwh() -> None:
    found = grid_intensity("network:ethereum")
    assert found.grams_per_kwh == Bounds(870e6 / 2.601e6, 2800e6 / 7.5e6, 475)
    assert found.year == 2023
    assert "CCRI" in found.source


@pytest.mark.parametrize(
    "region", ["egrid:SRVC", "egrid:SRVC@eGRID2022", "country:DEU", "network:ethereum"]
)
def test_a_reference_finds_the_same_figure_again(region: str) -> None:
    found = grid_intensity(region)
    assert grid_intensity(found.reference) == found


@pytest.mark.parametrize("region", ["egrid:SRVC", "country:DEU", "network:ethereum"])
def test_case_does_not_matter(region: str) -> None:
    assert grid_intensity(region.lower()) == grid_intensity(region)
    assert grid_intensity(region.upper()) == grid_intensity(region)


@pytest.mark.parametrize(
    ("region", "hint"),
    [
        ("egrid:SRVX", "did you mean SRVC"),
        ("country:DEX", "DEU"),
        ("network:etherium", "did you mean ethereum"),
        ("Virginia", "write egrid:SRVC"),
        ("egrid:SRVC@eGRID2032", "did you mean eGRID2022"),
        ("egrid:VA@eGRID2022", "'egrid:VA@eGRID2022' is unknown"),
        ("country:DEU@2020", "leave it out for codecarbon-3.3.2"),
    ],
)
def test_refuses_an_unknown_region_with_names_like_it(region: str, hint: str) -> None:
    with pytest.raises(GridError, match=hint) as refusal:
        grid_intensity(region)
    assert "\n" not in str(refusal.value)


def test_refuses_co2e_below_co2() -> None:
    with pytest.raises(GridError, match=r"egrid:SRVC@eGRID2023-jan2025 .* 584\.887 .* 590\.229"):
        grid_intensity("egrid:SRVC@eGRID2023-jan2025")


def test_accepts_a_sound_row_of_the_same_release() -> None:
    assert grid_intensity("egrid:AZNM@eGRID2023-jan2025").release == "eGRID2023-jan2025"


def test_refuses_a_release_with_co2_only() -> None:
    with pytest.raises(GridError, match=r"egrid:SRVC@eGRID2020 .* publishes CO2 only"):
        grid_intensity("egrid:SRVC@eGRID2020")
