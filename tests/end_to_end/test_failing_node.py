"""A retirement cannot be undone: whoever is told to try again must not retire twice.

given a node that takes a transaction and then fails
  the command says that it was or may have been sent, and names it where that is known
given somebody who stops the command while it waits
  it says so as well
"""

import json
import signal
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from brownie import web3
from eth_account import Account

from tests.commands import Command
from tests.suite import MNEMONIC, TOKEN_ID

PASSWORD = "correct horse"
HOLDER = Account.from_mnemonic(MNEMONIC, account_path="m/44'/60'/0'/0/5")
SENDING = ("eth_sendRawTransaction", "eth_sendTransaction")


@pytest.fixture
def gateway(rpc_url):
    """Stands before the node, and fails by its `manner` once a transaction is through."""

    class Gateway(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            method = json.loads(body)["method"]
            if server.sent and method.endswith("Receipt"):
                if server.manner == "silent":
                    time.sleep(20)
                if server.manner in ("lost", "silent"):
                    return
            request = urllib.request.Request(rpc_url, body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request) as response:
                answer = response.read()
            if method in SENDING:
                server.sent = True
                if server.manner == "dropped":
                    return
            self.send_response(502 if method in SENDING and server.manner == "502" else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.manner, server.sent = None, False
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def retire(gateway, deployment, tmp_path, roles):
    """The command that retires a tonne, with a key or a wallet."""

    def start(by):
        signer = ["--provider", gateway.url, "--from", str(roles.holder)]
        if by == "key":
            keystore, password = tmp_path / "key.json", tmp_path / "password"
            keystore.write_text(json.dumps(Account.encrypt(HOLDER.key, PASSWORD, iterations=2)))
            password.write_text(PASSWORD)
            signer = ["--keystore", str(keystore), "--password-file", str(password)]
        place = ["--rpc", gateway.url, "--deployment", str(deployment)]
        return Command("credits", "retire", TOKEN_ID, "1t", "--yes", *signer, *place)

    return start


@pytest.mark.parametrize("manner", ["502", "dropped", "lost"])
@pytest.mark.parametrize("by", ["key", "wallet"])
def test_it_says_that_it_was_sent(suite, retire, gateway, manner, by):
    gateway.manner = manner
    before = suite.CarbonCredits.stateOf(TOKEN_ID)["retirementCount"]
    process = retire(by)
    _, told = process.communicate()
    assert process.returncode == 2
    assert "sent" in told
    assert "look it up before you send another" in told
    if by == "key" or manner == "lost":
        transaction = told.split("transaction ")[1].split()[0]
        assert web3.eth.get_transaction_receipt(transaction)["status"] == 1
    assert suite.CarbonCredits.stateOf(TOKEN_ID)["retirementCount"] == before + 1


def test_it_says_so_when_it_is_stopped(retire, gateway):
    gateway.manner = "silent"
    process = retire("key")
    while not gateway.sent:
        assert process.poll() is None
        time.sleep(0.02)
    time.sleep(0.5)  # It waits for the receipt by now, or soon.
    process.send_signal(signal.SIGINT)
    _, told = process.communicate()
    assert process.returncode == 2
    assert "look it up before you send another" in told
