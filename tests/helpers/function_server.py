"""A web server in front of a function, as a cloud has one."""

import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from events import event


@contextmanager
def serving(handler: Callable[[Any, Any], Any]) -> Iterator[str]:
    """Call the handler for each POST; an exception is a 502. Yields the address."""

    class Requests(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                answer = handler(event("aws_v2", headers=dict(self.headers), body=body), None)
            except Exception:
                answer = {"statusCode": 502}
            text = answer.get("body") or ""
            data = b64decode(text) if answer.get("isBase64Encoded") else text.encode()
            with suppress(OSError):  # the client has left
                self.send_response(answer["statusCode"])
                for name, value in answer.get("headers", {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Requests) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
