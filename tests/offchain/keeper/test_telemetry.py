"""What the keeper says.

given events
  each is a line of JSON, with its time in UTC, its level and its name first
  a reason in a row is logged once, and counted each time
  Prometheus's own parser reads the figures, and no label is an account
given a stream that nobody reads any more, nothing fails
"""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from gasprint.keeper.outcomes import Ending, Outcome
from gasprint.keeper.telemetry import Telemetry
from gasprint.keeper.trials import Failure

ACCOUNT = "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc"
SETTLED = Outcome(ACCOUNT, 3, Ending.SETTLED, "0xaa", 12, 70_000, False, 131_000, 10**14)
EVIL = 'evil "reason"\n\x1b[31m'


def told(telemetry, stream):
    telemetry.refused(ACCOUNT, Failure("refused", EVIL), is_new=True)
    telemetry.refused(ACCOUNT, Failure("refused", EVIL), is_new=False)
    for ending in Ending:
        telemetry.ended(Outcome(ACCOUNT, 3, ending, "0xaa", 12, 5, False, 131_000, 10**14))
    telemetry.held("too dear")
    telemetry.held("too dear")
    telemetry.held(None)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_each_event_is_a_line_of_json():
    stream = io.StringIO()
    events = told(Telemetry(stream), stream)
    assert [each["event"] for each in events] == [
        *("account_refused", "settled", "settled_nothing", "swept", "too_late"),
        *("reverted", "nonce_filled", "nonce_taken", "held", "held_no_more"),
    ]
    assert events[0]["reason"] == EVIL
    for each in events:
        assert list(each)[:3] == ["time", "level", "event"]
        assert datetime.fromisoformat(each["time"]).tzinfo == UTC
    assert stream.getvalue().isascii()
    assert "\x1b" not in stream.getvalue()


def test_prometheus_reads_the_figures():
    telemetry, stream = Telemetry(io.StringIO()), io.StringIO()
    told(telemetry, stream)
    telemetry.ended(SETTLED)
    text = generate_latest(telemetry.metrics.registry).decode()
    samples = [s for family in text_string_to_metric_families(text) for s in family.samples]
    figures = {(s.name, *s.labels.values()): s.value for s in samples}
    assert figures["gasprint_keeper_settlements_total",] == 2
    assert figures["gasprint_keeper_units_retired_total",] == 70_005
    assert figures["gasprint_keeper_failures_total", "refused"] == 2
    assert figures["gasprint_keeper_transactions_total", "confirmed"] == 6
    assert figures["gasprint_keeper_transactions_total", "reverted"] == 1
    assert figures["gasprint_keeper_transactions_total", "nonce_taken"] == 1
    assert figures["gasprint_keeper_gas_used_total",] == 7 * 131_000
    assert figures["gasprint_keeper_fees_paid_wei_total",] == 7 * 10**14
    assert ACCOUNT not in text


def test_nobody_has_to_read_it():
    class Closed(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    telemetry = Telemetry(Closed())
    telemetry.ended(SETTLED)
    telemetry.stopped(0)
    assert telemetry.metrics.registry.get_sample_value("gasprint_keeper_settlements_total") == 1
