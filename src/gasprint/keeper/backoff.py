"""Accounts that failed, and for how long each is left alone; none is for ever."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Pauses:
    """Twice as long after each failure.

    Attributes:
        first_seconds: after the first failure.
        longest_seconds: at most.
    """

    first_seconds: float
    longest_seconds: float

    def after(self, failures: int) -> float:
        """How long to wait after so many failures, in seconds."""
        # An exponent of its own bound, as a number that doubles for ever outgrows a float.
        return min(self.first_seconds * 2.0 ** min(failures - 1, 64), self.longest_seconds)


@dataclass
class _Failing:
    failures: int
    retry_at_seconds: float
    reason: str


@dataclass
class Backoff:
    """Whom to leave alone.

    Attributes:
        tried: the pauses of an account that was only tried.
        mined: of one for which a transaction was paid in vain. That is never forgotten: an account
            may be settled, or not be due, for a while, only to have the next one paid.
    """

    tried: Pauses
    mined: Pauses
    _failing: dict[str, _Failing] = field(default_factory=dict)
    _mined: dict[str, _Failing] = field(default_factory=dict)

    def note(
        self, account: str, reason: str, now_seconds: float, *, was_mined: bool = False
    ) -> bool:
        """Leave an account alone; whether it failed for another reason before, or for none."""
        known = self._failing.get(account)
        failures = 1 if known is None else known.failures + 1
        retry_at_seconds = now_seconds + self.tried.after(failures)
        self._failing[account] = _Failing(failures, retry_at_seconds, reason)
        if was_mined:
            before = self._mined.get(account)
            failures = 1 if before is None else before.failures + 1
            retry_at_seconds = now_seconds + self.mined.after(failures)
            self._mined[account] = _Failing(failures, retry_at_seconds, reason)
        return known is None or known.reason != reason

    def clear(self, account: str) -> None:
        """Forget how an account failed, since it was settled."""
        self._failing.pop(account, None)

    def keep(self, accounts: Iterable[str]) -> None:
        """Forget how all but these failed, as they are not due any more."""
        kept = set(accounts)
        self._failing = {e: failing for e, failing in self._failing.items() if e in kept}

    def is_waiting(self, account: str, now_seconds: float) -> bool:
        """Whether an account is to be left alone still."""
        found = (self._failing.get(account), self._mined.get(account))
        return any(each is not None and now_seconds < each.retry_at_seconds for each in found)

    def __len__(self) -> int:
        """How many accounts failed, and were not settled since."""
        return len(self._failing)

    def reasons(self) -> dict[str, str]:
        """Why each of them failed last."""
        return {account: each.reason for account, each in self._failing.items()}
