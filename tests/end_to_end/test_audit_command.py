"""`gasprint audit`, as a user runs it.

given a clean chain      exit 0, two tables, or the same as JSON
given a contradiction    exit 1, and the finding in words
given a broken, foreign or missing file, the wrong chain, no code, no node, no address
    exit 2, one line on stderr, nothing on stdout
"""

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gasprint import _node
from gasprint.errors import InputError
from tests import commands
from tests.suite import FIRST_SERIAL, deposit, retire_for


@pytest.fixture
def gasprint(rpc_url, deployment):
    def run(*arguments, rpc=rpc_url, deployment=deployment):
        return commands.run("audit", *arguments, "--rpc", rpc, "--deployment", deployment)

    return run


@pytest.fixture
def edited(deployment, tmp_path):
    """The deployment file, changed."""

    def edit(change):
        document = json.loads(deployment.read_text())
        change(document)
        path = tmp_path / "edited.json"
        path.write_text(json.dumps(document))
        return path

    return edit


@pytest.fixture
def mint(suite, roles, collection):
    deposit(suite, roles, collection, 10**6)
    return collection.mint(13, b"", {"from": roles.collector})


def refusal(result):
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_tables(gasprint, suite, roles, mint, collection):
    retire_for(suite, roles, 3 * 10**8)
    result = gasprint()

    assert (result.returncode, result.stderr) == (0, "")
    assert "Nothing contradicts the ledger" in result.stdout
    assert collection.address in result.stdout
    assert "1 of 1" in result.stdout
    assert "3 t" in result.stdout
    assert f"{FIRST_SERIAL} … {FIRST_SERIAL + 2}" in result.stdout


def test_json(gasprint, mint, collection):
    result = gasprint("--json", collection.address)
    document = json.loads(result.stdout)

    assert result.returncode == 0
    assert document["ok"] is True
    assert document["findings"] == []
    (line,) = document["accounts"]
    assert line["recorded_gas"] == sum(e["gasUsed"] for e in mint.events["EmissionsRecorded"])


def test_contradiction(gasprint, project_contracts, suite, roles):
    claimer = project_contracts.GasClaimer.deploy(
        suite.EmissionsRegistry, {"from": roles.marketplace}
    )
    claimer.claim(1, {"from": roles.collector})
    result = gasprint()

    assert (result.returncode, result.stderr) == (1, "")
    assert "1 contradiction(s)" in result.stdout
    assert "error: metering: 1 gas recorded" in result.stdout
    assert claimer.address in result.stdout


def test_help(gasprint):
    result = gasprint("--help")

    assert result.returncode == 0
    assert "Example: gasprint audit" in result.stdout


def test_no_address(gasprint):
    assert "account 'nobody' is no address" in refusal(gasprint("nobody"))


def test_unreachable_node(gasprint):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{probe.getsockname()[1]}"
    message = refusal(gasprint(rpc=f"http://user:secret@{host}/key"))

    assert f"no node answers at {host}; start one" in message
    assert "secret" not in message
    assert "key" not in message


def test_no_http_address(gasprint):
    assert "must look like http://" in refusal(gasprint(rpc="localhost:8545"))
    assert "must look like http://" in refusal(gasprint(rpc="http://[::1"))


def test_wrong_chain(gasprint, edited, chain):
    path = edited(lambda document: document.update(chain_id=5))

    message = refusal(gasprint(deployment=path))
    assert f"the node serves chain {chain.id}, but {path} is of chain 5" in message


def test_no_code(gasprint, edited, roles):
    address = roles.outsider.address
    path = edited(lambda d: d["contracts"]["CarbonCredits"].update(address=address))

    assert f"there is no code at {address}, where CarbonCredits" in refusal(
        gasprint(deployment=path)
    )


def test_another_contract(gasprint, edited, collection):
    address = collection.address
    path = edited(lambda d: d["contracts"]["CarbonCredits"].update(address=address))

    assert "counts retirements of other credits" in refusal(gasprint(deployment=path))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.clear(), "'chain_id' is missing"),
        (lambda d: d["contracts"].pop("CarbonCredits"), "'CarbonCredits' is missing"),
        (lambda d: d["contracts"]["CarbonCredits"].update(address="0x1"), "has no address"),
        (lambda d: d["contracts"]["CarbonCredits"].update(abi=[]), "lacks event CreditMinted("),
        (lambda d: d["contracts"]["CarbonCredits"].update(abi=[5, None]), "lacks event"),
        (lambda d: _function(d)["outputs"].clear(), "lacks function stateOf("),
        (lambda d: _function(d).pop("inputs"), "lacks function stateOf("),
        (lambda d: d["contracts"]["CarbonCredits"].update(abi=None), "only a file that"),
        (lambda d: d["contracts"].update(CarbonCredits=7), "only a file that"),
        (lambda d: d.update(chain_id="1"), "'1' is no block or chain number"),
    ],
)
def test_foreign_file(gasprint, edited, change, message):
    assert message in refusal(gasprint(deployment=edited(change)))


def _function(document):
    abi = document["contracts"]["CarbonCredits"]["abi"]
    return next(item for item in abi if item.get("name") == "stateOf")


class Answer(BaseHTTPRequestHandler):
    """Answers every request with the same bytes."""

    def do_POST(self):
        self.server.requests += 1
        time.sleep(self.server.seconds)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_):
        pass


@pytest.fixture
def strange_node():
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.requests = server.seconds = 0
        server.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def _result(text):
    return b'{"jsonrpc": "2.0", "id": 0, "result": %s}' % text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"[]",
        _result(b'"0xzz"'),
        _result(b'"0x' + b"f" * 5_000 + b'"'),
        _result(b"null"),
    ],
)
def test_node_that_answers_nonsense(gasprint, strange_node, body):
    strange_node.body = body

    assert f"the node at {strange_node.url.removeprefix('http://')}" in refusal(
        gasprint(rpc=strange_node.url)
    )


def test_node_that_hangs_is_asked_once(strange_node, monkeypatch):
    monkeypatch.setattr(_node, "_TIMEOUT_SECONDS", 0.2)
    strange_node.body, strange_node.seconds = b"", 1

    with pytest.raises(InputError, match=r"failed \(ReadTimeout\)"):
        _node.Node.at(strange_node.url).chain_id()
    assert strange_node.requests == 1


def test_broken_file(gasprint, tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text("{")

    assert f"{broken}: is no JSON" in refusal(gasprint(deployment=broken))
    broken.write_text("[" * 100_000)
    assert f"{broken}: is no JSON" in refusal(gasprint(deployment=broken))
    assert "No such file" in refusal(gasprint(deployment=tmp_path / "missing.json"))
