"""The compiler of the version that the sources ask for, and what it makes of them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gasprint.errors import InputError
from gasprint.verification.sources import Sources

Places = tuple[tuple[int, int], ...]
"""Where in code something stands: first byte and length of each."""


@dataclass(frozen=True)
class Immutable:
    """What a constructor writes into the code.

    Attributes:
        name: in the source.
        solidity_type: such as `contract ICarbonCredits`, or `uint256`.
        path: of the file that declares it.
        places: in the runtime bytecode.
    """

    name: str
    solidity_type: str
    path: str
    places: Places


@dataclass(frozen=True)
class Compiled:
    """A contract, or library, as it was compiled; with zeros for what is only known on a chain.

    Attributes:
        name: of the contract.
        path: of its file.
        runtime: the bytecode that is to stand at its address.
        creation: the bytecode that makes it, before its arguments.
        immutables: of the runtime bytecode.
        runtime_links: by file and name of a library, where in the runtime its address stands.
        creation_links: the same of the creation bytecode.
        abi: of the contract.
        types: its own name, and that of all it inherits from.
        is_library: whether it is one: its own address stands in its code, then.
        source_map: of the runtime bytecode, as solc writes it.
    """

    name: str
    path: str
    runtime: bytes
    creation: bytes
    immutables: tuple[Immutable, ...]
    runtime_links: dict[tuple[str, str], Places]
    creation_links: dict[tuple[str, str], Places]
    abi: list[dict[str, Any]]
    types: frozenset[str]
    is_library: bool
    source_map: str


@dataclass(frozen=True)
class Build:
    """All that was compiled.

    Attributes:
        compiler: its version, in full.
        contracts: by file and name.
        files: the paths of the sources, by their numbers in source maps.
    """

    compiler: str
    contracts: dict[tuple[str, str], Compiled]
    files: dict[int, str]


def compile_sources(sources: Sources, place: Path, chosen: Path | None = None) -> Build:
    """Compile with the solc that is chosen, or with the first one that is found.

    Raises:
        InputError: if there is no solc of that version, or it refuses the sources.
    """
    solc, version = _find(sources.compiler_version, place, chosen)
    outputs = [
        *("abi", "evm.bytecode.object", "evm.bytecode.linkReferences"),
        *("evm.deployedBytecode.object", "evm.deployedBytecode.linkReferences"),
        *("evm.deployedBytecode.immutableReferences", "evm.deployedBytecode.sourceMap"),
    ]
    settings = sources.standard_input["settings"] | {
        "outputSelection": {"*": {"*": outputs, "": ["ast"]}}
    }
    asked = json.dumps(sources.standard_input | {"settings": settings})
    # In an empty folder, so that nothing but what stands in the input is compiled.
    with tempfile.TemporaryDirectory() as folder:
        said = _run(solc, "--standard-json", given=asked, folder=folder)
    try:
        output = json.loads(said)
        problems = [each for each in output.get("errors", ()) if each["severity"] == "error"]
        if problems:
            first = " ".join(str(problems[0].get("formattedMessage", "")).split())
            raise InputError(f"solc {version} refuses the sources: {first}")
        return Build(
            version,
            {(each.path, each.name): each for each in _compiled(output)},
            {each["id"]: path for path, each in output["sources"].items()},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{solc} gave an answer that no solc gives; name another one") from error


def _find(version: str, place: Path, chosen: Path | None) -> tuple[Path, str]:
    named = f"solc-v{version}"
    if chosen is None:
        installed = os.environ.get("SOLCX_BINARY_PATH") or Path.home() / ".solcx"
        candidates = [place / "scripts" / "solc" / named, Path(installed) / named]
        candidates += [Path(each) for each in (shutil.which(named), shutil.which("solc")) if each]
    else:
        candidates = [chosen]
    told = ""
    for each in candidates:
        if not each.is_file():
            told = told or (f"{each} is not there" if chosen else "")
            continue
        said = _run(each.resolve(), "--version")
        if found := re.search(r"Version: ([0-9.]+)(\S*)", said):
            if found[1] == version:
                return each.resolve(), found[1] + found[2]
            told = f"{each} is version {found[1]}"
        else:
            told = f"{each} is no solc"
    raise InputError(
        f"the sources ask for solc {version}{', and ' + told if told else ''}; name one with "
        "--solc, or run make setup in the clone, or pip install py-solc-x and "
        f"python -c \"import solcx; solcx.install_solc('{version}')\""
    )


def _run(solc: Path, option: str, given: str = "", folder: str | None = None) -> str:
    try:
        finished = subprocess.run(
            [solc, option], input=given, cwd=folder, capture_output=True, check=True, text=True
        )
    except (OSError, subprocess.CalledProcessError, UnicodeError) as error:
        said = (getattr(error, "stderr", "") or str(error)).strip().split("\n")[-1]
        raise InputError(f"{solc} cannot be run: {said}") from error
    return finished.stdout


def _compiled(output: dict[str, Any]) -> Iterator[Compiled]:
    nodes: dict[int, dict[str, Any]] = {}
    files: dict[int, str] = {}
    for path, source in output["sources"].items():
        for node in _declarations(source["ast"]):
            nodes[node["id"]] = node
            files[node["id"]] = path
    kinds = {
        (files[number], node["name"]): node
        for number, node in nodes.items()
        if node["nodeType"] == "ContractDefinition"
    }
    for path, contracts in output["contracts"].items():
        for name, each in contracts.items():
            deployed, creation = each["evm"]["deployedBytecode"], each["evm"]["bytecode"]
            node = kinds[path, name]
            yield Compiled(
                name=name,
                path=path,
                runtime=_bytes(deployed["object"]),
                creation=_bytes(creation["object"]),
                immutables=tuple(
                    Immutable(
                        nodes[int(number)]["name"],
                        nodes[int(number)]["typeDescriptions"]["typeString"],
                        files[int(number)],
                        _places(places),
                    )
                    for number, places in deployed["immutableReferences"].items()
                ),
                runtime_links=_links(deployed["linkReferences"]),
                creation_links=_links(creation["linkReferences"]),
                abi=each["abi"],
                types=frozenset(nodes[base]["name"] for base in node["linearizedBaseContracts"]),
                is_library=node["contractKind"] == "library",
                source_map=deployed["sourceMap"],
            )


def _declarations(ast: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The contracts of a file, and their state variables."""
    for node in ast["nodes"]:
        if node["nodeType"] == "ContractDefinition":
            yield node
            yield from (each for each in node["nodes"] if each["nodeType"] == "VariableDeclaration")


def _links(references: dict[str, dict[str, Any]]) -> dict[tuple[str, str], Places]:
    return {
        (path, name): _places(places)
        for path, libraries in references.items()
        for name, places in libraries.items()
    }


def _places(references: list[dict[str, int]]) -> Places:
    return tuple((each["start"], each["length"]) for each in references)


def _bytes(code: str) -> bytes:
    """Bytecode, with zeros for the addresses of libraries."""
    return bytes.fromhex(re.sub(r"__\$[0-9a-fA-F]{34}\$__", 40 * "0", code))
