"""How much CO2e a kWh carries where it is drawn, with release, year, basis and source.

One figure each, from the tables that ship; a release may follow, as in `egrid:SRVC@eGRID2022`:

    egrid:SRVC         a subregion, a state or `US`
    country:DEU        a country, by its three letters of ISO 3166
    network:ethereum   where the nodes of a network are
    aws:us-east-1      a region of a cloud: aws, azure or gcp

All are attributional averages. `data/README.md` names source, year and licence of every table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gasprint._data import close_matches
from gasprint.errors import GridError
from gasprint.grid import _cloud, _tables
from gasprint.grid._figure import Grid, GridIntensity
from gasprint.grid._plausible import implausible
from gasprint.grid._tables import DEFAULT_EGRID_RELEASE

__all__ = [
    "BASES",
    "DEFAULT_EGRID_RELEASE",
    "Grid",
    "GridIntensity",
    "grid_intensity",
    "grid_named",
    "references_of",
]

BASES = ("location", "market")
"""Where electricity is drawn, or under which contract: two figures, never one."""

_TABLES: Mapping[str, Callable[[str, str], GridIntensity]] = {
    "egrid": _tables.egrid,
    "country": _tables.country,
    "network": _tables.network,
    **{provider: _cloud.table_of(provider) for provider in _cloud.PROVIDERS},
}


def grid_named(text: str, basis: str = "location") -> Grid:
    """The grid that `text` names, such as `egrid:SRVC`.

    Args:
        text: as the module describes.
        basis: `location` or `market`.

    Raises:
        GridError: if it is unknown, or has no figures on that basis.
    """
    if basis not in BASES:
        raise GridError(f"basis {basis!r} is unknown; {close_matches(basis, BASES)}")
    grid = grid_intensity(text)
    if grid.is_market_based != (basis == "market"):
        raise GridError(
            f"{grid.reference} is {grid.basis}, and no market-based figure ships for it: "
            "what a provider offsets is none; leave --basis out"
        )
    return grid


def grid_intensity(region: str) -> GridIntensity:
    """CO2e intensity of `region`, such as `egrid:SRVC@eGRID2022`, in g CO2e per kWh.

    Raises:
        GridError: if the region or its release is unknown, or its figures contradict themselves.
    """
    kind, code, release = _parts(region)
    found = _TABLES[kind](code, release)
    if release not in ("", found.release):
        raise GridError(
            f"{found.region} has no release {release!r}; leave it out for {found.release}"
        )
    if problem := implausible(found.grams_per_kwh.best):
        raise GridError(
            f"{found.reference} is published with {found.grams_per_kwh.best:g} g/kWh, {problem}; "
            "choose another release or region"
        )
    return found


def references_of(region: str) -> list[str]:
    """Every release of a region, the default first, as references: figures that compete.

    Raises:
        GridError: if the region is unknown.
    """
    kind, code, _ = _parts(region)
    if kind == "egrid":
        releases = _tables.egrid_releases(code)
    elif kind in _cloud.PROVIDERS:
        releases = _cloud.releases(kind, code)
    else:
        releases = [grid_intensity(f"{kind}:{code}").release]
    return [f"{kind}:{code}@{release}" for release in releases]


def _parts(region: str) -> tuple[str, str, str]:
    name, _, release = region.partition("@")
    kind, _, code = name.partition(":")
    if kind.lower() not in _TABLES:
        raise GridError(
            f"grid region {region!r} is unknown; write egrid:SRVC, country:DEU, aws:us-east-1, "
            "azure:eastus, gcp:us-central1 or network:ethereum"
        )
    return kind.lower(), code, release
