"""A webhook on a real socket, which answers an update as a test says."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Hook:
    """A webhook on a real socket; `answer` decides what becomes of an update."""

    def __init__(self):
        self.seen = []  # (update, headers, path)
        self.answer = lambda update: (200, "")
        hook = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                update = json.loads(body)
                hook.seen.append((update, dict(self.headers), self.path))
                hook.reply(self, hook.answer(update))

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # the sandbox hangs up on purpose
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?x=1"

    @staticmethod
    def reply(handler, answer):
        if answer is None:  # hang up
            handler.close_connection = True
            return
        status, body, *headers = answer
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body else b""
        handler.send_response(status)
        if "Content-Type" not in dict(headers):
            handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    @property
    def texts(self):
        return [update["message"]["text"] for update, _, _ in self.seen]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
