"""`gasprint credits certificate`: the drawing of a retirement's certificate, as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gasprint._output import check_writable, json_text, readable, working, write_bytes, write_text
from gasprint.commands import _signing
from gasprint.errors import InputError

EXAMPLE = (
    "Example: gasprint credits certificate "
    "6277101735386681124535098359404570081327958820247698682121 -o certificate.png"
)
_PNG_SCALE = 2


def certificate(
    retirement_id: Annotated[int, typer.Argument(help="In decimal digits.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="A .svg or .png file; SVG to stdout without it."),
    ] = None,
    claim: Annotated[
        bool, typer.Option("--claim", help="Mint it first; any account may, and pays the gas.")
    ] = False,
    rpc: _signing.Rpc = _signing.DEFAULT_RPC,
    deployment: _signing.DeploymentFile = _signing.DEFAULT_DEPLOYMENT,
    keystore: _signing.Keystore = None,
    password_file: _signing.PasswordFile = None,
    provider: _signing.Provider = None,
    account: _signing.From = None,
    yes: _signing.Yes = False,
    timeout: _signing.Timeout = 300,
    json: Annotated[
        bool, typer.Option("--json", help="With --claim and -o: write what was done as JSON.")
    ] = False,
) -> None:
    """The certificate as the chain draws it today: what the registry cancelled since, shows."""
    from gasprint.credit_contracts import CreditContracts

    if output is not None and output.suffix.lower() not in (".svg", ".png"):
        raise InputError(f"{output} ends in neither .svg nor .png; name another with -o")
    if json and (output is None or not claim):
        raise InputError("--json goes with --claim and -o FILE")
    if not 0 < retirement_id < 2**256:
        raise InputError(f"retirement id {retirement_id} does not fit 256 bits; check the digits")
    if output is not None:
        check_writable(output)
    contracts = CreditContracts.connect(rpc, deployment)
    with working("Reading the chain ..."):
        svg = contracts.certificate_svg(retirement_id)
    done = transaction_hash = None
    if svg is None:
        with working("Reading the chain ..."):
            found = contracts.retirement(retirement_id)
        if found is None:
            raise InputError(f"retirement {retirement_id} is not known here; check the digits")
        if not claim:
            raise InputError(
                f"retirement {retirement_id} has no certificate yet; add --claim and a key to "
                "mint it"
            )
        signer = _signing.find_signer(
            keystore, password_file, provider, account, contracts.chain_id
        )
        with working("Proving the retirement ..."):
            function = contracts.claim(found)
            contracts.node.simulate(function, signer.address)
        facts = {
            "retirement": str(retirement_id),
            "for": found.recorded.beneficiary,
            "name": found.details.beneficiary_name,
            "paid by": signer.address,
            "chain": str(contracts.chain_id),
        }
        _signing.confirm("Mint this certificate?", facts, yes=yes)
        transaction_hash = _signing.send(contracts, signer, function, timeout)["transaction_hash"]
        done = f"minted the certificate in transaction {transaction_hash}"
    with _signing.telling(done):
        if svg is None:
            svg = contracts.certificate_svg(retirement_id) or ""
        _write(readable(svg), retirement_id, output, transaction_hash, json=json)


def _write(
    svg: str,
    retirement_id: int,
    output: Path | None,
    transaction_hash: object,
    *,
    json: bool,
) -> None:
    if output is None:
        write_text(svg)
        return
    write_bytes(_png(svg) if output.suffix.lower() == ".png" else svg.encode(), output)
    if json:
        document = {
            "retirement_id": str(retirement_id),
            "file": str(output),
            "transaction_hash": transaction_hash,
        }
        write_text(json_text(document))
        return
    write_text(f"{output}\n")


def _png(svg: str) -> bytes:
    import vl_convert

    try:
        return bytes(vl_convert.svg_to_png(svg, scale=_PNG_SCALE))
    except (RuntimeError, ValueError) as error:
        problem = str(error).partition("\n")[0]
        raise InputError(f"the certificate cannot be drawn ({problem}); take the .svg") from error
