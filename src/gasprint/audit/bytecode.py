"""Is the code of the contracts made from the sources that the reader has?"""

from __future__ import annotations

from collections.abc import Iterable

from gasprint.audit.result import Finding
from gasprint.audit.subject import Subject


def check_bytecode(subject: Subject) -> Iterable[Finding]:
    """What `gasprint verify` finds."""
    # Which says what it finds in the words of an audit.
    from gasprint.verification import verify

    assert subject.file is not None
    assert subject.documents.sources is not None
    return verify(subject.told.node, subject.file, subject.documents.sources).findings
