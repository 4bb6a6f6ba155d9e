"""The keeper's figures, for Prometheus to fetch from this machine alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from gasprint.errors import InputError

_LOOPBACK = "127.0.0.1"


class Metrics:
    """All figures; each says in its help what it counts. No label holds an account."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.registry = CollectorRegistry()
        self.watched = self._gauge("accounts_watched", "Accounts that are looked at.")
        self.due = self._gauge("accounts_due", "Accounts that were due at the last look.")
        self.failing = self._gauge(
            "accounts_failing", "Accounts that failed, and were due still at the last look."
        )
        self.settled = self._counter("settlements", "Settlements that retired something.")
        self.units = self._counter("units_retired", "Units of credits that these retired.")
        self.failures = self._counter(
            "failures", "Settlements that were refused or failed, by what they failed for.", "kind"
        )
        self.transactions = self._counter(
            "transactions", "Transactions, by what became of them.", "event"
        )
        self.in_flight = self._gauge("in_flight", "Nonces whose end is not known.")
        self.gas = self._counter("gas_used", "Gas of the transactions that were mined.")
        self.fees = self._counter("fees_paid_wei", "What was paid for it.")
        self.balance = self._gauge(
            "balance_wei", "What the keeper's key has, as of the last round."
        )
        self.base_fee = self._gauge("base_fee_wei", "Of a gas, as of the last round.")
        self.is_too_dear = self._gauge(
            "ceiling_reached", "1 while the base fee is above the ceiling."
        )
        self.newest_block = self._gauge("newest_block", "Number of the newest block seen.")
        self.last_success = self._gauge(
            "last_success_timestamp_seconds", "When a round last went through, in Unix seconds."
        )
        self.node_failures = self._counter("node_failures", "Rounds that the node made fail.")

    @contextmanager
    def served(self, port: int | None) -> Iterator[None]:
        """Serve them on a port of loopback; nowhere if None.

        Raises:
            InputError: if the port cannot be had.
        """
        if port is None:
            yield
            return
        try:
            server, thread = start_http_server(port, _LOOPBACK, self.registry)
        except OSError as error:
            problem = error.strerror or error
            raise InputError(f"port {port} cannot be had: {problem}; name another") from error
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"gasprint_keeper_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(f"gasprint_keeper_{name}", text, registry=self.registry)
