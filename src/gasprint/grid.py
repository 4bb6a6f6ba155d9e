"""How much CO2e a kWh carries where it is drawn, from the tables that ship with gasprint.

A region is `egrid:SRVC` (a subregion, a state or `US`), `country:DEU` or `network:ethereum`, in
either case; a release may follow, as in `egrid:SRVC@eGRID2022`. All are attributional averages by
location. `data/README.md` names source, year and licence of every table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from gasprint._data import close_matches, read_rows
from gasprint.bounds import Bounds
from gasprint.errors import GridError

DEFAULT_EGRID_RELEASE = "eGRID2023rev2"

_GRAMS_PER_POUND = 453.59237
_KWH_PER_MWH = 1000
_GRAMS_PER_TONNE = 1_000_000

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class GridIntensity:
    """CO2e of electricity in one region.

    Attributes:
        region: as asked for, without the release: `egrid:SRVC`.
        name: the region's name in its table.
        grams_per_kwh: g CO2e per kWh; the three bounds are equal where the table publishes none.
        year: calendar year that the best figure is about.
        release: which edition of the table.
        basis: what kind of figure it is.
        source: who published it.
    """

    region: str
    name: str
    grams_per_kwh: Bounds
    year: int
    release: str
    basis: str
    source: str

    @property
    def reference(self) -> str:
        """Region and release in one, good for `grid_intensity`: `egrid:SRVC@eGRID2023rev2`."""
        return f"{self.region}@{self.release}"


def grid_intensity(region: str) -> GridIntensity:
    """CO2e intensity of `region`, such as `egrid:SRVC@eGRID2022`, in g CO2e per kWh.

    Raises:
        GridError: if the region or its release is unknown, or its figures contradict themselves.
    """
    name, _, release = region.partition("@")
    kind, _, code = name.partition(":")
    kind = kind.lower()
    if kind not in _TABLES:
        raise GridError(
            f"grid region {region!r} is unknown; write egrid:SRVC, country:DEU or network:ethereum"
        )
    code = code.lower() if kind == "network" else code.upper()
    found = _TABLES[kind](code, release)
    if release not in ("", found.release):
        raise GridError(f"{name} has no release {release!r}; leave it out for {found.release}")
    return found


def _egrid(code: str, release: str) -> GridIntensity:
    rows = read_rows("grid/egrid.csv")
    release = release or DEFAULT_EGRID_RELEASE
    releases = {row["release"] for row in rows}
    if release not in releases:
        raise GridError(f"eGRID release {release!r} is unknown; {close_matches(release, releases)}")
    row = _row_of(
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


def _country(code: str, release: str) -> GridIntensity:
    row = _row_of(
        f"country:{code}", code, {each["iso3"]: each for each in read_rows("grid/country.csv")}
    )
    return GridIntensity(
        region=f"country:{code}",
        name=row["name"],
        grams_per_kwh=Bounds.exactly(float(row["grams_per_kwh"])),
        year=int(row["year"]),
        release="codecarbon-3.3.2",
        basis="location-based average of generation, life cycle",
        source="Our World in Data (Ember), by way of codecarbon 3.3.2",
    )


def _network(code: str, release: str) -> GridIntensity:
    rows: dict[str, dict[str, dict[str, str]]] = {}
    for row in read_rows("grid/network.csv"):
        rows.setdefault(row["network"], {})[row["bound"]] = row
    row_of = _row_of(f"network:{code}", code, rows)
    best = row_of["best"]
    return GridIntensity(
        region=f"network:{code}",
        name=f"where the nodes of {code} are",
        grams_per_kwh=Bounds(
            _published_grams_per_kwh(row_of["lower"]),
            _published_grams_per_kwh(best),
            _published_grams_per_kwh(row_of["upper"]),
        ),
        year=int(best["year"]),
        release=f"published-{best['year']}",
        basis="average over the locations of the nodes; upper bound: world average",
        source="; ".join(f"{bound}: {row['source']}" for bound, row in row_of.items()),
    )


_TABLES = {"egrid": _egrid, "country": _country, "network": _network}


def _published_grams_per_kwh(row: dict[str, str]) -> float:
    if row["grams_per_kwh"]:
        return float(row["grams_per_kwh"])
    return float(row["annual_tco2e"]) * _GRAMS_PER_TONNE / float(row["annual_electricity_kwh"])


def _row_of(region: str, code: str, rows: dict[str, _Row]) -> _Row:
    if code not in rows:
        raise GridError(f"grid region {region!r} is unknown; {close_matches(code, rows)}")
    return rows[code]
