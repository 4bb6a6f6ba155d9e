"""All checks of one deployment, in the order in which their findings are told.

A check that is made of a node, or of a file, is left out where there is none, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import duckdb

from gasprint.audit import (
    accounts,
    blocks,
    bytecode,
    cancellations,
    certificates,
    commitments,
    counters,
    emissions,
    evidence,
    factors,
    holdings,
    issuance,
    pages,
    records,
    registry,
    retirements,
    serials,
    settlement,
)
from gasprint.audit.findings import error, left_out
from gasprint.audit.result import Finding, NotChecked
from gasprint.audit.subject import Subject

_GIVEN_BY = {
    "evidence": "no evidence was given; name its files, or folders, with --evidence",
    "records": "no folder was given; name it with --records",
    "registry_export": "no export was given; name the registry's file with --registry-export",
    "sources": "no sources were given; name a clone of them with --sources",
    "file": "the deployment's file was not given; name it with --deployment",
}


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes:
        name: as findings have it.
        what: is held against what, for a reader who is told that it was left out.
        run: finds.
        needs: "node", "file", and the names of what there has to be among `Documents`.
        table: where it has no rows, there is nothing to check.
    """

    name: str
    what: str
    run: Callable[[Subject], Iterable[Finding | NotChecked]]
    needs: tuple[str, ...] = ()
    table: str = "deployments"


_NODE = ("node",)
CHECKS = (
    Check("blocks", "times of blocks", blocks.check_times),
    Check("factors", "versions of factors", factors.check_versions),
    Check("factors", "factors against the contract", factors.check_factors, _NODE),
    Check(
        *("evidence", "factors against their evidence", evidence.check_evidence),
        *(("evidence",), "factor_published"),
    ),
    Check("emissions", "records by the factor in force", emissions.check_records),
    Check("commitments", "ranges and totals", commitments.check_commitments),
    Check(
        *("commitments", "roots against the contract", commitments.check_roots, _NODE),
        "emissions_committed",
    ),
    Check(
        *("records", "commitments against their files of records", records.check_files),
        *(("records",), "emissions_committed"),
    ),
    Check("accounts", "sums of each account against the contracts", accounts.check_accounts, _NODE),
    Check("counters", "other sums against the contracts", counters.check_counters, _NODE),
    Check(
        *("bytecode", "deployed code against the sources, recompiled", bytecode.check_bytecode),
        ("sources", "node", "file"),
    ),
    Check("issuance", "credits and their serials", issuance.check_issuance),
    Check("issuance", "the contract's list of credits", issuance.check_list, _NODE),
    Check("issuance", "what was attested against the contract", issuance.check_attested, _NODE),
    Check("retirements", "retirements of issued credits", retirements.check_retirements),
    Check("retirements", "retirements, each of them once", pages.check_indices),
    Check("pages", "retirements against the hashes in the contract", pages.check_pages, _NODE),
    Check("expiry", "retirements of expired credits", retirements.check_expiry),
    Check("sums", "both events of retirements", retirements.check_sums),
    Check("sums", "retired balances against the contract", retirements.check_balances, _NODE),
    Check("serials", "serials against each other", serials.check_serials),
    Check("sums", "the state of each credit against the contract", holdings.check_states, _NODE),
    Check("holdings", "transfers", holdings.check_holdings),
    Check("holdings", "balances against the contract", holdings.check_balances, _NODE),
    Check("cancelled", "what was counted as cancelled", cancellations.check_cancellations),
    Check("cancelled", "the same against the contract", cancellations.check_invalidity, _NODE),
    Check("certificates", "certificates against retirements", certificates.check_certificates),
    Check("settlement", "settled serials against retired ones", settlement.check_settlement),
    Check("settlement", "how long settlement takes", settlement.check_lag),
    Check(
        *("registry", "serials against the registry's export", registry.check_export),
        *(("registry_export",), "credit_minted"),
    ),
)


def run_checks(subject: Subject, no_node: str) -> Iterator[Finding | NotChecked]:
    """What all checks find, and which are left out.

    Args:
        subject: what to look at.
        no_node: why there is no node, where there is none.
    """
    for check in CHECKS:
        is_empty = not subject.rows(f"FROM {check.table} LIMIT 1")
        if is_empty:
            continue
        reasons = (_why_not(subject, each, no_node) for each in check.needs)
        if reason := next(filter(None, reasons), ""):
            yield left_out(check.name, check.what, reason)
            continue
        try:
            yield from check.run(subject)
        except duckdb.OutOfRangeException:
            yield error(check.name, f"{check.what}: the events add up to more than there is")


def _why_not(subject: Subject, need: str, no_node: str) -> str:
    if need == "node":
        return no_node if subject.state is None else ""
    given = subject.file if need == "file" else getattr(subject.documents, need)
    return "" if given else _GIVEN_BY[need]
