"""Whether a published factor is what its evidence makes it, to the last picogram."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from gasprint.errors import EvidenceError, InputError, NetworkError, SourceError
from gasprint.factor_evidence import Evidence, recomputed
from gasprint.factors import FIGURES, DataFiles
from gasprint.footprint import footprint_of
from gasprint.ledger import FactorPublished
from gasprint.sources.ethereum_etl import read_ethereum_etl

_URI = re.compile("[A-Za-z][A-Za-z0-9+-]+:")
"""A scheme may have a dot, but none that is in use has one, and the names of files do."""


def is_uri(location: str) -> bool:
    """Whether a location is of somewhere else, and no path of this machine."""
    return _URI.match(location) is not None


def contradiction(
    published: FactorPublished, evidence: bytes, files: tuple[Path, Path] | None = None
) -> str | None:
    """How a factor contradicts its evidence, or that the data; the first that is found.

    Args:
        published: the factor, as the registry has it.
        evidence: the bytes of its evidence document.
        files: the blocks and transactions that the evidence names, to count them again too.

    Returns:
        One line, or None where all of it holds.

    Raises:
        InputError: if these are the bytes or the files of something else, or this gasprint is too
            old to know the model.
    """
    sha256 = hashlib.sha256(evidence).hexdigest()
    expected = published.factor.evidence_hash.removeprefix("0x")
    if sha256 != expected:
        raise InputError(
            f"this is not the evidence of version {published.version}: its SHA-256 is {sha256}, "
            f"and that on the chain {expected}"
        )
    try:
        found = recomputed(evidence)
        if files is not None:
            _recount(found, *files)
    except EvidenceError as error:
        return str(error)
    for name in FIGURES:
        made, on_chain = getattr(found.factor, name), getattr(published.factor, name)
        if made != on_chain:
            return f"{name} is {on_chain} on the chain, but the evidence makes it {made}"
    if found.factor.source != published.source:
        return (
            f"the source is {published.source!r} on the chain, "
            f"but {found.factor.source!r} in the evidence"
        )
    return None


def _recount(evidence: Evidence, blocks: Path, transactions: Path) -> None:
    """Count the files' time and gas again.

    Raises:
        EvidenceError: if the evidence has other totals than they.
        InputError: if they are other files than the evidence names.
    """
    given = DataFiles.at(blocks, transactions)
    for path, got, named in (
        (blocks, given.blocks, evidence.files.blocks),
        (transactions, given.transactions, evidence.files.transactions),
    ):
        if got.sha256 != named.sha256:
            raise InputError(
                f"{path} is not the {named.name!r} that the evidence names: its SHA-256 is "
                f"{got.sha256}, and that in the evidence {named.sha256}"
            )
    try:
        chain = read_ethereum_etl(blocks, transactions)
        totals = footprint_of(chain, evidence.network, evidence.grid).totals
    except (NetworkError, SourceError) as error:
        raise EvidenceError(f"evidence: its files do not make totals: {error}") from error
    for name, made in vars(totals).items():
        said = getattr(evidence.totals, name)
        if said != made:
            raise EvidenceError(f"evidence: {name} is {said}, but its files make it {made}")
