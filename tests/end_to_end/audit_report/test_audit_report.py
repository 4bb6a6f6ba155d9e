"""`gasprint audit --report`, on a chain on which there is markup wherever there are texts.

given a report in each format
    it  has every serial, and the figures of the audit, in each
    it  shows texts from the chain as text: PDF, HTML, CSV, Parquet, JSON-LD
    it  is the same, byte for byte, made again
    it  is linked data that is read without fetching anything, and whose units add up
given an ending that is none, a folder that is not there, or one with other things in it
    it  says so in one line, exit code 2, and writes nothing
"""

import csv
import json

import duckdb
import pyarrow.parquet as pq
import pytest
from rdflib import Graph, Literal, Namespace

from gasprint._output import harmless
from tests import commands
from tests.report_data import text_of_pdf
from tests.suite import NO_UTF8_SHOWN
from tests.synced_chain import MARKUP

ENDINGS = ("pdf", "html", "csv", "parquet", "jsonld")
SHOWN = harmless(MARKUP)
TERMS = Namespace("urn:gasprint:terms:")


@pytest.fixture(scope="module")
def made(chain, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    words = [word for each in ENDINGS for word in ("--report", folder / f"audit.{each}")]
    finished = run(chain, "--json", *words)
    assert finished.returncode in (0, 1), finished.stderr
    return folder, json.loads(finished.stdout)


def run(chain, *words):
    return commands.run(*chain.command(*words, name="audit"), timeout=120)


def spans(document):
    return [each["span"] for each in document["retirements"]]


def test_every_serial_is_in_the_pdf(made):
    folder, document = made
    text = text_of_pdf(folder / "audit.pdf")
    assert spans(document)
    for span in spans(document):
        assert str(span["first_serial"]) in text
        assert str(span["last_serial"]) in text
        assert f"{span['last_end_units']:,}/10⁸" in text or span["last_end_units"] == 10**8
    for each in document["retirements"]:
        assert each["transaction_hash"] in text
        assert each["retirement_id"] in text


def test_texts_are_text(made):
    folder, _ = made
    pdf = " ".join(text_of_pdf(folder / "audit.pdf").split())
    assert " ".join(SHOWN.split()) in pdf
    page = (folder / "audit.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;alert(&#34;1&#34;)" in page
    for content in (pdf, page):
        assert not set(content) & set("\u202e\x00\x1b")
    (described,) = [row for row in rows(folder, "retirements") if row["purpose"]]
    assert described["purpose"] == SHOWN
    assert described["beneficiary_name"] == harmless(NO_UTF8_SHOWN)
    table = pq.read_table(folder / "audit.parquet" / "retirements.parquet").to_pylist()
    assert SHOWN in [each["purpose"] for each in table]
    graph = Graph().parse(folder / "audit.jsonld", format="json-ld")
    assert SHOWN in [str(each) for each in graph.objects(predicate=TERMS.purpose)]


def rows(folder, table):
    with (folder / "audit.csv" / f"{table}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_no_cell_is_a_formula(made):
    folder, _ = made
    for path in (folder / "audit.csv").iterdir():
        with path.open(newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert cells
        assert not [each for each in cells if each[:1] in ("=", "+", "@", "\t")]


def test_figures_add_up_in_each_format(made):
    folder, document = made
    emitted = sum(each["emitted_co2e_micrograms"] for each in document["accounts"])
    retired = sum(each["units"] for each in document["retirements"])
    assert emitted == sum(int(each["gross_co2e_micrograms"]) for each in rows(folder, "emissions"))
    assert retired == sum(int(each["units"]) for each in rows(folder, "retirements"))
    query = f"SELECT sum(units) FROM '{folder / 'audit.parquet' / 'retirements.parquet'}'"
    assert duckdb.sql(query).fetchall() == [(retired,)]
    graph = Graph().parse(folder / "audit.jsonld", format="json-ld")
    assert retired == sum(each.toPython() for each in graph.objects(predicate=TERMS.units))
    assert Literal(document["ok"]) in graph.objects(predicate=TERMS.nothing_contradicts_the_ledger)
    method = json.loads(
        pq.read_schema(folder / "audit.parquet" / "accounts.parquet").metadata[b"gasprint"]
    )
    for name in ("audit.pdf", "audit.html"):
        text = text_of_pdf(folder / name) if name.endswith("pdf") else (folder / name).read_text()
        assert method["fingerprint"] in text


def test_made_again_it_is_the_same(chain, made, tmp_path):
    folder, _ = made
    assert run(chain, "--report", tmp_path / "audit.pdf").returncode in (0, 1)
    assert (tmp_path / "audit.pdf").read_bytes() == (folder / "audit.pdf").read_bytes()


def test_a_folder_takes_the_place_of_an_earlier_one(chain, tmp_path):
    (tmp_path / "audit.csv").mkdir()
    (tmp_path / "audit.csv" / "earlier.csv").write_text("a\n")
    assert run(chain, "--report", tmp_path / "audit.csv").returncode in (0, 1)
    assert "accounts.csv" in {each.name for each in (tmp_path / "audit.csv").iterdir()}
    assert not (tmp_path / "audit.csv" / "earlier.csv").exists()
    assert [each.name for each in tmp_path.iterdir()] == ["audit.csv"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("audit.docx", "is no report; let it end in .pdf, .html, .jsonld, .csv, .parquet"),
        ("audit", "is no report"),
        ("nowhere/audit.pdf", "cannot be written: No such file or directory"),
        ("nowhere/audit.csv", "cannot be written: No such file or directory"),
        ("taken.pdf", "is not a file; name another"),
        ("taken.csv", "has other things in it than a report"),
        ("file.parquet", "is a file, and a report .parquet is a folder"),
    ],
)
def test_what_cannot_be_written_is_one_line(chain, tmp_path, name, problem):
    (tmp_path / "taken.pdf").mkdir()
    (tmp_path / "taken.csv").mkdir()
    (tmp_path / "taken.csv" / "letter.txt").write_text("mine")
    (tmp_path / "file.parquet").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    finished = run(chain, "--report", tmp_path / "audit.html", "--report", tmp_path / name)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert finished.stderr.count("\n") == 1
    assert problem in finished.stderr
    assert sorted(tmp_path.rglob("*")) == before
