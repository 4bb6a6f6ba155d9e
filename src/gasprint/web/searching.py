"""What somebody typed, made into places: whatever it may be, and is in the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator

from web3 import Web3

from gasprint.amounts import credit_text
from gasprint.errors import GasprintError
from gasprint.serials import parse_serial
from gasprint.token_ids import describe_token_id
from gasprint.web.index_reading import Edition
from gasprint.web.index_rows import NotFoundError
from gasprint.web.models import Hit

LONGEST_QUERY = 200
_DIGITS = re.compile(r"[0-9]{1,78}")
_MOST_HITS = 50


def search(edition: Edition, query: str) -> list[Hit]:
    """Every account, transaction, retirement, credit and project that is called so."""
    query = query.strip()
    if re.fullmatch("0[xX][0-9a-fA-F]{64}", query):
        return list(_transactions(edition, query.lower()))
    if re.fullmatch("0[xX][0-9a-fA-F]{40}", query):
        return list(_accounts(edition, Web3.to_checksum_address(query.lower())))
    found: dict[str, Hit] = {}
    numbers = query.replace(",", "").replace(" ", "")
    if _DIGITS.fullmatch(numbers):
        for hit in _by_number(edition, int(numbers)):
            found.setdefault(hit.path, hit)
    else:
        for hit in _by_serial(edition, query):
            found.setdefault(hit.path, hit)
    return list(found.values())[:_MOST_HITS]


def _transactions(edition: Edition, transaction_hash: str) -> Iterator[Hit]:
    try:
        found = edition.transactions(transaction_hash)
    except NotFoundError:
        return
    each = found[0]
    yield Hit(
        kind="transaction",
        title=transaction_hash,
        detail=f"block {each.block_number} of chain {each.chain_id}",
        path=f"/transactions/{transaction_hash}",
    )


def _accounts(edition: Edition, address: str) -> Iterator[Hit]:
    for number in edition.known_addresses(address):
        yield Hit(
            kind="account",
            title=address,
            detail=f"deployment {number}, on chain {edition.chain_id(number)}",
            path=f"/deployments/{number}/accounts/{address}",
        )


def _by_number(edition: Edition, number: int) -> Iterator[Hit]:
    for deployment in edition.deployments:
        here = deployment.deployment_id
        try:
            edition.retirement(here, number)
            yield Hit(
                kind="retirement",
                title=str(number),
                detail=f"a retirement, deployment {here}",
                path=f"/deployments/{here}/retirements/{number}",
            )
        except NotFoundError:
            pass
        for token_id in edition.token_ids(here):
            parts = describe_token_id(token_id)
            if number == token_id or parts.first_serial <= number <= parts.last_serial:
                yield _credit(here, token_id)
            if number == parts.project_number:
                yield Hit(
                    kind="project",
                    title=credit_text(token_id),
                    detail=f"a project, deployment {here}",
                    path=f"/deployments/{here}/projects/{parts.registry}/{number}",
                )


def _by_serial(edition: Edition, query: str) -> Iterator[Hit]:
    """Credits that share a serial with a block, as the registry writes it."""
    try:
        serial = parse_serial(query)
    except GasprintError:
        return
    for deployment in edition.deployments:
        for token_id in edition.token_ids(deployment.deployment_id):
            parts = describe_token_id(token_id)
            meet = parts.first_serial <= serial.end and serial.start <= parts.last_serial
            if meet and parts.project_number == serial.project_number:
                yield _credit(deployment.deployment_id, token_id)


def _credit(deployment_id: int, token_id: int) -> Hit:
    parts = describe_token_id(token_id)
    return Hit(
        kind="credit",
        title=f"{credit_text(token_id)}, serials {parts.first_serial} to {parts.last_serial}",
        detail=f"a credit, deployment {deployment_id}",
        path=f"/deployments/{deployment_id}/credits/{token_id}",
    )
