"""The grid of a ZIP code of the United States.

given EPA's table, as it is in its repository or saved from its workbook
    it is the subregion of the predominant utility, and the name has the others
    leading zeros that a spreadsheet left out are there again
given no table
    it is the state, by the first three digits, and the name says so
given what is no ZIP code, one that eGRID has nothing of, or a file that is no such table
    it refuses
"""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Command

from gasprint.errors import GridError
from gasprint.grid import grid_intensity
from gasprint.grid._zip import VARIABLE

# Rows of USEPA/power-profiler, app/data/zip.csv (US public data).
REPOSITORY = """\
zip,state,UtilName,trim_util_code,SUBRGN,Predominant Utility
00019,CA,Lassen Municipal Utility District,61987,CAMX,1
00019,CA,Surprise Valley Electric Corp,62636,NWPP,0
00033,CA,Sierra Pacific Power Co [Berkshire Hathaway Inc],1157,NWPP,0
00033,CA,Liberty Utilities,57483,CAMX,1
00501,NY,Long Island Power Authority,11171,NYLI,1
00601,PR,,,PRMS,0
01008,MA,City of Russell - (MA),16438,NEWE,1
01008,MA,Western Massachusetts Electric Company,20455,NEWE,0
"""
WORKBOOK = """\
ZIP (character),ZIP (numeric),state,eGRID Subregion #1,eGRID Subregion #2,eGRID Subregion #3
19,19,CA,CAMX,NWPP,
501,501,NY,NYLI,,
"""


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "zip.csv"
    path.write_text(REPOSITORY)
    monkeypatch.setenv(VARIABLE, str(path))
    return path


@pytest.fixture(autouse=True)
def no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.mark.parametrize(
    ("code", "subregion", "others"),
    [
        ("00019", "CAMX", ", in part NWPP"),
        ("00033", "CAMX", ", in part NWPP"),
        ("00501", "NYLI", ""),
        ("00501-0001", "NYLI", ""),
        ("00601", "PRMS", ""),
        ("01008", "NEWE", ""),
    ],
)
def test_the_subregion_of_the_predominant_utility(
    table: Path, code: str, subregion: str, others: str
) -> None:
    found, of_subregion = grid_intensity(f"zip:{code}"), grid_intensity(f"egrid:{subregion}")
    assert found.grams_per_kwh == of_subregion.grams_per_kwh
    assert found.reference == of_subregion.reference
    assert found.name == f"{of_subregion.name}, of ZIP code {code[:5]}{others}"
    assert found.source == "US EPA eGRID2023rev2; subregion by zip.csv"


def test_the_sheet_of_the_workbook(table: Path) -> None:
    saved = table.with_name("sheet.csv")
    saved.write_bytes(b"\xef\xbb\xbf" + WORKBOOK.encode())
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(VARIABLE, str(saved))
        assert grid_intensity("zip:00019").region == "egrid:CAMX"
        assert grid_intensity("zip:00501@eGRID2022").reference == "egrid:NYLI@eGRID2022"


@pytest.mark.parametrize(
    ("code", "region"),
    [
        ("02139", "egrid:MA"),
        ("05501", "egrid:MA"),
        ("10001", "egrid:NY"),
        ("00901", "egrid:PRMS"),
        ("20001", "egrid:DC"),
        ("73301", "egrid:TX"),
        ("90210", "egrid:CA"),
        ("96801", "egrid:HI"),
        ("99501", "egrid:AK"),
    ],
)
def test_the_state_without_a_table(code: str, region: str) -> None:
    found = grid_intensity(f"zip:{code}")
    assert found.region == region
    assert f"by the first digits of ZIP code {code}" in found.name


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("2139", "is no ZIP code; write five digits"),
        ("0213\uff19", "is no ZIP code; write five digits"),
        ("96910", "eGRID has no figures of where ZIP code 96910 is"),
        ("09012", "eGRID has no figures of where ZIP code 09012 is"),
        ("02139@eGRID1999", "eGRID release 'eGRID1999' is unknown"),
    ],
)
def test_no_figures(code: str, problem: str) -> None:
    with pytest.raises(GridError, match=problem):
        grid_intensity(f"zip:{code}")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"zip,state\n02139,MA\n", "has no columns zip and SUBRGN"),
        (b"", "has no columns zip and SUBRGN"),
        (b"\xff\xfe", "cannot be read"),
        (None, "cannot be read"),
        (REPOSITORY.encode(), "ZIP code 02139 is not in"),
        (b"zip,SUBRGN\n02139,XXXX\n", "grid region 'egrid:XXXX@eGRID2023rev2' is unknown"),
    ],
)
def test_no_such_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, problem: str
) -> None:
    path = tmp_path / "table.csv"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv(VARIABLE, str(path))
    with pytest.raises(GridError, match=problem):
        grid_intensity("zip:02139")


def test_the_command(gasprint: Command, table: Path) -> None:
    assert "NPCC Long Island, of ZIP code 00501" in gasprint("grid", "zip:00501", "--json").stdout
