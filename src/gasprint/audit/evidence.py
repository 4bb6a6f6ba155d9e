"""Is each factor what its evidence makes it? Of files that are given; nothing is fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from gasprint.audit.factors import published
from gasprint.audit.findings import error, left_out
from gasprint.audit.result import Finding, NotChecked
from gasprint.audit.subject import Subject
from gasprint.errors import InputError
from gasprint.factor_evidence import MOST_BYTES, read_evidence
from gasprint.factor_verification import contradiction


def check_evidence(subject: Subject) -> Iterator[Finding | NotChecked]:
    """The file with the SHA-256 that was published makes all six figures again.

    Another file of the very name that was published is not the evidence any more, unless it is
    that of another factor of the ledger, on whatever chain: publishers choose names alike.
    """
    factors = published(subject)
    known = _known(subject)
    contents = dict(_read(subject.documents.evidence))
    by_hash = {_sha256(each): each for each in contents.values()}
    of_no_factor = {
        path.name: path for path, each in contents.items() if _sha256(each) not in known
    }
    for each in factors:
        place = {"transaction_hash": each.transaction_hash}
        name = f"factor version {each.version}"
        evidence = by_hash.get(each.factor.evidence_hash)
        moved = of_no_factor.get(PurePosixPath(each.evidence_location).name)
        if evidence is not None:
            try:
                problem = contradiction(each, evidence)
            except InputError as obstacle:
                yield left_out("evidence", name, str(obstacle))
                continue
            if problem is not None:
                yield error("evidence", f"{name}: {problem}", **place)
        elif moved is not None:
            message = (
                f"{name}: {moved} has the SHA-256 {_sha256(contents[moved]).removeprefix('0x')}, "
                f"and that on the chain is {each.factor.evidence_hash.removeprefix('0x')}"
            )
            yield error("evidence", message, **place, kind="moved")
        else:
            reason = "none of the files given with --evidence is its evidence"
            yield left_out("evidence", name, reason)


def _known(subject: Subject) -> set[str]:
    """The SHA-256 of the evidence of each factor in the ledger, of all deployments."""
    ((ledger,),) = subject.rows("SELECT current_database()")
    rows = subject.rows(f'SELECT evidence_hash FROM "{ledger}".main.factor_published')
    return {evidence_hash for (evidence_hash,) in rows}


def _sha256(content: bytes) -> str:
    return f"0x{hashlib.sha256(content).hexdigest()}"


def _read(paths: Iterable[Path]) -> Iterator[tuple[Path, bytes]]:
    """Each file, and each in a folder that may be evidence by its size.

    Raises:
        InputError: if one that was named cannot be read.
    """
    for path in paths:
        if not path.is_dir():
            yield path, read_evidence(path)
            continue
        for each in sorted(path.iterdir()):
            if each.is_file() and each.stat().st_size <= MOST_BYTES:
                yield each, read_evidence(each)
