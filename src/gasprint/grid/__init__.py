"""How much CO2e a kWh carries where it is drawn, with release, year, basis and source.

One figure each, from the tables that ship; a release may follow, as in `egrid:SRVC@eGRID2022`:

    egrid:SRVC           a subregion, a state or `US`
    zip:02139            a ZIP code's subregion, by EPA's table; else its state
    country:DEU          a country, by its three letters of ISO 3166
    aws:us-east-1        a region of a cloud: aws, azure or gcp

Figures that change with time:

    network:ethereum     where the nodes of a network are, and its miners were; or `world`
    file:series.csv      a series of one's own
    electricitymaps:DE   a zone of Electricity Maps, asked when it is needed

One's own, the same at all times:

    fixed:583.2          g CO2e per kWh

And several of these:

    mix:0.6*country:DEU+0.4*egrid:SRVC    each with its share
    aws:us-east-1,country:USA             the first that answers

All are attributional averages. `data/README.md` names source, year and licence of every table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gasprint._data import close_matches
from gasprint.errors import GridError
from gasprint.grid import _cloud, _tables, _zip
from gasprint.grid._fallback import Fallback
from gasprint.grid._figure import Grid, GridIntensity
from gasprint.grid._file import series_of_file
from gasprint.grid._fixed import fixed_of
from gasprint.grid._mix import mix_of
from gasprint.grid._network import MINERS_RELEASE, NetworkGrid, miners_of_ethereum
from gasprint.grid._plausible import implausible
from gasprint.grid._tables import DEFAULT_EGRID_RELEASE
from gasprint.grid.electricity_maps import ElectricityMaps
from gasprint.networks.reference import ANY_NETWORK, GRID_INTENSITY, figures_of

__all__ = [
    "BASES",
    "DEFAULT_EGRID_RELEASE",
    "Grid",
    "GridIntensity",
    "NetworkGrid",
    "grid_intensity",
    "grid_named",
    "grid_of_network",
    "references_of",
]

BASES = ("location", "market")
"""Where electricity is drawn, or under which contract: two figures, never one."""

_TABLES: Mapping[str, Callable[[str, str], GridIntensity]] = {
    "egrid": _tables.egrid,
    "zip": _zip.zip_code,
    "country": _tables.country,
    "network": _tables.network,
    **{provider: _cloud.table_of(provider) for provider in _cloud.PROVIDERS},
}

_KINDS = (*_TABLES, "file", "fixed", "mix", "electricitymaps")


def grid_named(text: str, basis: str = "location") -> Grid:
    """The grid that `text` names, such as `egrid:SRVC`.

    Args:
        text: as the module describes.
        basis: `location` or `market`, for all that `text` names.

    Raises:
        GridError: if it is unknown, or has no figures on that basis.
    """
    if basis not in BASES:
        raise GridError(f"basis {basis!r} is unknown; {close_matches(basis, BASES)}")
    texts = [each.strip() for each in text.split(",")]
    for each in texts:
        _refuse_unknown_kind(each)
    if len(texts) > 1:
        return Fallback(texts, lambda each: grid_named(each, basis))
    kind, _, rest = texts[0].partition(":")
    if kind.lower() == "mix":
        return mix_of(rest, lambda region: _one(region, basis))
    return _one(texts[0], basis)


def grid_of_network(name: str) -> str:
    """The grid of a network of which no more is said, such as `network:solana`.

    That of its nodes, or the world's average where nothing is published of where they are.

    Raises:
        GridError: if the network is a file of one's own.
    """
    if ":" in name:
        raise GridError(
            f"where the electricity of {name} is from is not known; name it with --grid, such as "
            "country:DEU"
        )
    has_figures = figures_of(name, GRID_INTENSITY)
    return f"network:{name if has_figures else ANY_NETWORK}"


def _one(text: str, basis: str) -> Grid:
    kind, _, code = text.partition(":")
    grid: Grid
    if kind.lower() == "file":
        series = grid = series_of_file(code)
        is_market_based = series.is_market_based
    else:
        grid, is_market_based = _by_location(text), False
    if is_market_based != (basis == "market"):
        raise GridError(
            f"{grid.reference} has no {basis}-based figures; give your own in a file, whose column "
            f"basis says {basis}: what a provider offsets is no market-based figure"
        )
    return grid


def _by_location(text: str) -> Grid:
    kind, code, release = _parts(text)
    if kind == "fixed":
        return fixed_of(text.partition(":")[2])
    if kind == "electricitymaps":
        return ElectricityMaps.from_environment(code)
    if (kind, code.lower()) == ("network", "ethereum"):
        if release == MINERS_RELEASE:
            return miners_of_ethereum()
        if not release:
            return NetworkGrid(grid_intensity(text), miners_of_ethereum())
    if (kind, code.lower(), release) == ("network", "ethereum-pow", ""):
        return miners_of_ethereum()
    return grid_intensity(text)


def grid_intensity(region: str) -> GridIntensity:
    """CO2e intensity of `region`, such as `egrid:SRVC@eGRID2022`, in g CO2e per kWh.

    Raises:
        GridError: if the region or its release is unknown, or its figures contradict themselves.
    """
    kind, code, release = _parts(region)
    if kind not in _TABLES:
        raise GridError(f"{region} is no single figure; take a region of {', '.join(_TABLES)}")
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
    _refuse_unknown_kind(region)
    name, _, release = region.partition("@")
    kind, _, code = name.partition(":")
    return kind.lower(), code, release


def _refuse_unknown_kind(region: str) -> None:
    kind, _, code = region.partition(":")
    if kind.lower() not in _KINDS or not code:
        raise GridError(
            f"grid region {region!r} is unknown; write egrid:SRVC, country:DEU, aws:us-east-1, "
            "network:ethereum, file:series.csv, fixed:583.2, electricitymaps:DE or "
            "mix:0.6*country:DEU+0.4*egrid:SRVC"
        )
