"""The rounds: who is due, who can be settled, send, watch; whatever fails, the next one follows.

All that has to survive stands in the journal and on the chain, so that a round may end anywhere.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from gasprint.chain_transactions import making_sense
from gasprint.errors import InputError, WrongPlaceError
from gasprint.keeper.backoff import Backoff
from gasprint.keeper.contracts import KeeperContracts, Moment
from gasprint.keeper.flights import Flights
from gasprint.keeper.outcomes import Ending, Outcome
from gasprint.keeper.telemetry import Telemetry
from gasprint.keeper.trials import Failure, Trial, Trials
from gasprint.keeper.watchlist import Watchlist

_SLICE_SECONDS = 0.1
_FIRST_POLL_SECONDS = 0.05
_LAST_POLL_SECONDS = 1.0
_FIRST_PAUSE_SECONDS = 0.5
_LAST_PAUSE_SECONDS = 30.0
_BEHIND_SECONDS = 60.0
"""For how long a node that knows less than was seen may only be late."""


@dataclass
class Keeper:
    """One process.

    Attributes:
        contracts: what it asks.
        watchlist: whom it looks at.
        trials: how it tries a settlement.
        flights: what it has under way.
        telemetry: what it tells.
        backoff: whom it leaves alone for now.
        ceiling_wei: no fee is ever above.
        interval_seconds: between two looks.
        is_stopped: asked between any two steps.
        settled: what it settled so far, where `keeps_settled`.
    """

    contracts: KeeperContracts
    watchlist: Watchlist
    trials: Trials
    flights: Flights
    telemetry: Telemetry
    backoff: Backoff
    ceiling_wei: int
    interval_seconds: float
    is_stopped: Callable[[], bool]
    keeps_settled: bool = False
    settled: list[Outcome] = field(default_factory=list)
    is_checked: bool = False
    _queue: deque[str] = field(default_factory=deque)
    _next_look_seconds: float = 0.0
    _last_look_seconds: float = 0.0
    _was_idle: bool = False
    _lacks_funds: bool = False
    _behind_since: float | None = None

    def run(self) -> None:
        """Go round until it is stopped.

        Raises:
            WrongPlaceError: if the node serves another chain, or lacks the contracts.
        """
        self._go_round(lambda: False)

    def run_once(self, timeout_seconds: float) -> bool:
        """Go round until nobody is left that could be settled; whether that was reached in time.

        Raises:
            WrongPlaceError: if the node serves another chain, or lacks the contracts.
        """
        deadline = time.monotonic() + timeout_seconds
        self._go_round(lambda: self._was_idle or time.monotonic() > deadline)
        return self._was_idle

    def _go_round(self, is_done: Callable[[], bool]) -> None:
        failures, poll_seconds = 0, _FIRST_POLL_SECONDS
        while not self.is_stopped() and not is_done():
            try:
                with making_sense(self.contracts.node):
                    moved = self._round()
            except WrongPlaceError:
                raise
            except InputError as error:
                longest = min(
                    max(2 * self.interval_seconds, _LAST_POLL_SECONDS), _LAST_PAUSE_SECONDS
                )
                pause = min(_FIRST_PAUSE_SECONDS * 2.0 ** min(failures, 16), longest)
                failures += 1
                # It may be another chain by the time when it answers again.
                self.is_checked = False
                self.telemetry.node_failed(str(error), pause)
                self._sleep_until(time.monotonic() + pause)
                continue
            failures = 0
            poll_seconds = (
                _FIRST_POLL_SECONDS if moved else min(2 * poll_seconds, _LAST_POLL_SECONDS)
            )
            until = time.monotonic() + poll_seconds
            if not self.flights and not self._queue:
                until = self._next_look_seconds
            if not is_done():
                self._sleep_until(until)

    def _round(self) -> bool:
        """One round; whether anything moved."""
        if not self.is_checked:
            self.contracts.check_place()
            self.is_checked = True
        now = self.contracts.moment(self.flights.signer.address, self.ceiling_wei)
        self._check_not_behind(now.block)
        self.telemetry.began(now)
        outcomes: list[Outcome] = []
        if self.flights:
            outcomes = self.flights.watch(now)
            for outcome in outcomes:
                self._note(outcome, now)
            self.flights.help_along(now)
        looked = self._is_time_to_look()
        if looked:
            self._look(now.block)
        signed = self._fill(now)
        self._was_idle = looked and not (self._queue or self.flights or self._lacks_funds)
        self.telemetry.round_succeeded(now.block, len(self.flights), len(self.backoff))
        return bool(outcomes) or signed > 0

    def _is_time_to_look(self) -> bool:
        """Also while some wait to be sent, which may take long; but not at once."""
        at = self._next_look_seconds
        if self._queue:
            at = self._last_look_seconds + max(self.interval_seconds, _LAST_POLL_SECONDS)
        return time.monotonic() >= at

    def _check_not_behind(self, block: int) -> None:
        """Refuse a node that does not know yet what was settled, and would have it done once more.

        Where it stays so, its chain was given up, and what it knows is what there is.
        """
        last, now = self.flights.last_landed_block, time.monotonic()
        if block >= last:
            self._behind_since = None
            return
        self._behind_since = self._behind_since or now
        if now - self._behind_since < _BEHIND_SECONDS:
            raise InputError(
                f"the node is at block {block}, and a settlement was mined in {last}: it lags, or "
                "its chain was given up"
            )
        self.flights.last_landed_block = block

    def _look(self, block: int) -> None:
        self._lacks_funds = False
        self.contracts.check_place()
        new = self.watchlist.follow(block)
        accounts = self.watchlist.accounts
        due = self.contracts.due(accounts, block)
        self.telemetry.looked(len(accounts), new, len(due))
        now, under_way = time.monotonic(), self.flights.accounts
        self.backoff.keep(due)
        # Those that wait come first: whoever is due again and again keeps no other from its turn.
        waiting = set(due)
        queue = dict.fromkeys([*(each for each in self._queue if each in waiting), *due])
        self._queue = deque(
            e for e in queue if e not in under_way and not self.backoff.is_waiting(e, now)
        )
        self._last_look_seconds = now
        self._next_look_seconds = now + self.interval_seconds

    def _fill(self, now: Moment) -> int:
        """Have as many under way as there may be; how many were signed."""
        signed, is_too_dear = 0, bool(self._queue) and now.market.is_too_dear
        if self._queue and self.flights.capacity and not is_too_dear:
            ready = self._ready(self.flights.capacity, now)
            signed = self.flights.take_off(ready, now)
            # Those that it could not pay for are due at the next look again.
            self._lacks_funds = signed < len(ready)
        reason = "the base fee is above the ceiling" if is_too_dear else None
        if self._lacks_funds:
            reason = f"{self.flights.signer.address} has not enough to pay for a settlement"
        self.telemetry.held(reason)
        return signed

    def _ready(self, room: int, now: Moment) -> list[Trial]:
        ready: list[Trial] = []
        while self._queue and len(ready) < room and not self.is_stopped():
            under_way = self.flights.accounts
            wanted = min(room - len(ready), len(self._queue))
            part = [self._queue.popleft() for _ in range(wanted)]
            part = [each for each in part if each not in under_way]
            found, failures = self.trials.run(part, now.block, now)
            ready += found
            for account, failure in failures.items():
                self._leave_alone(account, failure)
        return ready

    def _note(self, outcome: Outcome, now: Moment) -> None:
        self.telemetry.ended(outcome)
        account = outcome.account
        # A look right away finds those of which more is due.
        if outcome.is_short or outcome.ending is Ending.SWEPT:
            self._next_look_seconds = 0.0
        if account is None:
            return
        if outcome.ending is Ending.SETTLED:
            self.backoff.clear(account)
            if self.keeps_settled:
                self.settled.append(outcome)
        elif outcome.ending is Ending.REVERTED:
            self._leave_alone(account, self._why_reverted(account, now), was_mined=True)
        elif outcome.ending is Ending.NOTHING:
            # Tried out, it retired something: whoever settles it pays for nothing.
            nothing = Failure("retired_nothing", "it was mined, retiring nothing")
            self._leave_alone(account, nothing, was_mined=True)

    def _why_reverted(self, account: str, now: Moment) -> Failure:
        failures: dict[str, Failure] = {}
        with contextlib.suppress(InputError):
            _, failures = self.trials.run([account], now.block, now)
        return failures.get(account, Failure("reverted", "it reverted, and would not now"))

    def _leave_alone(self, account: str, failure: Failure, *, was_mined: bool = False) -> None:
        seconds = time.monotonic()
        is_new = self.backoff.note(account, failure, seconds, was_mined=was_mined)
        self.telemetry.refused(account, failure, is_new=is_new)

    def _sleep_until(self, monotonic_seconds: float) -> None:
        while not self.is_stopped() and (left := monotonic_seconds - time.monotonic()) > 0:
            time.sleep(min(left, _SLICE_SECONDS))
