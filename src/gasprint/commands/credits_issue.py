"""`gasprint credits issue`: the issuer's part of issuing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gasprint._output import json_text, working, write_text
from gasprint.commands import _signing
from gasprint.commands._attestation_files import credit_facts, read_attestation

EXAMPLE = "Example: gasprint credits issue attestation.json --keystore issuer.json"


def issue(
    attestation: Annotated[Path, typer.Argument(help="What the custodian signed.")],
    rpc: _signing.Rpc = _signing.DEFAULT_RPC,
    deployment: _signing.DeploymentFile = _signing.DEFAULT_DEPLOYMENT,
    keystore: _signing.Keystore = None,
    password_file: _signing.PasswordFile = None,
    provider: _signing.Provider = None,
    account: _signing.From = None,
    yes: _signing.Yes = False,
    timeout: _signing.Timeout = 300,
    json: _signing.Json = False,
) -> None:
    """Bring a custodian's attestation and mint exactly what it says, in one transaction."""
    from gasprint.credit_contracts import expiry_text, utc_text

    signed, contracts = read_attestation(attestation, rpc, deployment)
    chain_id = contracts.chain_id
    with working("Checking the attestation ..."):
        contracts.check_attestation(signed)
    signer = _signing.find_signer(keystore, password_file, provider, account, chain_id)
    with working("Trying it out ..."):
        contracts.check_issuer(signer.address)
        function = contracts.issue(signed)
        contracts.node.simulate(function, signer.address)
    credit = signed.credit
    facts: dict[str, object] = {
        **credit_facts(credit),
        "vintage": credit.vintage,
        "country": credit.country,
        "expires": expiry_text(credit.expiry),
        "recipient": credit.recipient,
        "token id": str(credit.token_id),
        "custodian": signed.custodian,
        "issuer": signer.address,
        "chain": str(chain_id),
    }
    _signing.confirm(
        "Issue these credits?", facts | {"attested until": utc_text(signed.deadline)}, yes=yes
    )
    mined = _signing.send(contracts, signer, function, timeout)
    done = f"issued credit {credit.token_id} in transaction {mined['transaction_hash']}"
    if json:
        document = {
            "token_id": str(credit.token_id),
            "units": str(credit.units),
            "recipient": credit.recipient,
            "custodian": signed.custodian,
            "issuer": signer.address,
            "chain_id": chain_id,
            **mined,
        }
        text = json_text(document)
    else:
        text = "Issued.\n\n" + _signing.facts_text(
            facts | {"transaction": mined["transaction_hash"]}
        )
    with _signing.telling(done):
        write_text(text)
