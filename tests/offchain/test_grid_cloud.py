"""CO2e of electricity in a region of a cloud.

given a region
    it gives g/kWh in the units of no table but ours, and says what the figure really is of
given several tables that have it
    it takes one by default, gives the others by release, and names them all
given a region or release that no table has, or a figure that no grid emits
    it refuses in one line
"""

from __future__ import annotations

import pytest

from gasprint.errors import GridError
from gasprint.grid import grid_intensity, references_of


@pytest.mark.parametrize(
    ("region", "grams_per_kwh", "reference", "is_of"),
    [
        ("aws:us-east-1", 415.755, "aws:us-east-1@ccf-2021", "NERC region SERC"),
        ("aws:us-east-1@mlco2", 367.8, "aws:us-east-1@mlco2", "an eGRID subregion"),
        ("aws:eu-central-1", 338, "aws:eu-central-1@ccf-2021", "Germany as a whole"),
        ("azure:eastus", 415.755, "azure:eastus@ccf-2021", "NERC region SERC"),
        ("azure:centralus@mlco2", 736.6, "azure:centralus@mlco2", "eGRID subregion SRMW"),
        ("gcp:us-central1", 430, "gcp:us-central1@codecarbon-3.3.2", "the grid of the region"),
        ("gcp:us-central1@ccf-2021", 479, "gcp:us-central1@ccf-2021", "the grid of the region"),
        ("gcp:asia-east1@mlco2", 557, "gcp:asia-east1@mlco2", "one hour of Taiwan: 2 July 2019"),
    ],
)
def test_figures(region: str, grams_per_kwh: float, reference: str, is_of: str) -> None:
    found = grid_intensity(region)
    assert found.grams_per_kwh.best == pytest.approx(grams_per_kwh, rel=1e-12)
    assert found.reference == reference
    assert is_of in found.basis
    assert found.basis.startswith("location-based")
    assert grid_intensity(found.reference) == found


def test_case_does_not_matter() -> None:
    assert grid_intensity("AWS:US-EAST-1") == grid_intensity("aws:us-east-1")


def test_competing_figures_are_named_the_default_first() -> None:
    assert references_of("gcp:us-central1") == [
        "gcp:us-central1@codecarbon-3.3.2",
        "gcp:us-central1@ccf-2021",
        "gcp:us-central1@mlco2",
    ]
    assert references_of("egrid:SRVC")[0] == "egrid:SRVC@eGRID2023rev2"
    assert references_of("country:DEU") == ["country:DEU@codecarbon-3.3.2"]


@pytest.mark.parametrize(
    ("region", "hint"),
    [
        ("aws:us-east-9", "did you mean us-east-2"),
        ("azure:eastus9", "did you mean eastus"),
        ("gcp:us-central1@ccf", "did you mean ccf-2021"),
        ("aws:us-east-1@codecarbon-3.3.2", "known are ccf-2021, mlco2"),
        ("azure:germanywestcentral", "published with 4.02e.08 g/kWh, outside of"),
        ("alibaba:eu-central-1", "aws:us-east-1"),
    ],
)
def test_refuses(region: str, hint: str) -> None:
    with pytest.raises(GridError, match=hint) as refusal:
        grid_intensity(region)
    assert "\n" not in str(refusal.value)
