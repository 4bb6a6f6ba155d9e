"""Sources as the compiler takes them: standard JSON, which holds every file and every setting.

It is read as it is from a file, or made from a clone: of the contracts, of what they import, and of
the settings in foundry.toml. Nothing else has a part in the bytecode, not even in the hash at its
end, so that whoever reads this JSON reads all.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gasprint.errors import InputError

_IMPORT = re.compile(r"""^\s*import\s+(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']""", re.MULTILINE)
_PRAGMA = re.compile(r"^\s*pragma\s+solidity\s+=?\s*([0-9]+\.[0-9]+\.[0-9]+)\s*;", re.MULTILINE)


@dataclass(frozen=True)
class Sources:
    """Sources and settings.

    Attributes:
        standard_input: what the compiler takes.
        compiler_version: such as 0.8.30, that the contracts ask for.
        paths: of each contract, the file that it is in.
    """

    standard_input: dict[str, Any]
    compiler_version: str
    paths: dict[str, str]


def read_sources(place: Path, contracts: Iterable[str]) -> Sources:
    """The sources of contracts, from a clone or a file of standard JSON.

    Raises:
        InputError: if a contract is not there, or the settings are not.
    """
    made = _of_clone(place, contracts) if place.is_dir() else _of_file(place)
    paths = {name: _path_of(name, made["sources"], place) for name in contracts}
    versions = {
        found[1]
        for path in paths.values()
        if (found := _PRAGMA.search(made["sources"][path]["content"]))
    }
    if len(versions) != 1:
        raise InputError(
            f"sources {place}: the contracts ask for no one version of solc "
            f"({', '.join(sorted(versions)) or 'none'}); are they gasprint's?"
        )
    return Sources(made, versions.pop(), paths)


def _of_file(path: Path) -> dict[str, Any]:
    try:
        made = json.loads(path.read_text(encoding="utf-8"))
        settings = made["settings"]
        sources = {
            name: {"content": str(each["content"])} for name, each in made["sources"].items()
        }
    except OSError as error:
        raise InputError(
            f"sources {path}: {error.strerror or error}; name a clone of gasprint, or a file of "
            "standard JSON"
        ) from error
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise InputError(
            f"sources {path}: is no standard JSON with the text of each source"
        ) from error
    return {"language": "Solidity", "sources": sources, "settings": settings}


def _of_clone(folder: Path, contracts: Iterable[str]) -> dict[str, Any]:
    try:
        profile = tomllib.loads((folder / "foundry.toml").read_text())["profile"]["default"]
        remappings = [str(each) for each in profile["remappings"]]
        settings = {
            "evmVersion": str(profile["evm_version"]),
            "optimizer": {
                "enabled": bool(profile["optimizer"]),
                "runs": int(profile["optimizer_runs"]),
            },
            "remappings": remappings,
        }
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"sources {folder}: is no clone of gasprint, as its foundry.toml does not say how to "
            "compile; name the clone with --sources"
        ) from error
    waiting = [f"contracts/{name}.sol" for name in contracts]
    sources: dict[str, dict[str, str]] = {}
    while waiting:
        path = waiting.pop()
        if path in sources or path.startswith(".."):
            continue
        try:
            text = (folder / path).read_text(encoding="utf-8")
        except (OSError, ValueError):
            # The compiler says what it misses; an import in a comment it does not.
            continue
        sources[path] = {"content": text}
        waiting += [_resolved(each, path, remappings) for each in _IMPORT.findall(text)]
    return {"language": "Solidity", "sources": sources, "settings": settings}


def _resolved(imported: str, path: str, remappings: list[str]) -> str:
    if imported.startswith("."):
        return os.path.normpath(f"{os.path.dirname(path)}/{imported}")  # noqa: PTH120 - no file's
    for prefix, _, target in (each.partition("=") for each in remappings):
        if imported.startswith(prefix):
            return target + imported.removeprefix(prefix)
    return imported


def _path_of(name: str, sources: dict[str, Any], place: Path) -> str:
    found = [path for path in sources if f"/{path}".endswith(f"/{name}.sol")]
    # An interface or a dependency may have a file of the same name deeper down.
    if not found:
        raise InputError(f"sources {place}: there is no {name}.sol among them")
    return min(found, key=lambda path: (not path.startswith("contracts/"), len(path)))
