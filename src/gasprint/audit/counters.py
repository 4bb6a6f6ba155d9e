"""Do all other events add up to the contracts' own counters, as `gasprint sync` holds them?"""

from __future__ import annotations

from collections.abc import Iterator

from gasprint.audit.findings import differs, error
from gasprint.audit.result import Finding
from gasprint.audit.subject import Subject
from gasprint.sync.counters import contradictions

_CHECKS = {
    "AutoRetire.depositOf": "deposits",
    "AutoRetire.thresholdOf": "thresholds",
    "CarbonCredits.balanceOf (deposits)": "deposits",
    "CarbonCredits.balanceOf (listings)": "listings",
    "CreditMarket.listingCount": "listings",
    "CreditRecords.settledThrough": "settlement",
    "EmissionsRegistry.commitmentCount": "commitments",
    "EmissionsRegistry.emissionsOf": "accounts",
    "RetirementCertificates.balanceOf": "certificates",
}
"""The others are held against by checks of their own."""


def check_counters(subject: Subject) -> Iterator[Finding]:
    """They do, as of the block that was read; where accounts were chosen, of these alone.

    An account of which all emissions are hidden is none of the audited ones, but may be named by
    another event: the audit of a whole chain is of it, too.
    """
    state = subject.told
    for each in contradictions(
        subject.connection,
        subject.deployment.deployment_id,
        state.node,
        subject.addresses,
        state.block_number,
        _CHECKS,
    ):
        check = _CHECKS[each.function]
        of = dict(each.arguments)
        account = of.pop("account", None)
        if check == "accounts" and subject.are_chosen and account not in subject.accounts:
            continue
        if each.found is None:
            yield error(check, each.text)
            continue
        what = each.what + "".join(f" of {kind} {value}" for kind, value in of.items())
        yield from differs(check, what, each.found, each.told, account)
