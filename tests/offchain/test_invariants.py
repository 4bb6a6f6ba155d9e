"""docs/INVARIANTS.md names tests and proofs that exist.

given its table
  the lines are numbered, and each names a function of a test, by its file
  a proof, where one is named, is a function of that file, and one that halmos runs
  six lines at least name a proof
  `make prove` runs the proofs of every file
  what is in a stateful test is reached from a test that pytest collects
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NO_PROOF = "–"


def rows():
    lines = (ROOT / "docs" / "INVARIANTS.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return cells[2:]


def named(cell):
    """The functions that a cell names, each as path and name."""
    names = re.findall(r"`([^`]+)::(\w+)`", cell)
    assert names, f"{cell!r} names no function"
    return names


def test_the_lines_are_numbered():
    assert [row[0] for row in rows()] == [str(number) for number in range(1, len(rows()) + 1)]
    assert len(rows()) >= 12
    assert all(len(row) == 4 and row[1].endswith(".") for row in rows())


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_line_names_a_test_that_exists(row):
    for path, name in named(row[2]):
        text = (ROOT / path).read_text()
        assert re.search(rf"^\s*def {name}\(", text, re.MULTILINE)
        if not Path(path).name.startswith("test_"):
            module = path.removesuffix(".py").replace("/", ".")
            users = (ROOT / "tests" / "contracts").glob("test_*.py")
            assert any(f"from {module} import" in user.read_text() for user in users)
        elif not name.startswith("test_"):
            assert re.search(r"^def test_\w+\(", text, re.MULTILINE)
            assert "run_state_machine_as_test" in text


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_proof_that_a_line_names_exists(row):
    if row[3] == NO_PROOF:
        return
    for path, name in named(row[3]):
        assert path.startswith("tests/proofs/")
        assert name.startswith("check_")
        assert re.search(rf"\bfunction {name}\(", (ROOT / path).read_text())


def test_six_lines_have_a_proof():
    assert sum(row[3] != NO_PROOF for row in rows()) >= 6


def test_make_prove_runs_every_proof():
    makefile = (ROOT / "Makefile").read_text()
    run = {
        name
        for names in re.findall(r"\^\(?([\w|]+)\)?Proof\$", makefile)
        for name in names.split("|")
    }
    assert run == {
        path.stem.removesuffix("Proof") for path in (ROOT / "tests" / "proofs").glob("*Proof.sol")
    }
