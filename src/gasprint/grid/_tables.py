"""Regions whose table publishes one figure: eGRID, countries, where a network's nodes are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from gasprint._data import close_matches, read_rows
from gasprint.bounds import Bounds
from gasprint.errors import GridError
from gasprint.grid._figure import GridIntensity
from gasprint.grid._plausible import LOWEST_LIFE_CYCLE_GRAMS_PER_KWH
from gasprint.networks.reference import (
    ANY_NETWORK,
    GRID_INTENSITY,
    bounds_of,
    figures_of,
    known_networks,
)

DEFAULT_EGRID_RELEASE = "eGRID2023rev2"

_GRAMS_PER_POUND = 453.59237
_KWH_PER_MWH = 1000
_GRAMS_PER_TONNE = 1_000_000

_Row = TypeVar("_Row")


def egrid(code: str, release: str) -> GridIntensity:
    """A subregion, a state or `US`, by its letters in either case."""
    code = code.upper()
    rows = read_rows("grid/egrid.csv")
    release = release or DEFAULT_EGRID_RELEASE
    releases = {row["release"] for row in rows}
    if release not in releases:
        raise GridError(f"eGRID release {release!r} is unknown; {close_matches(release, releases)}")
    row = row_of(
        f"egrid:{code}@{release}",
        code,
        {each["code"]: each for each in rows if each["release"] == release},
    )
    label = f"egrid:{code}@{release} ({row['name']})"
    if not row["co2e_lb_per_mwh"]:
        raise GridError(
            f"{label} publishes CO2 only, no CO2e; choose another release, "
            f"such as {DEFAULT_EGRID_RELEASE}"
        )
    pounds_per_mwh = float(row["co2e_lb_per_mwh"])
    if row["co2_lb_per_mwh"] and pounds_per_mwh < float(row["co2_lb_per_mwh"]):
        raise GridError(
            f"{label} has CO2e {pounds_per_mwh} lb/MWh below its CO2 {row['co2_lb_per_mwh']}, "
            f"which cannot be; choose another release, such as {DEFAULT_EGRID_RELEASE}"
        )
    return GridIntensity(
        region=f"egrid:{code}",
        name=row["name"],
        grams_per_kwh=Bounds.exactly(pounds_per_mwh * _GRAMS_PER_POUND / _KWH_PER_MWH),
        year=int(release.removeprefix("eGRID")[:4]),
        release=release,
        basis="location-based average of generation, grid losses left out",
        source=f"US EPA {release}",
    )


def country(code: str, release: str) -> GridIntensity:
    """A country, by its three letters of ISO 3166 in either case."""
    code = code.upper()
    row = row_of(
        f"country:{code}", code, {each["iso3"]: each for each in read_rows("grid/country.csv")}
    )
    grams_per_kwh = float(row["grams_per_kwh"])
    if grams_per_kwh < LOWEST_LIFE_CYCLE_GRAMS_PER_KWH:
        raise GridError(
            f"country:{code} ({row['name']}) is published with {grams_per_kwh:g} g/kWh, less than "
            "any way to make electricity emits in its life; take a neighbour's"
        )
    return GridIntensity(
        region=f"country:{code}",
        name=row["name"],
        grams_per_kwh=Bounds.exactly(grams_per_kwh),
        year=int(row["year"]),
        release="codecarbon-3.3.2",
        basis="location-based average of generation, life cycle",
        source="Our World in Data (Ember), by way of codecarbon 3.3.2",
    )


def network(code: str, release: str) -> GridIntensity:
    """Where the nodes of a network are, by its name in either case; `world` for the average."""
    code = code.lower()
    rows: dict[str, dict[str, dict[str, str]]] = {}
    for row in read_rows("grid/network.csv"):
        rows.setdefault(row["network"], {})[row["bound"]] = row
    if code not in rows:
        return _of_reference(code, rows)
    row_by_bound = rows[code]
    best = row_by_bound["best"]
    return GridIntensity(
        region=f"network:{code}",
        name=f"where the nodes of {code} are",
        grams_per_kwh=Bounds(
            _published_grams_per_kwh(row_by_bound["lower"]),
            _published_grams_per_kwh(best),
            _published_grams_per_kwh(row_by_bound["upper"]),
        ),
        year=int(best["year"]),
        release=f"published-{best['year']}",
        basis="average over the locations of the nodes; upper bound: world average",
        source="; ".join(f"{bound}: {row['source']}" for bound, row in row_by_bound.items()),
    )


def _of_reference(code: str, more: Iterable[str]) -> GridIntensity:
    """The figures that compete in the reference table of networks."""
    known = {*more, *known_networks(), ANY_NETWORK}
    if code not in known:
        raise GridError(f"grid region 'network:{code}' is unknown; {close_matches(code, known)}")
    figures = figures_of(code, GRID_INTENSITY)
    if not figures:
        raise GridError(
            f"nothing is published of where the nodes of {code} are; take network:{ANY_NETWORK}, "
            "the world's average, or a region"
        )
    best = next(each for each in figures if each.is_default)
    return GridIntensity(
        region=f"network:{code}",
        name="the world" if code == ANY_NETWORK else f"where the nodes of {code} are",
        grams_per_kwh=bounds_of(figures),
        year=best.year,
        release=f"published-{best.year}",
        basis="as published; bounds are the least and the greatest of what competes",
        source="; ".join(f"{each.value:g} g/kWh: {each.source}" for each in figures),
    )


def _published_grams_per_kwh(row: dict[str, str]) -> float:
    if row["grams_per_kwh"]:
        return float(row["grams_per_kwh"])
    return float(row["annual_tco2e"]) * _GRAMS_PER_TONNE / float(row["annual_electricity_kwh"])


def row_of(region: str, code: str, rows: dict[str, _Row]) -> _Row:
    """The row of `code`.

    Raises:
        GridError: if there is none, with codes like it.
    """
    if code not in rows:
        raise GridError(f"grid region {region!r} is unknown; {close_matches(code, rows)}")
    return rows[code]


def egrid_releases(code: str) -> list[str]:
    """The eGRID releases that have a region, the default first, then the newest.

    Raises:
        GridError: if none has.
    """
    by_code: dict[str, list[str]] = {}
    for row in read_rows("grid/egrid.csv"):
        by_code.setdefault(row["code"], []).append(row["release"])
    found = row_of(f"egrid:{code}", code.upper(), by_code)
    return sorted(found, key=lambda each: (each == DEFAULT_EGRID_RELEASE, each), reverse=True)
