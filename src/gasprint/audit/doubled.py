"""Are the same serials of a registry tokenised in two deployments, on one chain or on two?

All deployments of a ledger are looked at, whichever are audited. Serials that went back to the
registry in one, and were issued in another afterwards, may have moved: that is noted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import duckdb

from gasprint.audit.findings import error, note
from gasprint.audit.ranges import Ranges, merged, within
from gasprint.audit.result import AuditedDeployment, Finding
from gasprint.errors import TokenIdError
from gasprint.token_ids import TokenId, describe_token_id

# Two deployments may share one contract for credits, as where another of the suite was renewed.
_ISSUED = """
SELECT DISTINCT ON (chain_id, genesis_hash, contract_address, token_id)
    deployment_id, chain_id, token_id, transaction_hash, time_unix_seconds
FROM credit_minted
JOIN deployments USING (deployment_id)
LEFT JOIN blocks USING (deployment_id, block_number)
ORDER BY deployment_id, block_number, log_index
"""
_REDEEMED = """
SELECT deployment_id, first_serial, last_serial, time_unix_seconds
FROM serials_redeemed LEFT JOIN blocks USING (deployment_id, block_number)
WHERE token_id = $token_id
"""


@dataclass(frozen=True)
class _Issued:
    deployment_id: int
    chain_id: int
    token_id: str
    transaction_hash: str
    time_unix_seconds: int
    credit: TokenId


def check_doubled(
    connection: duckdb.DuckDBPyConnection, audited: tuple[AuditedDeployment, ...]
) -> Iterator[Finding]:
    """No serial of a registry is issued in two deployments."""
    ids = {each.deployment_id for each in audited}
    # All that reach as far as where the next one begins; of sound credits there is one at most.
    open_ones: dict[int, list[_Issued]] = {}
    for each in _issued(connection):
        before = [
            other
            for other in open_ones.get(each.credit.registry, [])
            if other.credit.last_serial >= each.credit.first_serial
        ]
        for other in before:
            if other.deployment_id != each.deployment_id and ids & {
                other.deployment_id,
                each.deployment_id,
            }:
                yield _finding(connection, other, each)
        open_ones[each.credit.registry] = [*before, each]


def _issued(connection: duckdb.DuckDBPyConnection) -> list[_Issued]:
    found = []
    for number, chain, token_id, transaction, time in connection.execute(_ISSUED).fetchall():
        try:
            credit = describe_token_id(int(token_id))
        except TokenIdError:
            continue  # which is found where it was issued
        found.append(_Issued(number, chain, token_id, transaction, time or 0, credit))
    return sorted(found, key=lambda each: each.credit.first_serial)


def _finding(connection: duckdb.DuckDBPyConnection, one: _Issued, other: _Issued) -> Finding:
    first, second = sorted((one, other), key=lambda each: each.time_unix_seconds)
    begin = max(one.credit.first_serial, other.credit.first_serial)
    end = min(one.credit.last_serial, other.credit.last_serial) + 1
    gone: Ranges = merged(
        (int(first_serial), int(last_serial) + 1)
        for deployment_id, first_serial, last_serial, time in connection.execute(
            _REDEEMED, {"token_id": first.token_id}
        ).fetchall()
        if deployment_id == first.deployment_id and (time or 0) <= second.time_unix_seconds
    )
    where = f"serials {begin} to {end - 1} of registry {one.credit.registry}"
    both = (
        f"on chain {first.chain_id} (transaction {first.transaction_hash}) and on chain "
        f"{second.chain_id}"
    )
    if within(gone, begin, end) == end - begin:
        message = f"{where} were issued {both}, after they went back to the registry"
        found = note("serials", message, None, second.transaction_hash, kind="moved")
    else:
        message = f"{where} are tokenised twice: {both}"
        found = error("serials", message, None, second.transaction_hash, kind="doubled")
    return replace(found, chain_id=second.chain_id, deployment_id=second.deployment_id)
