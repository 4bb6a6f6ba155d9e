"""How checks say what they found."""

from __future__ import annotations

from collections.abc import Iterator

from gasprint.audit.result import Finding, NotChecked, Severity


def error(
    check: str,
    message: str,
    account: str | None = None,
    transaction_hash: str | None = None,
    *,
    kind: str = "",
) -> Finding:
    """A contradiction."""
    return Finding(Severity.ERROR, check, account, transaction_hash, message, kind)


def note(
    check: str,
    message: str,
    account: str | None = None,
    transaction_hash: str | None = None,
    *,
    kind: str = "",
) -> Finding:
    """Something that a reader has to weigh."""
    return Finding(Severity.NOTE, check, account, transaction_hash, message, kind)


def left_out(check: str, what: str, reason: str) -> NotChecked:
    """Something that could not be checked, and what would have it checked."""
    return NotChecked(check, None, what, reason)


def differs(
    check: str,
    what: str,
    recomputed: object,
    told: object,
    account: str | None = None,
    transaction_hash: str | None = None,
) -> Iterator[Finding]:
    """A finding if what the chain tells is not what was recomputed."""
    if told != recomputed:
        message = f"{what}: the chain tells {_text(told)}, recomputed {_text(recomputed)}"
        yield error(check, message, account, transaction_hash)


def _text(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    return f"{value:,}" if isinstance(value, int) else str(value)
