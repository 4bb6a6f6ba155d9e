"""`gasprint factors list`: every version that a registry holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gasprint._output import harmless, json_text, readable, table_text, working, write_text
from gasprint.commands import _signing

if TYPE_CHECKING:
    from gasprint.ledger import FactorPublished

EXAMPLE = "Example: gasprint factors list --deployment deployments/1337.json"


def list_factors(
    rpc: _signing.Rpc = _signing.DEFAULT_RPC,
    deployment: _signing.DeploymentFile = _signing.DEFAULT_DEPLOYMENT,
    json: _signing.Json = False,
) -> None:
    """All versions, from when on each binds, and where its evidence is."""
    from gasprint.contracts import Suite
    from gasprint.credit_contracts import utc_text

    suite = Suite.connect(rpc, deployment).at_newest_block()
    with working("Reading the chain ..."):
        in_force = suite.factor_version()
        published = list(suite.factors_published())
    if json:
        document = {
            "chain_id": suite.chain_id,
            "block_number": suite.block_number,
            "version_in_force": in_force,
            "factors": [factor_document(each, in_force) for each in published],
        }
        write_text(json_text(document))
        return
    if not published:
        write_text("No factor was announced yet.\n")
        return
    rows = []
    for each in published:
        figures = bounds_of(each)
        rows.append(
            {
                "version": str(each.version),
                **{
                    name: f"{best:,} ({lower:,} to {upper:,})"
                    for name, (lower, best, upper) in figures.items()
                },
                "binds from": utc_text(each.factor.effective_at_seconds),
                "": standing(each.version, in_force),
            }
        )
    lines = [
        f"{each.version}: {plain(each.source)}\n"
        f"   evidence {each.factor.evidence_hash} {plain(each.evidence_location)}".rstrip()
        + "\n"
        for each in published
    ]
    write_text(f"{table_text(rows)}\n{''.join(lines)}")


def standing(version: int, in_force: int) -> str:
    """Where a version stands beside the one in force."""
    if version == in_force:
        return "in force"
    return "announced" if version > in_force else "past"


def bounds_of(published: FactorPublished) -> dict[str, tuple[int, int, int]]:
    """Lower, best and upper of both quantities, as the chain has them."""
    factor = published.factor
    return {
        name: (
            getattr(factor, f"{name}_lower"),
            getattr(factor, name),
            getattr(factor, f"{name}_upper"),
        )
        for name in ("picograms_per_gas", "picowatt_hours_per_gas")
    }


def factor_document(published: FactorPublished, in_force: int) -> dict[str, Any]:
    """A version in JSON's own types."""
    from gasprint.credit_contracts import utc_text

    return {
        "version": published.version,
        "standing": standing(published.version, in_force),
        **{
            name: dict(zip(("lower", "best", "upper"), bounds, strict=True))
            for name, bounds in bounds_of(published).items()
        },
        "effective_at_unix_seconds": published.factor.effective_at_seconds,
        "effective_at": utc_text(published.factor.effective_at_seconds),
        "evidence_hash": published.factor.evidence_hash,
        "evidence_location": published.evidence_location,
        "source": published.source,
        "transaction_hash": published.transaction_hash,
        "block_number": published.block_number,
    }


def plain(text: str) -> str:
    """A text from the chain, of which anyone may have written any byte, as it can be shown."""
    return harmless(readable(text))
