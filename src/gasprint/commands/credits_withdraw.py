"""`gasprint credits withdraw`: a custodian takes an attestation back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gasprint._output import json_text, working, write_text
from gasprint.commands import _signing
from gasprint.commands._attestation_files import credit_facts, read_attestation
from gasprint.errors import InputError

EXAMPLE = "Example: gasprint credits withdraw attestation.json --keystore custodian.json"


def withdraw(
    attestation: Annotated[Path, typer.Argument(help="What the custodian signed.")],
    rpc: _signing.Rpc = _signing.DEFAULT_RPC,
    deployment: _signing.DeploymentFile = _signing.DEFAULT_DEPLOYMENT,
    keystore: _signing.Keystore = None,
    password_file: _signing.PasswordFile = None,
    provider: _signing.Provider = None,
    account: _signing.From = None,
    call: Annotated[
        bool,
        typer.Option("--call", help="Write the call instead, for a contract such as a Safe."),
    ] = False,
    yes: _signing.Yes = False,
    timeout: _signing.Timeout = 300,
    json: _signing.Json = False,
) -> None:
    """Withdraw an attestation, by any custodian: nothing is issued on it any more, for good."""
    from gasprint.attestations import digest_of

    signed, contracts = read_attestation(attestation, rpc, deployment)
    credit = signed.credit
    with working("Checking the attestation ..."):
        if contracts.is_credit(credit.token_id):
            raise InputError(f"credit {credit.token_id} is issued already; it cannot be withdrawn")
        contracts.check_signature(signed)
    digest = digest_of(signed, contracts.chain_id, contracts.credits_address)
    function = contracts.withdraw(digest)
    if call:
        if keystore is not None or provider is not None:
            raise InputError("--call signs nothing; leave the signer out")
        write_text(
            json_text({"to": contracts.credits_address, "data": contracts.data_of(function)})
        )
        return
    signer = _signing.find_signer(keystore, password_file, provider, account, contracts.chain_id)
    with working("Trying it out ..."):
        contracts.node.simulate(function, signer.address)
    facts: dict[str, object] = {
        **credit_facts(credit),
        "attested by": signed.custodian,
        "withdrawn by": signer.address,
        "digest": "0x" + digest.hex(),
        "chain": str(contracts.chain_id),
    }
    _signing.confirm("Withdraw this attestation, for good?", facts, yes=yes)
    mined = _signing.send(contracts, signer, function, timeout)
    done = f"withdrew the attestation in transaction {mined['transaction_hash']}"
    if json:
        document = {
            "token_id": str(credit.token_id),
            "digest": "0x" + digest.hex(),
            "custodian": signer.address,
            "chain_id": contracts.chain_id,
            **mined,
        }
        text = json_text(document)
    else:
        text = "Withdrawn.\n\n" + _signing.facts_text(
            facts | {"transaction": mined["transaction_hash"]}
        )
    with _signing.telling(done):
        write_text(text)
