"""Writes reports, whole or not at all; what a name ends in says which.

CSV and Parquet have a file a table: there the name is that of a folder, which takes the place of
an earlier one at once.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from gasprint._output import check_writable, write_bytes
from gasprint.audit_report.data import ReportData
from gasprint.audit_report.pdf import check_typst, pdf_of
from gasprint.errors import InputError


def _html(data: ReportData) -> bytes:
    from gasprint.audit_report.html import html_of

    return html_of(data)


def _json_ld(data: ReportData) -> bytes:
    from gasprint.audit_report.linked_data import json_ld_of

    return json_ld_of(data)


def _csv(data: ReportData) -> dict[str, bytes]:
    from gasprint.audit_report.tabular import csv_files

    return csv_files(data)


def _parquet(data: ReportData) -> dict[str, bytes]:
    from gasprint.audit_report.tabular import parquet_files

    return parquet_files(data)


_FILES: Mapping[str, Callable[[ReportData], bytes]] = {
    ".pdf": pdf_of,
    ".html": _html,
    ".jsonld": _json_ld,
}
_FOLDERS: Mapping[str, Callable[[ReportData], dict[str, bytes]]] = {
    ".csv": _csv,
    ".parquet": _parquet,
}
ENDINGS = (*_FILES, *_FOLDERS)


def check_reports(paths: Iterable[Path]) -> None:
    """Find out whether reports of these names can be written, before anything is read.

    Raises:
        InputError: if an ending is not known, Typst is missing, or one cannot be written.
    """
    for path in paths:
        if path.suffix not in ENDINGS:
            raise InputError(f"{path} is no report; let it end in {', '.join(ENDINGS)}")
        if path.suffix == ".pdf":
            check_typst()
        if path.suffix in _FILES:
            check_writable(path)
        else:
            _check_folder(path)


def write_reports(data: ReportData, paths: Iterable[Path]) -> None:
    """Write reports. All are made before the first is written.

    Raises:
        InputError: if one cannot be written.
    """
    paths = list(paths)
    check_reports(paths)
    files = [(each, _FILES[each.suffix](data)) for each in paths if each.suffix in _FILES]
    folders = [(each, _FOLDERS[each.suffix](data)) for each in paths if each.suffix in _FOLDERS]
    for path, content in files:
        write_bytes(content, path)
    for path, contents in folders:
        _write_folder(path, contents)


def _check_folder(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise InputError(f"{path} is a file, and a report {path.suffix} is a folder; name another")
    if path.is_dir() and any(
        each.suffix != path.suffix or not each.is_file() for each in path.iterdir()
    ):
        raise InputError(f"{path} has other things in it than a report; name another folder")
    check_writable(path.parent / f"{path.name}.partial")


def _write_folder(path: Path, contents: Mapping[str, bytes]) -> None:
    _check_folder(path)
    try:
        with tempfile.TemporaryDirectory(prefix=".gasprint.", dir=path.parent) as beside:
            made, earlier = Path(beside) / "made", Path(beside) / "earlier"
            made.mkdir()
            for name, content in contents.items():
                (made / name).write_bytes(content)
            if path.exists():
                path.replace(earlier)
            try:
                made.replace(path)
            except OSError:
                if earlier.exists():
                    shutil.move(earlier, path)
                raise
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}; check the path") from error
