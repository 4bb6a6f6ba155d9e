"""`gasprint grid`: how much CO2e a kWh carries in a region."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from gasprint._output import json_text, table_text, write_text

EXAMPLE = "Example: gasprint grid egrid:SRVC egrid:SRVC@eGRID2022 country:DEU network:ethereum"


def grid(
    regions: Annotated[list[str], typer.Argument(metavar="REGION...", help="Such as egrid:SRVC.")],
    json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """CO2e of electricity (g/kWh) by region: lower, best, upper, year, release and source.

    egrid: a subregion, a state or US, of the release after @; country: ISO 3166 letters;
    network: where the nodes of a network are.
    """
    from gasprint.grid import grid_intensity

    found = [grid_intensity(region) for region in regions]
    if json:
        write_text(json_text([asdict(each) for each in found]))
        return
    rows = [
        {
            "region": each.region,
            "name": each.name,
            **asdict(each.grams_per_kwh),
            "year": str(each.year),
            "release": each.release,
        }
        for each in found
    ]
    sources = "".join(f"{each.region}: {each.basis}. Source: {each.source}\n" for each in found)
    write_text(f"{table_text(rows)}\nlower, best and upper are g CO2e per kWh.\n{sources}")
