"""The JSON API of `gasprint serve`, over the ledger of a real chain.

given a ledger that is served
  its figures are what the contracts say, each with its unit, and large numbers are text
  what was committed afterwards stands apart from what was metered
  a list comes in pages, which together are all of it, each once
  a list comes as CSV, in which nothing is a formula, whatever the chain says
  an answer has the ledger's edition as its ETag, and is not sent again where nothing changed
  what is not there is 404, what makes no sense is 422, both in one line
  a page elsewhere that names this machine is refused, and nothing can be written
  who asks too often is told how long to wait
  whoever listens hears of each new edition
given a ledger in which a record was changed
  an audit finds it, says what it means, and what was not looked at; of an honest one it finds none
given a node
  serve keeps the ledger up to date itself, and shows a certificate as its contract draws it
given a node that does not answer
  pages do, and a certificate is drawn from the ledger after a while
given the auditor's page
  the commands that it shows do what it says
given what cannot be served
  it is one line, and exit code 2
given a SIGTERM
  it ends, and leaves nothing behind
"""

import json
import os
import shutil
import signal
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
import requests
from eth_utils.abi import function_signature_to_4byte_selector

from tests import commands
from tests.kept_chain import HOLDER, OUTSIDER, wait_for
from tests.pages import ROOT, fenced
from tests.relayed_node import relayed
from tests.served_ledger import API, serving
from tests.synced_chain import MARKUP, emit, rows, synced
from tests.web.conftest import COMMITTED_RECORDS

ACCOUNT_PATH = f"/deployments/1/accounts/{OUTSIDER.address}"


def test_figures_are_the_contracts_own(served, chain, ledger):
    suite = chain.suite
    accounts = served.pages("/deployments/1/accounts", 3)
    assert len({each["address"] for each in accounts}) == len(accounts) > 6
    for line in accounts:
        address = line["address"]
        account = served.json(f"/deployments/1/accounts/{address.lower()}")
        emissions = suite.EmissionsRegistry.functions.emissionsOf(address).call()
        credits = suite.CarbonCredits.functions
        assert account["address"] == address
        assert [
            account[name]
            for name in (
                *("records", "gas_used", "energy_picowatt_hours", "emitted_co2e_micrograms"),
                *("retired_units", "invalidated_units", "replaced_units"),
                "outstanding_co2e_micrograms",
            )
        ] == [
            *map(str, emissions),
            str(credits.retiredFor(address).call()),
            str(credits.invalidatedFor(address).call()),
            str(credits.replacedFor(address).call()),
            str(suite.EmissionsRegistry.functions.outstanding(address).call()),
        ]
        assert line["emitted_co2e_micrograms"] == account["emitted_co2e_micrograms"]
    totals = served.json("/ledger")["deployments"][0]["totals"]
    ((records, co2e),) = rows(
        ledger,
        "SELECT sum(records), sum(co2e_micrograms) FROM ("
        "SELECT 1 AS records, co2e_micrograms FROM emissions_recorded UNION ALL "
        "SELECT record_count, co2e_micrograms FROM emissions_committed)",
    )
    assert (totals["records"], totals["co2e_micrograms"]) == (str(records), str(co2e))
    assert totals["retired_units"] == str(sum(int(each["retired_units"]) for each in accounts))


def test_pages_together_are_all_of_it(served, ledger):
    for path, table in (
        (
            "/deployments/1/emissions",
            "(FROM emissions_recorded UNION ALL BY NAME FROM emissions_committed)",
        ),
        ("/deployments/1/retirements", "retirement_recorded"),
        ("/deployments/1/credits", "credit_minted"),
    ):
        found = [each["transaction_hash"] for each in served.pages(path, 2)]
        query = f"SELECT transaction_hash FROM {table} ORDER BY block_number DESC, log_index DESC"
        assert found == [hash_ for (hash_,) in rows(ledger, query)]
    found = served.pages(f"{ACCOUNT_PATH}/retirements", 1)
    assert [each["number"] for each in found] == list(range(len(found), 0, -1))
    token_id = found[0]["token_id"]
    in_order = served.pages(f"/deployments/1/credits/{token_id}/retirements", 3)
    spans = [(int(each["span"]["first_serial"]), each["span"]) for each in in_order]
    assert spans == sorted(spans, key=lambda each: each[0])


def test_what_was_committed(served, chain):
    path = f"/deployments/1/accounts/{HOLDER.address}"
    (committed,) = served.pages(f"{path}/emissions", 5)
    assert committed["way"] == "committed"
    assert committed["records"] == str(COMMITTED_RECORDS)
    assert committed["last_block"] == committed["first_block"] + 1 < committed["block_number"]
    (found,) = served.json(path)["sums"]
    figures = chain.suite.EmissionsRegistry.functions.emissionsOf(HOLDER.address).call()
    assert (found["way"], found["factor_version"]) == ("committed", "1")
    assert [found[name] for name in ("records", "gas_used", "co2e_micrograms")] == [
        str(figures[place]) for place in (0, 1, 3)
    ]
    page = served.get(path).text
    assert "committed afterwards" in page
    blocks = f"blocks {committed['first_block']} to {committed['last_block']}"
    assert f"committed, {blocks}, factor 1" in page


def test_csv(served):
    answer = served.get(f"{API}{ACCOUNT_PATH}/retirements?format=csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert 'attachment; filename="' in answer.headers["Content-Disposition"]
    assert "\x1b" not in answer.text
    assert "\u202e" not in answer.text
    events = served.json(f"/transactions/{_hostile(served)['transaction_hash']}")["items"]
    assert events[0]["retirements"][0]["purpose"] == MARKUP


def _hostile(served):
    found = served.json(f"{ACCOUNT_PATH}/retirements")["items"]
    return next(each for each in found if each["purpose"] == MARKUP)


def test_not_modified(served, chain, ledger):
    for path in (f"{API}/ledger", ACCOUNT_PATH, f"{ACCOUNT_PATH}/balance.svg"):
        tag = served.get(path).headers["ETag"]
        again = served.get(path, 304, headers={"If-None-Match": f'W/"other", {tag}'})
        assert (again.content, again.headers["ETag"]) == (b"", tag)
        assert "Content-Security-Policy" not in again.headers
    edition = served.edition()
    emit(chain, 1)
    synced(chain, ledger)
    assert served.wait_beyond(edition)
    assert served.get(path, headers={"If-None-Match": tag}).headers["ETag"] != tag


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/deployments/9", 404, "deployment 9 is not in the ledger"),
        (f"/deployments/1/accounts/0x{'1' * 40}", 404, "no event of account 0x"),
        (f"/transactions/0x{'1' * 64}", 404, "no event of transaction 0x1"),
        ("/deployments/1/retirements/7", 404, "retirement 7 is not in the ledger"),
        (f"/deployments/1/credits/{2**256}", 404, "does not fit 256 bits"),
        ("/deployments/1/projects/1/7", 404, "no credit of project 7"),
        ("/nothing", 404, "Not Found"),
        ("/deployments/1/accounts/0x12", 422, "path address"),
        ("/deployments/1/emissions?limit=0", 422, "query limit"),
        ("/deployments/1/emissions?cursor=x", 422, "query cursor"),
        ("/deployments/1/key-figures?target=nan", 422, "query target"),
        ("/search", 422, "query q"),
    ],
)
def test_refusals(served, path, status, words):
    answer = served.get(API + path, status)
    detail = answer.json()["detail"]
    assert words in detail
    assert "\n" not in detail
    if "?" not in path and path != "/search":
        page = served.get(path, status)
        assert "<h1>Not here</h1>" in page.text


def test_another_host_and_writing_are_refused(served):
    for host, status in (
        *(("evil.example", 400), ("evil.example:80", 400), ("127.0.0.1.evil.example", 400)),
        *(("", 400), ("localhost", 200), ("[::1]:80", 200), ("LOCALHOST:1", 200)),
    ):
        answer = served.get("/", status, headers={"Host": host})
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = requests.request(method, f"{served.url}{API}/ledger", timeout=60)
        assert answer.status_code == 405


def test_too_many_requests(ledger):
    with serving(ledger, "--rate", 2) as slow:
        # Whoever says to be many is one.
        answers = [
            requests.get(
                slow.url + API + "/findings",
                timeout=60,
                headers={"X-Forwarded-For": f"10.0.0.{number}"},
            )
            for number in range(30)
        ]
        told = [each.status_code for each in answers]
        assert set(told) == {200, 429}
        refused = next(each for each in answers if each.status_code == 429)
        assert 1 <= int(refused.headers["Retry-After"]) <= 2
        assert "too many requests" in refused.json()["detail"]


def test_events(served, chain, ledger):
    with requests.get(f"{served.url}/events", stream=True, timeout=60) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        lines = (line for line in stream.iter_lines(1, decode_unicode=True) if "data" in line)
        first = next(lines)
        assert first == f"data: {served.edition()}"
        emit(chain, 1)
        synced(chain, ledger)
        second = next(lines)
    assert second != first
    assert second == f"data: {served.edition()}"


def test_it_reads_the_node_itself(chain, tmp_path):
    arguments = ("--rpc", chain.url, "--deployment", chain.deployment, "--every", 0.2)
    with serving(tmp_path / "own.duckdb", *arguments, "--rate", 0) as own:
        before = own.json("/ledger")["deployments"][0]
        assert before["holds"] is True
        emit(chain, 1)
        wait_for(
            lambda: (
                own.json("/ledger")["deployments"][0]["totals"]["records"]
                == str(int(before["totals"]["records"]) + 1)
            )
        )
        retirement = _hostile(own)
        drawn = own.get(
            f"/deployments/1/retirements/{retirement['retirement_id']}/certificate.svg"
        ).content.decode()
        svg = chain.suite.RetirementCertificates.functions.svgOf(int(retirement["retirement_id"]))
        assert drawn == svg.call()


def test_a_node_that_does_not_answer(chain, tmp_path):
    svg_of = "0x" + function_signature_to_4byte_selector("svgOf(uint256)").hex()
    hangs, answers = threading.Event(), threading.Event()

    def answer(question, ask):
        parameters = question.get("params") or [{}]
        if question["method"] == "eth_call" and parameters[0].get("data", "").startswith(svg_of):
            hangs.set()
            answers.wait(60)
        return ask(question)

    with relayed(chain.url, answer) as url:
        arguments = ("--rpc", url, "--deployment", chain.deployment, "--every", 100, "--rate", 0)
        with serving(tmp_path / "slow.duckdb", *arguments) as slow:
            number = _hostile(slow)["retirement_id"]
            path = f"/deployments/1/retirements/{number}/certificate.svg"
            with ThreadPoolExecutor(60) as many:
                drawn = [many.submit(slow.get, path) for _ in range(60)]
                assert hangs.wait(30)
                assert "Overview" in slow.get("/").text
                assert slow.get("/deployments/1/key-figures.svg").text.startswith("<svg")
                assert not answers.is_set()
                # Those that wait are shown what the ledger tells.
                for each in drawn:
                    assert "not by the contract" in each.result(60).text
            answers.set()


def test_documented_commands(chain, ledger, tmp_path):
    shown = "".join(fenced(ROOT / "docs" / "auditor.md", "sh"))
    lines = [line for line in shown.splitlines() if line.startswith("gasprint serve")]
    assert len(lines) == 2
    (tmp_path / "ledger.duckdb").write_bytes(ledger.read_bytes())
    for line in lines:
        line = line.replace("http://127.0.0.1:8545", chain.url).replace("--port 8000", "")
        line = line.replace("deployments/31337.json", str(chain.deployment))
        _, name, path, *options = line.split()
        assert (name, path) == ("serve", "ledger.duckdb")
        with serving(tmp_path / path, *options) as running:
            assert "The events add up" in running.get("/").text


def test_what_cannot_be_served(tmp_path, served, ledger):
    other = tmp_path / "other.duckdb"
    other.write_text("no ledger")
    port = served.url.rpartition(":")[2]
    for arguments, words in (
        ((tmp_path / "none.duckdb",), "is not there; gasprint sync"),
        ((other,), "is no ledger"),
        ((ledger, "--port", port), "cannot be listened on"),
        ((ledger, "--host", "192.0.2.1"), "cannot be listened on"),
    ):
        finished = commands.run("serve", *arguments, timeout=60)
        assert (finished.returncode, finished.stdout) == (2, "")
        assert words in finished.stderr
        assert finished.stderr.count("\n") == 1


def test_it_ends(ledger, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    tempfile.tempdir = None
    with serving(ledger) as running:
        (folder,) = tmp_path.glob("gasprint-serve-*")
        children = Path(f"/proc/{running.command.pid}/task/{running.command.pid}/children")
        (child,) = children.read_text().split()
        listening = requests.get(f"{running.url}/events", stream=True, timeout=60)
        running.command.send_signal(signal.SIGTERM)
        assert running.command.wait(30) == 128 + signal.SIGTERM
        listening.close()
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int(child), 0)


def test_openapi_tells_units(served):
    document = served.json("/openapi.json")
    assert document["info"]["title"] == "gasprint"
    account = document["components"]["schemas"]["Account"]["properties"]
    assert account["energy_picowatt_hours"]["description"] == "pWh."
    assert account["gas_used"]["type"] == "string"
    described = json.dumps(document["components"]["schemas"]["Retirement"])
    assert "10^8 are one tonne" in described
    assert HOLDER.address not in described


def test_what_an_audit_finds(served, ledger, tmp_path):
    honest = wait_for(lambda: (told := served.json("/findings"))["not_checked"] and told)
    assert [each for each in honest["findings"] if each["severity"] == "error"] == []
    assert "no node" in " ".join(each["reason"] for each in honest["not_checked"])
    forged = tmp_path / "forged.duckdb"
    shutil.copy(ledger, forged)
    with duckdb.connect(str(forged)) as connection:
        ((account, transaction),) = connection.execute(
            "UPDATE emissions_recorded SET co2e_micrograms = co2e_micrograms - 1 WHERE rowid = 0 "
            "RETURNING account, transaction_hash"
        ).fetchall()
    with serving(forged) as of_forged:
        found = wait_for(lambda: of_forged.json("/findings")["findings"])
        (error,) = (each for each in found if each["severity"] == "error")
        assert (error["account"], error["transaction_hash"]) == (account, transaction)
        assert error["check"] == "emissions"
        for path in ("/findings", f"/deployments/1/accounts/{account}"):
            page = of_forged.get(path).text
            assert "recomputed" in page
            assert error["meaning"][:40] in page


def test_a_retirement_that_owns_nothing(served, ledger, tmp_path):
    forged = tmp_path / "nothing.duckdb"
    shutil.copy(ledger, forged)
    with duckdb.connect(str(forged)) as connection:
        nothing = str(1 << 120)
        connection.execute(
            "UPDATE retirement_recorded SET retirement_id = ? WHERE rowid = 0", [nothing]
        )
    with serving(forged) as of_forged:
        table = of_forged.get(API + "/deployments/1/retirements?format=csv").text
        assert nothing in table
        # The audit of it makes an edition of its own.
        wait_for(lambda: of_forged.json("/findings")["not_checked"])
        before = of_forged.edition()
        with duckdb.connect(str(forged)) as connection:
            connection.execute("DROP TABLE retirement_recorded")
        # What is no ledger any more leaves what was served.
        assert of_forged.edition() == before
        shutil.copy(ledger, tmp_path / "honest.duckdb")
        (tmp_path / "honest.duckdb").replace(forged)
        of_forged.wait_beyond(before)
        assert nothing not in of_forged.get(API + "/deployments/1/retirements?format=csv").text
