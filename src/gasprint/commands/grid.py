"""`gasprint grid`: how much CO2e a kWh carries in a region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from gasprint._output import json_text, table_text, working, write_text
from gasprint.errors import InputError

EXAMPLE = "Example: gasprint grid egrid:SRVC aws:us-east-1,country:USA network:ethereum"


class Basis(StrEnum):
    """Where electricity is drawn, or under which contract."""

    LOCATION = "location"
    MARKET = "market"


def grid(
    regions: Annotated[list[str], typer.Argument(metavar="REGION...", help="Such as egrid:SRVC.")],
    basis: Annotated[Basis, typer.Option(help="On which basis.")] = Basis.LOCATION,
    all_: Annotated[bool, typer.Option("--all", help="Show every release of a region.")] = False,
    since: Annotated[
        str | None, typer.Option(help="Show the figures from this time on, such as 2022-09-14.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="To this time, as with --since.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """CO2e of electricity (g/kWh) by region: lower, best, upper, year, release, basis and source.

    egrid: a subregion, a state or US, of the release after @; zip: a ZIP code of the US;
    country: ISO 3166 letters;
    aws:, azure:, gcp: a cloud's region; network: where the nodes of a network are;
    file: a CSV file of one's own; fixed: a figure of one's own, in g/kWh;
    electricitymaps: a zone of Electricity Maps; mix:0.6*country:DEU+0.4*egrid:SRVC for several at
    once; with commas, the first that answers.
    """
    from gasprint.grid import references_of

    span = _span(since, until)
    if all_:
        if span:
            raise InputError("releases have no times; leave --all, or --since and --until, out")
        texts = [reference for region in regions for reference in references_of(region)]
    else:
        texts = regions
    with working("looking the figures up"):
        found: list[dict[str, Any]] = []
        refused: list[str] = []
        for text in texts:
            try:
                found += _figures(text, basis, span)
            except InputError as error:
                # Of the releases that compete, those that cannot be used are told all the same.
                if not all_ or basis is Basis.MARKET:
                    raise
                refused.append(str(error))
    if json:
        write_text(json_text(found))
        return
    sources = dict.fromkeys(
        f"{each['reference']}: {each['basis']}. Source: {each['source']}\n" for each in found
    )
    write_text(
        f"{table_text([_row(each) for each in found])}\n"
        f"lower, best and upper are g CO2e per kWh.\n{''.join(sources)}"
        + "".join(f"refused: {each}\n" for each in refused)
    )


def _figures(
    text: str, basis: Basis, span: tuple[datetime, datetime] | None
) -> Iterator[dict[str, Any]]:
    """What a grid says: of today where no time is asked for, else of every span of that time."""
    from gasprint.grid import GridIntensity, NetworkGrid, grid_named

    asked = grid_named(text, basis)
    today = asked.nodes if isinstance(asked, NetworkGrid) else asked
    if span is None and isinstance(today, GridIntensity):
        yield {"reference": today.reference, **asdict(today)}
        return
    now = datetime.now(UTC)
    segments = asked.intensity_segments(*(span or (now, now)))
    # One of several may have answered, or two one after the other.
    answering = {label: grid_named(label, basis) for label in {each.label for each in segments}}
    for segment in segments:
        answer = answering[segment.label]
        if span is None and isinstance(answer, GridIntensity):
            yield {"reference": segment.label, **asdict(answer), "source": segment.source}
            continue
        yield {
            "reference": segment.label,
            "region": text,
            "grams_per_kwh": asdict(segment.value),
            "year": segment.year,
            "basis": answer.basis,
            "source": segment.source,
            "since": segment.since,
            "until": segment.until,
        }


def _row(figure: dict[str, Any]) -> dict[str, object]:
    times = [f"{figure[name]:%Y-%m-%d %H:%M:%S}" for name in ("since", "until") if name in figure]
    return {
        "reference": figure["reference"],
        "name or time": figure.get("name") or " to ".join(times),
        **figure["grams_per_kwh"],
        "year": str(figure["year"]),
    }


def _span(since: str | None, until: str | None) -> tuple[datetime, datetime] | None:
    if since is None:
        if until is not None:
            raise InputError("--until needs --since; give both")
        return None
    first = _time("--since", since)
    return first, first if until is None else _time("--until", until)


def _time(option: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{option} {text!r} must look like 2024-05-01T00:00:00Z") from error
    if found.tzinfo is None and len(text) > len("2024-05-01"):
        raise InputError(f"{option} {text!r} has no time zone; in UTC it ends in Z")
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
