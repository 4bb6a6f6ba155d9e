"""Issues a block of serials, attested by a custodian whose key is at hand: what the demo needs."""

import hashlib
from typing import Any

from brownie import web3
from eth_account.signers.base import BaseAccount

from gasprint.attestations import Credit, attest
from gasprint.serials import Serial
from gasprint.token_ids import token_id_of

ATTESTED_FOR_SECONDS = 3_600


def issue(
    credits: Any,
    serial: Serial,
    project_name: str,
    methodology: str,
    holder: Any,
    custodian: BaseAccount,
    issuer: Any,
) -> int:
    """Issues all credits of `serial` to `holder`, with no expiry.

    The evidence is the serial's own text: whether it is immobilised, no script can know.

    Returns:
        The token id.
    """
    credit = Credit(
        recipient=str(holder),
        token_id=token_id_of(serial),
        project_name=project_name,
        methodology=methodology,
        vintage=f"{serial.vintage_start} to {serial.vintage_end}",
        country=serial.country,
    )
    evidence_hash = hashlib.sha256(str(serial).encode()).digest()
    deadline = web3.eth.get_block("latest")["timestamp"] + ATTESTED_FOR_SECONDS
    attestation = attest(
        credit, evidence_hash, deadline, web3.eth.chain_id, credits.address, custodian
    )
    calls = [
        credits.attest.encode_input(*attestation.attest_arguments()),
        credits.mintCredit.encode_input(*credit.mint_arguments),
    ]
    credits.multicall(calls, {"from": issuer})
    return credit.token_id
