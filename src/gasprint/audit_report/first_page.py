"""The first page: who, what and when, the verdict, the figures, what was found and how."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from gasprint.amounts import co2e_text, energy_text, units_text
from gasprint.audit.result import Finding, Severity
from gasprint.audit_report.data import Course, Place, ReportData, Way
from gasprint.audit_report.document import Fact, FirstPage, Headline, Row, shortened, shown
from gasprint.audit_report.wording import (
    IMMOBILISED,
    METHOD,
    NEVER_NETTED,
    NO_VCUS,
    NOT_CHECKED,
    SERIALS,
    TEST_CHAINS,
)
from gasprint.credit_contracts import utc_text

_FINDINGS, _FINDING_CHARACTERS = 4, 200
_ACCOUNTS, _FACTORS, _PLACES, _SOURCE_CHARACTERS = 3, 2, 2, 120
_LEFT_OUT, _REASON_CHARACTERS = 3, 160


def first_page(data: ReportData) -> FirstPage:
    """The summary of a report."""
    errors = sum(each.severity is Severity.ERROR for each in data.audit.findings)
    found = sorted(data.audit.findings, key=lambda each: each.severity is not Severity.ERROR)
    left = len(found) - _FINDINGS
    return FirstPage(
        facts=_facts(data),
        verdict=f"{_counted(errors, 'error')} contradict{'s' if errors == 1 else ''} the ledger"
        if errors
        else "Nothing contradicts the ledger",
        is_wrong=errors > 0,
        headlines=_headlines(data),
        notices=(NEVER_NETTED, NO_VCUS if any(map(_is_test, data.places)) else IMMOBILISED),
        findings=tuple(_finding_row(each) for each in found[:_FINDINGS]),
        findings_note=f"{left} more stand under Findings."
        if left > 0
        else "" if found else "None: no error, and no note.",
        method=_method(data),
        not_checked=(*_left_out(data), *NOT_CHECKED),
    )  # fmt: skip


def _left_out(data: ReportData) -> Iterator[str]:
    left_out = data.audit.not_checked
    for each in left_out[:_LEFT_OUT]:
        yield f"{shown(each.check)}: {shortened(shown(each.reason), _REASON_CHARACTERS)}"
    if len(left_out) > _LEFT_OUT:
        yield f"{len(left_out) - _LEFT_OUT} more checks that stand under What was not checked."


def _facts(data: ReportData) -> tuple[Fact, ...]:
    accounts = data.audit.accounts
    named = ", ".join(shown(each.account) for each in accounts[:_ACCOUNTS])
    more = f" and {len(accounts) - _ACCOUNTS:,} more" if len(accounts) > _ACCOUNTS else ""
    asked = "all accounts in the ledger" if data.named_accounts is None else "as asked for"
    facts = [
        Fact("Audited", f"{_counted(len(accounts), 'account')} ({asked}): {named or 'none'}{more}"),
        Fact("Period", _period_text(data.course)),
        *(fact for place in data.places[:_PLACES] for fact in _place_facts(place)),
        *_more(len(data.places) - _PLACES, "deployment", "Chains"),
        Fact("Fingerprint", data.fingerprint, is_code=True),
        Fact("Made with", f"gasprint {version('gasprint')}, “gasprint audit --report”"),
    ]
    return tuple(facts)


def _more(count: int, name: str, section: str) -> list[Fact]:
    return [Fact("", f"{_counted(count, f'more {name}')} under {section}")] if count > 0 else []


def _is_test(place: Place) -> bool:
    return place.chain_id in TEST_CHAINS


def _place_facts(place: Place) -> Iterator[Fact]:
    kind = ", a test chain" if _is_test(place) else ""
    time = utc_text(place.block_time_unix_seconds)
    yield Fact("Chain", f"{place.chain_id}{kind}; as of block {place.block_number:,}, {time}")
    if place.block_hash:
        yield Fact("Block", place.block_hash, is_code=True)
    yield Fact("Credits", place.carbon_credits, is_code=True)
    yield Fact("Registry", place.emissions_registry, is_code=True)


def _period_text(course: Course) -> str:
    if course.first_unix_seconds is None or course.last_unix_seconds is None:
        return "no emission and no retirement"
    first, last = map(utc_text, (course.first_unix_seconds, course.last_unix_seconds))
    return f"{first} to {last}, {_counted(course.transactions, 'transaction')}"


def _headlines(data: ReportData) -> tuple[Headline, ...]:
    metered, committed = map(data.co2e_micrograms_by, (Way.METERED, Way.COMMITTED))
    below = [f"metered {co2e_text(metered)}, committed {co2e_text(committed)}"]
    if data.emitted_bounds is not None:
        lower, upper = map(co2e_text, data.emitted_bounds)
        below.append(f"by the factors' bounds {lower} to {upper}")
    below.append(f"of {energy_text(data.energy_picowatt_hours)}")
    return (
        Headline(
            "emitted", "CO2e emitted, gross", co2e_text(data.emitted_co2e_micrograms), tuple(below)
        ),
        Headline(
            "retired",
            "CO2e retired",
            units_text(data.retired_units),
            (
                f"{_counted(len(data.audit.retirements), 'retirement')} of "
                f"{_counted(len(data.credits), 'credit')}",
                f"cancelled by the registry since {units_text(data.cancelled_units)}, "
                f"made good {units_text(data.replaced_units)}",
                f"outstanding {co2e_text(data.outstanding_co2e_micrograms)}",
            ),
        ),
    )


def _finding_row(finding: Finding) -> Row:
    places = [each for each in (finding.account, finding.transaction_hash) if each]
    return Row(
        (finding.severity.value, shortened(shown(finding.message), _FINDING_CHARACTERS)),
        tuple(Fact("in", shown(each), is_code=True) for each in places[-1:]),
        is_wrong=finding.severity is Severity.ERROR,
    )


def _method(data: ReportData) -> tuple[Fact, ...]:
    used = {(each.chain_id, each.factor_version) for each in data.emissions}
    factors = [each for each in data.factors if (each.chain_id, each.version) in used]
    facts = [Fact("Emissions", METHOD), Fact("Retirements", SERIALS)]
    for each in factors[:_FACTORS]:
        bounds = each.picograms_per_gas
        facts.append(
            Fact(
                f"Factor {each.version}",
                f"{bounds.best:,} pg CO2e per gas ({bounds.lower:,} to {bounds.upper:,}), from "
                f"{shortened(shown(each.source), _SOURCE_CHARACTERS)}",
            )
        )
    return (*facts, *_more(len(factors) - _FACTORS, "factor", "Factors"))


def _counted(count: int, name: str) -> str:
    return f"{count:,} {name}{'' if count == 1 else 's'}"
