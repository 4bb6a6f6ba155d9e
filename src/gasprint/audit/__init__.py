"""Audits a ledger, trusting neither its sums nor its events.

    result         what an audit says
    meanings       what each kind of finding means for a reader
    auditing       one audit: of a ledger, or of a deployment that is read into one first
    places         which deployments are audited, and which node there is for each
    subject        what the checks look at: the events of one deployment as tables
    state          what its contracts tell of themselves
    checks         all checks, in order
    doubled        the same serials in two deployments, on one chain or on two

    blocks         times that go on
    factors        published = held by the contract
    evidence       a factor = what its evidence makes it
    emissions      gas times the factor in force
    commitments    ranges that go on, and their totals
    records        what was committed = the chain's, transaction by transaction
    metering       recorded gas and the receipts'
    accounts       outstanding = emitted - (retired - cancelled since)
    counters       all other sums against the contracts
    issuance       serials issued once
    retirements    of issued credits, counted for whom they were
    pages          every retirement, as the contract hashed it
    serials        retired, redeemed or cancelled, one of them only
    holdings       issued = held + retired + redeemed
    cancellations  what the registry cancelled, and whether it was counted
    certificates   each a retirement's, and its beneficiary's
    settlement     retired on-chain, and at the registry
    registry       the registry's own export

The checks are SQL over the ledger, and go one by one through nothing but findings, accounts,
credits and commitments; but for what a node tells of each transaction, and the hashes of
retirements. What a node withholds, or an account never recorded, no audit of events can see.
"""

from __future__ import annotations

from gasprint.audit.auditing import audit_ledger
from gasprint.audit.by_node import audit_deployment, audit_read_anew, ledger_of_deployment
from gasprint.audit.result import (
    AccountLine,
    Audit,
    AuditedDeployment,
    Finding,
    MeteredTransaction,
    NotChecked,
    RetirementLine,
    Severity,
)
from gasprint.audit.subject import Documents

__all__ = [
    "AccountLine",
    "Audit",
    "AuditedDeployment",
    "Documents",
    "Finding",
    "MeteredTransaction",
    "NotChecked",
    "RetirementLine",
    "Severity",
    "audit_deployment",
    "audit_ledger",
    "audit_read_anew",
    "ledger_of_deployment",
]
