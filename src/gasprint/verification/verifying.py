"""All contracts of a deployment, held against the sources, as of one block."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gasprint._node import Node
from gasprint.addresses import checksummed
from gasprint.audit.findings import error, note
from gasprint.audit.result import Finding, Severity
from gasprint.chain_transactions import making_sense
from gasprint.deployments import read_contracts
from gasprint.errors import InputError, WrongPlaceError
from gasprint.verification.bytecode import (
    PROXY_SLOTS,
    Match,
    compare,
    metadata_length,
    passes_on,
)
from gasprint.verification.compiler import Build, Compiled, compile_sources
from gasprint.verification.creation import creation_of
from gasprint.verification.immutables import Surroundings, expected, shown, values_of
from gasprint.verification.source_map import line_of
from gasprint.verification.sources import Sources, read_sources

CHECK = "bytecode"


@dataclass(frozen=True)
class ImmutableValue:
    """What the constructor wrote into a contract's code.

    Attributes:
        name: in the source.
        value: as one reads it.
        held_against: what it has to be; None where nothing says, and a reader has to judge.
    """

    name: str
    value: str
    held_against: str | None


@dataclass(frozen=True)
class VerifiedContract:
    """A contract, or a library that one uses.

    Attributes:
        name: of it.
        address: where it stands.
        path: the source that it should be made from.
        match: how its code is what that source makes.
        immutables: what stands in its code beside that.
        transaction_hash: that created it, from the same sources; None where that was not found.
    """

    name: str
    address: str
    path: str
    match: Match
    immutables: tuple[ImmutableValue, ...] = ()
    transaction_hash: str | None = None


@dataclass(frozen=True)
class Verification:
    """A deployment held against its sources.

    Attributes:
        chain_id: of the chain.
        block_number: the block as of which the code was read.
        compiler: that the sources were compiled with.
        contracts: of the deployment, and the libraries they use.
        findings: what does not match, and what could not be told.
    """

    chain_id: int
    block_number: int
    compiler: str
    contracts: tuple[VerifiedContract, ...]
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether everything matches."""
        return not any(each.severity is Severity.ERROR for each in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """All of it in JSON's own types."""
        return {"ok": self.ok, **asdict(self)}


@dataclass(frozen=True)
class Recompiled:
    """Sources, and what the compiler made of them."""

    sources: Sources
    build: Build


def verify(node: Node, deployment: Path, sources: Path, solc: Path | None = None) -> Verification:
    """Hold the code of each contract of a deployment against the sources, recompiled.

    Args:
        node: what is asked for the code.
        deployment: the file that the deploy script wrote.
        sources: a clone of gasprint, or a file of standard JSON.
        solc: the compiler; without, the clone's own, py-solc-x's, or the one on the path.

    Raises:
        InputError: if a file is another than it should be, there is no such compiler, or the node
            fails.
    """
    return hold_against(node, deployment, recompile(deployment, sources, solc))


def recompile(deployment: Path, sources: Path, solc: Path | None = None) -> Recompiled:
    """Compile what a deployment should be made from; it serves for every deployment.

    Raises:
        InputError: if a file is another than it should be, or there is no such compiler.
    """
    _, deployed = read_contracts(deployment, dict.fromkeys(_names(deployment), ()))
    read = read_sources(sources, deployed)
    return Recompiled(read, compile_sources(read, sources, solc))


def hold_against(node: Node, deployment: Path, recompiled: Recompiled) -> Verification:
    """Hold a deployment against what was compiled.

    Raises:
        InputError: if the file is another than it should be, or the node fails.
    """
    chain_id, deployed = read_contracts(deployment, dict.fromkeys(_names(deployment), ()))
    told = node.chain_id()
    if told != chain_id:
        raise WrongPlaceError(
            f"the node serves chain {told}, but {deployment} is of chain {chain_id}; name the "
            "other node or the other file"
        )
    addresses = {name: str(each.address) for name, each in deployed.items()}
    run = _Run(node, chain_id, node.newest_block(), recompiled, addresses)
    for name, transaction_hash in _names(deployment).items():
        run.check(name, transaction_hash)
    return Verification(
        *(chain_id, run.block_number, recompiled.build.compiler),
        *(tuple(run.contracts), tuple(run.findings)),
    )


def _names(deployment: Path) -> dict[str, str | None]:
    """Of each contract in the file, the transaction that created it, where it names one."""
    try:
        entries = json.loads(deployment.read_text(encoding="utf-8"))["contracts"]
        return {str(name): entry.get("transaction_hash") for name, entry in entries.items()}
    except (AttributeError, KeyError, OSError, TypeError, ValueError, RecursionError):
        # Whoever reads the rest of it says what is wrong.
        return {"CarbonCredits": None}


@dataclass
class _Run:
    node: Node
    chain_id: int
    block_number: int
    recompiled: Recompiled
    deployed: dict[str, str]
    contracts: list[VerifiedContract] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.compiled = {name: self._compiled(name) for name in self.deployed}

    def _compiled(self, name: str) -> Compiled:
        path = self.recompiled.sources.paths.get(name, "")
        found = self.recompiled.build.contracts.get((path, name))
        if found is None:
            raise InputError(f"the sources have no contract {name}; name others with --sources")
        return found

    def check(self, name: str, transaction_hash: str | None) -> None:
        """Hold one contract of the deployment against its source, and the libraries it uses."""
        compiled, address = self.compiled[name], self.deployed[name]
        code = self._code(address)
        match = self._matches(compiled, address, code)
        if match is Match.NONE:
            self._add(compiled, address, match)
            return
        libraries = {
            library: self._library(compiled, library, values_of(code, places))
            for library, places in compiled.runtime_links.items()
        }
        arguments: dict[str, object] = {}
        created_in = None
        if transaction_hash is None:
            self.findings.append(
                note(
                    CHECK,
                    f"{name} at {address}: the deployment names no transaction that created it, so "
                    "that what its constructor wrote into storage was not checked",
                )
            )
        else:
            # What stands in the creation but not in the runtime code is found there alone.
            known = {each: libraries.get(each, bytes(20)) for each in compiled.creation_links}
            metadata = code[len(code) - metadata_length(code) :]
            found = creation_of(self.node, compiled, address, transaction_hash, known, metadata)
            if found.problem:
                self.findings.append(
                    error(CHECK, f"{name} at {address}: {found.problem}", None, transaction_hash)
                )
            else:
                arguments, created_in = dict(found.arguments), transaction_hash
        types = {each: made.types for each, made in self.compiled.items()}
        around = Surroundings(self.chain_id, address, self.deployed, types, arguments)
        values = tuple(self._immutables(compiled, code, around))
        self._add(compiled, address, match, values, created_in)

    def _code(self, address: str) -> bytes:
        told = self.node.request("eth_getCode", address, hex(self.block_number))
        with making_sense(self.node):
            return bytes.fromhex(told.removeprefix("0x"))

    def _matches(self, compiled: Compiled, address: str, code: bytes) -> Match:
        name = f"{compiled.name} at {address}"
        if not code:
            self.findings.append(error(CHECK, f"{name}: no code stands there"))
            return Match.NONE
        found = compare(compiled, code)
        if found.match is Match.PARTIAL:
            self.findings.append(
                note(
                    CHECK,
                    f"{name}: the code is the same but for the metadata's hash at its end: it does "
                    "the same, and comments, names or file names of its sources were others",
                )
            )
        if found.first_difference is not None:
            why = self._why(compiled, address, code, found.first_difference)
            self.findings.append(error(CHECK, f"{name}: {why}"))
        return found.match

    def _why(self, compiled: Compiled, address: str, code: bytes, at: int) -> str:
        if passed := passes_on(code):
            return f"it is {passed}, and not this contract"
        others = [name for name, each in self.compiled.items() if compare(each, code)[1] is None]
        if others:
            return f"the code that stands there is that of {others[0]}"
        sizes = f"{len(code):,} bytes, and of the sources {len(compiled.runtime):,}"
        where = f"the code differs from byte {at:,} on (it has {sizes})"
        if line := line_of(at, compiled, self.recompiled.build, self.recompiled.sources):
            where += f", which {line} makes"
        for what, slot in PROXY_SLOTS.items():
            told = self.node.request("eth_getStorageAt", address, slot, hex(self.block_number))
            with making_sense(self.node):
                target = int(told.removeprefix("0x") or "0", 16)
            if target:
                where += f"; it may be a proxy, whose {what} is 0x{target:040x} (EIP-1967)"
        return f"{where}; it does something else than these sources say"

    def _library(
        self, compiled: Compiled, library: tuple[str, str], addresses: set[bytes]
    ) -> bytes:
        """The address of a library that a contract uses, once its own code was checked."""
        path, name = library
        if len(addresses) > 1:
            self.findings.append(
                error(CHECK, f"{compiled.name} uses several contracts as its library {name}")
            )
        used = min(addresses)
        made, address = self.recompiled.build.contracts[path, name], _address(used)
        if not any((each.name, each.address) == (name, address) for each in self.contracts):
            code = self._code(address)
            match = self._matches(made, address, code)
            if match is not Match.NONE:
                if made.is_library and code[1:21] not in (used, made.runtime[1:21]):
                    self.findings.append(
                        error(CHECK, f"{name} at {address}: it was made to stand elsewhere")
                    )
                for inner, places in made.runtime_links.items():
                    self._library(made, inner, values_of(code, places))
            self._add(made, address, match)
        return used

    def _immutables(
        self, compiled: Compiled, code: bytes, around: Surroundings
    ) -> Iterator[ImmutableValue]:
        place = f"{compiled.name} at {around.address}"
        for each in compiled.immutables:
            values = values_of(code, each.places)
            told = ", ".join(shown(each, value) for value in sorted(values))
            wanted = expected(each, around)
            if wanted is None:
                self.findings.append(
                    note(CHECK, f"{place}: {each.name} is {told}, which nothing says but its code")
                )
            elif values != {wanted[0]}:
                self.findings.append(
                    error(
                        CHECK,
                        f"{place}: {each.name} is {told}, and has to be {wanted[1]}, "
                        f"{shown(each, wanted[0])}",
                    )
                )
            if wanted is None and len(values) > 1:
                self.findings.append(error(CHECK, f"{place}: {each.name} is not one value"))
            yield ImmutableValue(each.name, told, wanted[1] if wanted else None)

    def _add(self, compiled: Compiled, address: str, match: Match, *more: Any) -> None:
        found = VerifiedContract(compiled.name, address, compiled.path, match, *more)
        self.contracts.append(found)


def _address(value: bytes) -> str:
    return str(checksummed(f"0x{value.hex()}", "library"))
