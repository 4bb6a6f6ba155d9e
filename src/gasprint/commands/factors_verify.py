"""`gasprint factors verify`: a stranger makes a published factor again from its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gasprint._output import json_text, table_text, working, write_text
from gasprint.commands import _signing
from gasprint.commands.factors_list import bounds_of, factor_document, plain, standing
from gasprint.errors import InputError

if TYPE_CHECKING:
    from gasprint.contracts import Suite
    from gasprint.ledger import FactorPublished

EXAMPLE = "Example: gasprint factors verify 1 --evidence evidence.json"
CONTRADICTS = 1


@dataclass(frozen=True)
class _Checked:
    """A version, and what came of checking it: at most one of the two lines.

    Attributes:
        published: the version, as the chain has it.
        contradiction: how it contradicts its evidence.
        obstacle: why it could not be checked.
    """

    published: FactorPublished
    contradiction: str | None = None
    obstacle: str | None = None

    @property
    def holds(self) -> bool:
        return self.contradiction is None and self.obstacle is None


def verify(
    version: Annotated[
        int | None, typer.Argument(help="Which version; the one in force without it.", min=1)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every version.")] = False,
    evidence: Annotated[
        Path | None,
        typer.Option(help="Its evidence; without it, the file at the published path."),
    ] = None,
    blocks: Annotated[
        Path | None, typer.Option(help="The blocks that the evidence names, to count them again.")
    ] = None,
    transactions: Annotated[Path | None, typer.Option(help="Their transactions.")] = None,
    rpc: _signing.Rpc = _signing.DEFAULT_RPC,
    deployment: _signing.DeploymentFile = _signing.DEFAULT_DEPLOYMENT,
    json: _signing.Json = False,
) -> None:
    """Make a published factor again from its evidence, to the last picogram; fetches nothing.

    Exit code 0: the factor is what its evidence makes it. 1: it is not, and the first difference
    is told. 2: it could not be checked.
    """
    from gasprint.contracts import Suite

    files = None
    if blocks is not None and transactions is not None:
        files = (blocks, transactions)
    elif blocks is not None or transactions is not None:
        raise InputError("give both files, --blocks and --transactions")
    if every and (version is not None or evidence is not None or files is not None):
        raise InputError("--all takes each version's evidence from where it was published; alone")
    suite = Suite.connect(rpc, deployment).at_newest_block()
    with working("Making it again ..."):
        in_force = suite.factor_version()
        if every:
            checked = [_checked_at_location(suite, each) for each in _published(suite)]
        else:
            chosen = _chosen(suite, version or in_force)
            path = evidence or _path_of(chosen)
            checked = [_checked(suite, chosen, path, files)]
    if json:
        document = {
            "chain_id": suite.chain_id,
            "block_number": suite.block_number,
            "ok": all(each.holds for each in checked),
            "files_counted": files is not None,
            "factors": [
                factor_document(each.published, in_force)
                | {
                    "ok": each.holds,
                    "contradiction": each.contradiction,
                    "not_checked": each.obstacle,
                }
                for each in checked
            ],
        }
        write_text(json_text(document))
    else:
        counted = "" if files is None else ", and the files its totals"
        write_text("\n".join(_text(each, in_force, counted) for each in checked))
    if any(each.contradiction for each in checked):
        raise typer.Exit(CONTRADICTS)
    for each in checked:
        if each.obstacle:
            raise InputError(each.obstacle)


def _text(checked: _Checked, in_force: int, counted: str) -> str:
    published = checked.published
    version = f"Version {published.version}, {standing(published.version, in_force)}"
    if checked.contradiction:
        return f"{version}, contradicts its evidence: {plain(checked.contradiction)}.\n"
    if checked.obstacle:
        return f"{version}, was not checked: {plain(checked.obstacle)}.\n"
    rows = [
        {"factor": name, **dict(zip(("lower", "best", "upper"), bounds, strict=True))}
        for name, bounds in bounds_of(published).items()
    ]
    return (
        f"{version}, holds: the evidence makes all six figures again{counted}.\n\n"
        f"{table_text(rows)}\n{plain(published.source)}\n"
        f"evidence_hash {published.factor.evidence_hash}\n"
    )


def _published(suite: Suite) -> list[FactorPublished]:
    published = list(suite.factors_published())
    count = suite.factor_count()
    if [each.version for each in published] != list(range(1, count + 1)):
        raise InputError(f"the node does not tell of all {count} versions; name another with --rpc")
    if not published:
        raise InputError("no factor was announced yet")
    return published


def _chosen(suite: Suite, version: int) -> FactorPublished:
    published = _published(suite)
    if version == 0:
        raise InputError("no factor is in force yet; name the version, which is 1")
    if version > len(published):
        raise InputError(f"there is no version {version}; the last is {len(published)}")
    return published[version - 1]


def _path_of(published: FactorPublished) -> Path:
    from gasprint.factor_verification import is_uri

    location = published.evidence_location
    if not location:
        raise InputError(
            f"version {published.version} was published without a location; ask its publisher for "
            f"the file of SHA-256 {published.factor.evidence_hash}, and give it with --evidence"
        )
    if is_uri(location):
        raise InputError(
            f"the evidence of version {published.version} is at {location}; "
            "download it, and give it with --evidence"
        )
    return Path(location)


def _checked(
    suite: Suite, published: FactorPublished, path: Path, files: tuple[Path, Path] | None
) -> _Checked:
    from gasprint.factor_evidence import read_evidence
    from gasprint.factor_verification import contradiction

    if suite.factor(published.version) != published.factor:
        return _Checked(published, "the registry holds other figures than it announced")
    return _Checked(published, contradiction(published, read_evidence(path), files))


def _checked_at_location(suite: Suite, published: FactorPublished) -> _Checked:
    try:
        return _checked(suite, published, _path_of(published), None)
    except InputError as error:
        version = published.version
        told = str(error)
        return _Checked(
            published,
            obstacle=told if f"version {version}" in told else f"version {version}: {told}",
        )
