"""Accounts that failed, and for how long each is left alone; none is for ever."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gasprint.keeper.trials import Failure


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
    times: int
    retry_at_seconds: float
    failure: Failure


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
        self, account: str, failure: Failure, now_seconds: float, *, was_mined: bool = False
    ) -> bool:
        """Leave an account alone; whether it failed for another reason before, or for none."""
        known = self._failing.get(account)
        ways = [(self._failing, self.tried)] + ([(self._mined, self.mined)] if was_mined else [])
        for failing, pauses in ways:
            times = failing[account].times + 1 if account in failing else 1
            failing[account] = _Failing(times, now_seconds + pauses.after(times), failure)
        return known is None or known.failure != failure

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

    def failures(self) -> dict[str, Failure]:
        """Why each of them failed last."""
        return {account: each.failure for account, each in self._failing.items()}
