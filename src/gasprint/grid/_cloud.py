"""Regions of AWS, Azure and Google Cloud, from three published tables that disagree.

What a table calls a region's figure may be that of a country, or of half a continent (a NERC
region): the basis says so. How much a provider says it offsets is no intensity, and left out.
"""

from __future__ import annotations

from collections.abc import Callable

from gasprint._data import close_matches, read_rows
from gasprint.bounds import Bounds
from gasprint.errors import GridError
from gasprint.grid._figure import GridIntensity
from gasprint.grid._plausible import implausible
from gasprint.grid._tables import row_of

PROVIDERS = ("aws", "azure", "gcp")

_SOURCE_BY_RELEASE = {
    "codecarbon-3.3.2": "codecarbon 3.3.2",
    "ccf-2021": "cloud-carbon-footprint, cloud-carbon-coefficients",
    "mlco2": "mlco2/impact",
}
"""In the order in which they are taken where no release is named: the newest figures first."""

_GRAMS_PER_KWH_OF_UNIT = {"g/kWh": 1.0, "metric ton/kWh": 1e6}


def table_of(provider: str) -> Callable[[str, str], GridIntensity]:
    """What gives the figure of a region of `provider`, by its code and release."""
    return lambda code, release: _figure(provider, code, release)


def releases(provider: str, code: str) -> list[str]:
    """The tables that have a region, the default first.

    Raises:
        GridError: if none has.
    """
    found = _rows(provider, code)
    return [release for release in _SOURCE_BY_RELEASE if release in found]


def _figure(provider: str, code: str, release: str) -> GridIntensity:
    region = f"{provider}:{code.lower()}"
    rows = _rows(provider, code)
    release = release or releases(provider, code)[0]
    if release not in rows:
        raise GridError(f"{region} has no release {release!r}; {close_matches(release, rows)}")
    row = rows[release]
    grams_per_kwh = _grams_per_kwh(row)
    others = [_grams_per_kwh(each) for each in rows.values() if each is not row]
    if problem := implausible(grams_per_kwh, others):
        raise GridError(
            f"{region}@{release} is published with {grams_per_kwh:g} g/kWh, {problem}; "
            "choose another release or region"
        )
    return GridIntensity(
        region=region,
        name=row["name"],
        grams_per_kwh=Bounds.exactly(grams_per_kwh),
        year=int(row["year"]),
        release=release,
        basis=f"location-based average of {row['is_of']}",
        source=f"{row['source']}, by way of {_SOURCE_BY_RELEASE[release]}",
    )


def _rows(provider: str, code: str) -> dict[str, dict[str, str]]:
    by_region: dict[str, dict[str, dict[str, str]]] = {}
    for row in read_rows("grid/cloud.csv"):
        if row["provider"] == provider:
            by_region.setdefault(row["region"], {})[row["release"]] = row
    return row_of(f"{provider}:{code}", code.lower(), by_region)


def _grams_per_kwh(row: dict[str, str]) -> float:
    return float(row["value"]) * _GRAMS_PER_KWH_OF_UNIT[row["unit"]]
