"""The audit of what is served: all checks that need nothing but the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gasprint.audit import Audit, AuditedDeployment, audit_ledger
from gasprint.sync.reading import opened_ledger


def audits_of(ledger: Path) -> dict[int, dict[str, Any]]:
    """What an audit finds and leaves out, by deployment, as `models.Findings` has it.

    Nothing of a ledger in which no deployment was read yet.

    Raises:
        InputError: if the ledger cannot be read.
    """
    with opened_ledger(ledger) as connection:
        read = "FROM deployments WHERE read_block IS NOT NULL LIMIT 1"
        if not connection.execute(read).fetchall():
            return {}
    found = audit_ledger(ledger)
    return {each.deployment_id: _of(found, each) for each in found.deployments}


def _of(audit: Audit, deployment: AuditedDeployment) -> dict[str, Any]:
    deployment_id = deployment.deployment_id
    return {
        "findings": [
            {
                "severity": each.severity,
                "check": each.check,
                "deployment_id": deployment_id,
                "message": each.message,
                "meaning": each.meaning,
                "account": each.account,
                "transaction_hash": each.transaction_hash,
            }
            for each in audit.findings
            if each.deployment_id == deployment_id
        ],
        "not_checked": [
            {
                "check": each.check,
                "deployment_id": deployment_id,
                "what": each.what,
                "reason": each.reason,
            }
            for each in audit.not_checked
            if each.chain_id in (None, deployment.chain_id)
        ],
    }
