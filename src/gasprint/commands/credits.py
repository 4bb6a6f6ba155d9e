"""`gasprint credits`: registry serials and the token ids that hold them."""

from __future__ import annotations

from typing import Annotated

import typer

from gasprint._output import json_text, table_text, write_text
from gasprint.commands import (
    credits_attest,
    credits_certificate,
    credits_import,
    credits_issue,
    credits_retire,
    credits_show,
    credits_withdraw,
)

app = typer.Typer(
    help="Credits: issue them, retire them to the serial, and look at them.", rich_markup_mode=None
)
app.command("import", epilog=credits_import.EXAMPLE)(credits_import.import_export)
app.command("attest", epilog=credits_attest.EXAMPLE)(credits_attest.attest)
app.command("issue", epilog=credits_issue.EXAMPLE)(credits_issue.issue)
app.command("withdraw", epilog=credits_withdraw.EXAMPLE)(credits_withdraw.withdraw)
app.command("retire", epilog=credits_retire.EXAMPLE)(credits_retire.retire)
app.command("show", epilog=credits_show.EXAMPLE)(credits_show.show)
app.command("certificate", epilog=credits_certificate.EXAMPLE)(credits_certificate.certificate)


@app.callback()
def _group() -> None:
    """Credits: issue them, retire them to the serial, and look at them."""


@app.command(
    "parse",
    epilog="Example: gasprint credits parse "
    "9660-115597313-115618057-VCS-VCU-261-VER-US-14-1060-01012019-31122019-0",
)
def parse(
    serials: Annotated[
        list[str], typer.Argument(metavar="SERIAL...", help="As the registry writes them.")
    ],
    json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """What Verra serials say, in either form: project, country, vintage, serials, token id."""
    from gasprint.serials import parse_serial
    from gasprint.token_ids import token_id_of

    parsed = [parse_serial(text) for text in serials]
    if json:
        documents = [
            {
                "serial": str(each),
                "form": each.form,
                "registry": each.registry,
                "project_number": str(each.project_number),
                "country": each.country,
                "vintage_start": each.vintage_start,
                "vintage_end": each.vintage_end,
                "first_serial": str(each.start),
                "last_serial": str(each.end),
                "quantity_vcu": str(each.quantity_vcu),
                "units": str(each.units),
                "additional_certifications": each.additional_certifications,
                "token_id": str(token_id_of(each)),
            }
            for each in parsed
        ]
        write_text(json_text(documents))
        return
    rows = [
        {
            "form": f"{each.form} ({each.registry})",
            "project": str(each.project_number),
            "country": each.country,
            "vintage": f"{each.vintage_start} to {each.vintage_end}",
            "serials": f"{each.start} to {each.end}",
            "quantity_vcu": each.quantity_vcu,
            "certified": "yes" if each.additional_certifications else "no",
            "token_id": str(token_id_of(each)),
        }
        for each in parsed
    ]
    write_text(table_text(rows))


@app.command(
    "span",
    epilog="Example: gasprint credits span "
    "6277101735386681124535098359404570081327958820247698682121 "
    "--start-units 0 --units 250000000",
)
def span(
    token_id: Annotated[int, typer.Argument(help="In decimal digits.")],
    start_units: Annotated[int, typer.Option(help="Units retired before, from the front.")],
    units: Annotated[int, typer.Option(help="Units retired; 10^8 are one tonne.")],
    json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """The exact serials that a retirement owns, down to a fraction of one."""
    from dataclasses import asdict

    from gasprint.token_ids import serial_span

    found = {name: str(v) for name, v in asdict(serial_span(token_id, start_units, units)).items()}
    text = json_text(found) if json else table_text([found])
    write_text(text)
