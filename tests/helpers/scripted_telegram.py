"""A Bot API that answers as a test wants: refusals, pages of a proxy, silence."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

Answer = tuple[int, Any] | None  # a status and a body; None hangs up without an answer
ME = {"id": 42, "is_bot": True, "first_name": "Hello bot", "username": "hello_bot"}


def ok(result: Any = True) -> Answer:
    """Answer as the Bot API does when all is well."""
    return 200, {"ok": True, "result": result}


def refused(code: int, description: str, **parameters: int) -> Answer:
    """Answer as the Bot API does when it refuses."""
    more = {"parameters": parameters} if parameters else {}
    return code, {"ok": False, "error_code": code, "description": description} | more


def sent(call: dict[str, Any]) -> Answer:
    """Answer a sendMessage: it is done."""
    chat = {"id": int(call["chat_id"]), "type": "private"}
    return ok({"message_id": 1, "date": 1, "chat": chat, "text": call["text"]})


class ScriptedTelegram:
    """A server at `url`: `script(method, parameters, path)` says what to answer."""

    def __init__(self, script: Callable[[str, dict[str, Any], str], Answer], port: int = 0) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:  # noqa: N805  (self is the server here)
                body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
                if "json" in handler.headers.get("Content-Type", ""):
                    call = json.loads(body)
                else:
                    call = dict(parse_qsl(body.decode()))
                method = handler.path.rpartition("/")[2]
                self.calls.append((method, call))
                answer = script(method, call, handler.path)
                if answer is None:
                    return
                status, content = answer
                if isinstance(content, Iterator):  # piece by piece, until it ends
                    handler.send_response(status)
                    handler.end_headers()
                    with suppress(OSError):  # the client has left
                        for piece in content:
                            handler.wfile.write(piece.encode())
                    return
                text = content if isinstance(content, str) else json.dumps(content)
                handler.send_response(status)
                handler.send_header("Content-Length", str(len(text.encode())))
                handler.end_headers()
                handler.wfile.write(text.encode())

            do_GET = do_POST  # noqa: N815  (http.server's name)

            def log_message(handler, *_: Any) -> None:  # noqa: N805
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"

    def texts(self) -> list[str]:
        """What it was asked to say, in order."""
        return [call["text"] for method, call in list(self.calls) if method == "sendMessage"]

    def close(self) -> None:
        """Stop listening: from now on connections are refused."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> "ScriptedTelegram":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
