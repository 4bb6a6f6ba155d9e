"""Does the registry's own export show as retired what is settled, and nothing that is still held?

An export may be of some projects only: of serials of others, it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from gasprint.audit.findings import error, left_out
from gasprint.audit.ranges import Ranges, merged, within, without
from gasprint.audit.result import Finding, NotChecked
from gasprint.audit.subject import Subject
from gasprint.registry_export import check_export as read_export
from gasprint.token_ids import VERRA_VCS
from gasprint.units import UNITS_PER_TONNE

_CREDITS = f"""
SELECT token_id, project_number, first_serial, last_serial,
    coalesce((SELECT max(end_unit) FROM retirement AS each WHERE each.token_id = credit.token_id),
        first_unit)
FROM credit WHERE is_issued AND is_sound AND registry = {VERRA_VCS} ORDER BY token_id
"""
_BLOCKS = """
SELECT first_serial, last_serial + 1, is_retired FROM registry_block
WHERE first_serial <= $last AND last_serial >= $first
"""
_SETTLED = """
SELECT first_serial, last_serial, transaction_hash FROM serials_settled
WHERE token_id = $token_id ORDER BY block_number, log_index
"""
_REDEEMED = "SELECT first_serial, last_serial + 1 FROM serials_redeemed WHERE token_id = $token_id"


def check_export(subject: Subject) -> Iterator[Finding | NotChecked]:
    """Settled serials are retired there; what is retired there is not held on the chain."""
    _read(subject)
    cancelled = subject.cancelled()
    for token_id, *numbers in subject.rows(_CREDITS):
        project, first, last, front = map(int, numbers)
        blocks = subject.rows(_BLOCKS, first=first, last=last)
        shown = merged((int(a), int(b)) for a, b, _ in blocks)
        retired = merged((int(a), int(b)) for a, b, is_retired in blocks if is_retired)
        is_of_export = subject.rows(
            "FROM registry_block WHERE project_number = $project LIMIT 1", project=project
        )
        if not is_of_export and not shown:
            yield left_out(
                "registry", f"credit {token_id}", f"the export has nothing of project {project}"
            )
            continue
        yield from _check_settled(subject, token_id, shown, retired)
        gone = [(first, -(-front // UNITS_PER_TONNE))]
        gone += [(int(a), int(b)) for a, b in subject.rows(_REDEEMED, token_id=token_id)]
        for a, b in cancelled.get(token_id, []):
            gone.append((a // UNITS_PER_TONNE, b // UNITS_PER_TONNE))
        for begin, end in retired:
            for a, b in without(max(begin, first), min(end, last + 1), merged(gone)):
                message = (
                    f"serials {a} to {b - 1} of credit {token_id} are retired or cancelled at the "
                    "registry, but not on the chain"
                )
                yield error("registry", message, kind="unbacked")


def _check_settled(
    subject: Subject, token_id: str, shown: Ranges, retired: Ranges
) -> Iterator[Finding]:
    for first, last, transaction in subject.rows(_SETTLED, token_id=token_id):
        for a, b in without(int(first), int(last) + 1, retired):
            how = "shows them as not retired" if within(shown, a, b) else "does not show them"
            message = (
                f"serials {a} to {b - 1} of credit {token_id} were settled, but the registry's "
                f"export {how}"
            )
            yield error("registry", message, None, transaction, kind="never_retired")


def _read(subject: Subject) -> None:
    """Have the export's blocks stand in the table `registry_block`."""
    path = subject.documents.registry_export
    assert path is not None
    with read_export(path) as export:
        subject.connection.register("exported", export.blocks())
        subject.connection.execute(
            "CREATE OR REPLACE TEMP TABLE registry_block AS SELECT * REPLACE "
            "(first_serial::HUGEINT AS first_serial, last_serial::HUGEINT AS last_serial) "
            "FROM exported"
        )
        subject.connection.unregister("exported")
