"""A node that stands before another one, and answers some questions in a way of its own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

Question = dict[str, Any]
Answer = dict[str, Any]


@contextmanager
def relayed(
    url: str, answer: Callable[[Question, Callable[[Question], Answer]], Answer]
) -> Iterator[str]:
    """Its address; `answer` gets each question, and a way to have the node at `url` answer it."""

    def ask(question: Question) -> Answer:
        return dict(requests.post(url, json=question, timeout=60).json())

    handler = answering(lambda question: json.dumps(answer(question, ask)))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def answering(answer: Callable[[Question], str]) -> type[BaseHTTPRequestHandler]:
    """What serves JSON-RPC by what `answer` makes of each question, as JSON."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            many = f"[{','.join(map(answer, asked))}]" if isinstance(asked, list) else ""
            body = (many or answer(asked)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    return Handler
