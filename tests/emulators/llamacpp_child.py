"""A llama.cpp server as a child process, without a model: it answers what it is told to, and writes down what it was asked.

Run as a program: `--model FILE --context N --threads N`, as the real child is. FILE names a folder: `asked` in it grows by a
line for each request, `refuses` makes it say that it still loads.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder: Path

    def do_GET(self) -> None:
        loading = (self.folder / "refuses").exists()
        error = {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}
        self._answer(503 if loading else 200, json.dumps(error if loading else {"status": "ok"}), "application/json")

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with (self.folder / "asked").open("a") as log:
            log.write(json.dumps({**asked, "pid": os.getpid()}) + "\n")
        chunks = [
            {"choices": [{"index": 0, "delta": {"content": "Hello there."}}], "model": "stand-in"},
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "model": "stand-in"},
        ]
        self._answer(
            200, "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n", "text/event-stream"
        )

    def _answer(self, status: int, body: str, kind: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Nothing on standard error."""


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path)
    parser.add_argument("--context")
    parser.add_argument("--threads")
    _Handler.folder = parser.parse_args().model
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
