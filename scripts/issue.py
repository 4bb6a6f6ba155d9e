"""Issues a block of serials: `make issue NETWORK=<name>`.

GASPRINT_SERIAL is the registry's serial number, GASPRINT_PROJECT_NAME and GASPRINT_METHODOLOGY are
as the registry has them, GASPRINT_HOLDER receives the credits (the signer where unset). The signer
needs the role of issuer.
"""

from typing import Any

from gasprint.errors import SerialError
from gasprint.serials import Serial, parse_serial
from gasprint.token_ids import token_id_of
from scripts.chain import address_of, deployed, refuse, setting, signer


def issue(
    credits: Any, serial: Serial, project_name: str, methodology: str, holder: Any, issuer: Any
) -> int:
    """Issues all credits of `serial` to `holder`, with no expiry.

    Returns:
        The token id.
    """
    token_id = token_id_of(serial)
    project_id, credit_id = (int(part) for part in credits.decodeTokenId(token_id))
    vintage = f"{serial.vintage_start} to {serial.vintage_end}"
    metadata = (
        *(project_id, credit_id, project_name, methodology, vintage, serial.country),
        *(serial.units, 0, False),
    )
    credits.mintCredit(holder, project_id, credit_id, serial.units, 0, metadata, {"from": issuer})
    return token_id


def main() -> None:
    """Issues on the network that Brownie is connected to."""
    try:
        serial = parse_serial(setting("GASPRINT_SERIAL"))
    except SerialError as error:
        refuse(str(error))
    project_name, methodology = setting("GASPRINT_PROJECT_NAME"), setting("GASPRINT_METHODOLOGY")
    credits, issuer = deployed("CarbonCredits"), signer()
    holder = address_of("GASPRINT_HOLDER", issuer)
    token_id = issue(credits, serial, project_name, methodology, holder, issuer)
    print(f"Issued {serial.quantity_vcu:,} t to {holder}, token id {token_id}")
