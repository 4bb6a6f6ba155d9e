"""What the keeper says of what it does: a line of JSON for each event, and figures."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog

from gasprint.keeper.contracts import Moment
from gasprint.keeper.journal import Flight
from gasprint.keeper.metrics import Metrics
from gasprint.keeper.outcomes import Ending, Outcome
from gasprint.keeper.trials import Failure


class _Stream:
    """A stream that may be closed by whoever reads it: that is no reason to stop settling."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()


def json_logger(stream: TextIO) -> Any:
    """A logger of JSON lines, each with its time in UTC, level and event."""
    return structlog.wrap_logger(
        structlog.WriteLogger(_Stream(stream)),  # type: ignore[arg-type]
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            _in_order,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
    )


def _in_order(_: Any, __: str, facts: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {name: facts.pop(name) for name in ("time", "level", "event")} | dict(facts)


class Telemetry:
    """Each method is an event."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Log to `stream`; to stderr where it is None."""
        self.metrics = Metrics()
        self._log = json_logger(stream or sys.stderr)
        self._last_hold: str | None = None
        self._is_node_failing = False

    def started(self, **facts: object) -> None:
        """The keeper began."""
        self._log.info("started", **facts)

    def others_found(self, journals: list[str]) -> None:
        """What other keys have under way is not this keeper's to see."""
        reason = (
            "other keys have transactions under way, in which accounts may be settled that this "
            "one settles too; run a keeper with each until it has none"
        )
        self._log.warning("other_journals", reason=reason, journals=journals)

    def stopped(self, in_flight: int) -> None:
        """It ends, and what is in flight stands in the journal."""
        self._log.info("stopped", in_flight=in_flight)

    def began(self, now: Moment) -> None:
        """A round is under way."""
        self.metrics.newest_block.set(now.block)
        self.metrics.balance.set(now.balance_wei)
        self.metrics.base_fee.set(now.market.base_fee_wei)
        self.metrics.is_too_dear.set(now.market.is_too_dear)

    def round_succeeded(self, newest_block: int, in_flight: int, failing: int) -> None:
        """A round went through."""
        self.metrics.in_flight.set(in_flight)
        self.metrics.failing.set(failing)
        self.metrics.last_success.set(time.time())
        if self._is_node_failing:
            self._log.info("node_back", block=newest_block)
        self._is_node_failing = False

    def node_failed(self, problem: str, pause_seconds: float) -> None:
        """A round did not go through."""
        self.metrics.node_failures.inc()
        self._is_node_failing = True
        self._log.warning("round_failed", reason=problem, pause_seconds=pause_seconds)

    def looked(self, watched: int, new: int, due: int) -> None:
        """It was asked who is due."""
        self.metrics.watched.set(watched)
        self.metrics.due.set(due)
        if new:
            self._log.info("accounts_found", new=new, watched=watched)

    def refused(self, account: str, failure: Failure, *, is_new: bool) -> None:
        """An account is not settled now; logged once for each reason in a row."""
        self.metrics.failures.labels(failure.kind).inc()
        if is_new:
            self._log.warning(
                "account_refused", account=account, kind=failure.kind, reason=failure.reason
            )

    def held(self, reason: str | None) -> None:
        """Nothing is signed for now, or None where that is over; logged once."""
        if reason != self._last_hold:
            if reason is not None:
                self._log.warning("held", reason=reason)
            else:
                self._log.info("held_no_more")
        self._last_hold = reason

    def signed(self, event: str, flight: Flight) -> None:
        """A transaction is written down and about to be sent: `sent`, or `replaced`."""
        self.metrics.transactions.labels(event).inc()
        newest = flight.newest
        self._log.info(
            event,
            account=flight.account,
            nonce=flight.nonce,
            transaction_hash=newest.transaction_hash,
            gas_limit=flight.gas_limit,
            max_fee_wei=newest.max_fee_wei,
            priority_fee_wei=newest.priority_fee_wei,
            settles=newest.settles,
        )

    def sent_again(self, flight: Flight) -> None:
        """The node did not know of a transaction."""
        self.metrics.transactions.labels("resent").inc()
        self._log.info("resent", **_named(flight))

    def send_refused(self, flight: Flight, reason: str) -> None:
        """The node did not take it."""
        self.metrics.transactions.labels("refused").inc()
        self._log.warning("send_refused", **_named(flight), reason=reason)

    def cannot_replace(self, flight: Flight) -> None:
        """The ceiling leaves no room for more."""
        self._log.warning(
            "ceiling_reached", **_named(flight), max_fee_wei=flight.newest.max_fee_wei
        )

    def ended(self, outcome: Outcome) -> None:
        """It is known what became of a nonce."""
        metrics, ending = self.metrics, outcome.ending
        facts: dict[str, object] = {
            "account": outcome.account,
            "nonce": outcome.nonce,
            "transaction_hash": outcome.transaction_hash,
        }
        if ending is Ending.ELSEWHERE:
            metrics.transactions.labels("nonce_taken").inc()
            self._log.error(
                "nonce_taken",
                **facts,
                reason="a transaction that is not this keeper's has its nonce; "
                "use the key nowhere else",
            )
            return
        metrics.transactions.labels("reverted" if ending is Ending.REVERTED else "confirmed").inc()
        metrics.gas.inc(outcome.gas_used)
        metrics.fees.inc(outcome.fee_wei)
        facts |= {
            "block": outcome.block_number,
            "gas_used": outcome.gas_used,
            "fee_wei": outcome.fee_wei,
        }
        if ending is Ending.SETTLED:
            metrics.settled.inc()
            metrics.units.inc(outcome.units)
            self._log.info("settled", **facts, units=outcome.units, is_short=outcome.is_short)
        elif ending is Ending.FILLED:
            self._log.info("nonce_filled", **facts)
        elif ending is Ending.NOTHING:
            self._log.warning("settled_nothing", **facts)
        elif ending is Ending.SWEPT:
            self._log.info("swept", **facts)
        elif ending is Ending.TOO_LATE:
            self._log.info("too_late", **facts)
        else:
            self._log.error("reverted", **facts)


def _named(flight: Flight) -> dict[str, object]:
    return {
        "account": flight.account,
        "nonce": flight.nonce,
        "transaction_hash": flight.newest.transaction_hash,
    }
