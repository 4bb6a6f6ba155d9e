"""Accounts that failed, and for how long each is left alone; none is for ever."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class _Failing:
    failures: int
    retry_at_seconds: float
    reason: str


@dataclass
class Backoff:
    """Twice as long after each failure, up to a longest pause.

    Attributes:
        first_pause_seconds: after the first failure of an account.
        longest_pause_seconds: at most.
    """

    first_pause_seconds: float
    longest_pause_seconds: float
    _failing: dict[str, _Failing] = field(default_factory=dict)

    def note(self, account: str, reason: str, now_seconds: float) -> bool:
        """Leave an account alone; whether it failed for another reason before, or for none."""
        known = self._failing.get(account)
        failures = 1 if known is None else known.failures + 1
        # An exponent of its own bound, as a number that doubles for ever outgrows a float.
        pause = min(
            self.first_pause_seconds * 2.0 ** min(failures - 1, 64), self.longest_pause_seconds
        )
        self._failing[account] = _Failing(failures, now_seconds + pause, reason)
        return known is None or known.reason != reason

    def clear(self, account: str) -> None:
        """Forget what an account did, since it was settled."""
        self._failing.pop(account, None)

    def is_waiting(self, account: str, now_seconds: float) -> bool:
        """Whether an account is to be left alone still."""
        known = self._failing.get(account)
        return known is not None and now_seconds < known.retry_at_seconds

    def __len__(self) -> int:
        """How many accounts failed, and were not settled since."""
        return len(self._failing)

    def reasons(self) -> dict[str, str]:
        """Why each of them failed last."""
        return {account: each.reason for account, each in self._failing.items()}
