"""What tests of EventSub share: a webhook, subscriptions to chat, the next WebSocket message."""

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import aiohttp
from twitch_tools import helix

SECRET = "a secret of the test"
READ = ["user:read:chat", "user:bot"]


class Callback(ThreadingHTTPServer):
    """A program's webhook: answers challenges, keeps what came, fails on request."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/hook"
        self.came = queue.Queue()
        self.challenge = lambda text: text
        self.answers = []  # statuses for the next notifications; then 204
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def server_close(self):
        self.shutdown()  # or its thread would go round and round
        super().server_close()

    def next(self, kind):
        while True:
            headers, raw, body = self.came.get(timeout=60)
            if headers["Twitch-Eventsub-Message-Type"] == kind:
                return headers, raw, body


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        body = json.loads(raw)
        self.server.came.put((self.headers, raw, body))
        answer = self.server.challenge(body["challenge"]) if "challenge" in body else ""
        notified = self.headers["Twitch-Eventsub-Message-Type"] == "notification"
        status = self.server.answers.pop(0) if notified and self.server.answers else 200
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_):
        pass


def subscribe(world, transport, token, **changes):
    body = {
        "type": "channel.chat.message",
        "version": "1",
        "condition": {"broadcaster_user_id": world.viktor.id, "user_id": world.bot.id},
        "transport": transport,
    }
    return helix(world, "POST", "/eventsub/subscriptions", token=token, body=body | changes)


def by_webhook(world, callback, **changes):
    transport = {"method": "webhook", "callback": callback.url, "secret": SECRET}
    token = world.twitch.app_token(world.app)
    return subscribe(world, transport | changes, token)


def enabled(world, callback):
    answer = by_webhook(world, callback)
    world.twitch.wait_for(world.bot, "viktor")
    return answer


async def receive(socket, kind):
    """The next message of a kind, or the close code."""
    while True:
        frame = await socket.receive(timeout=60)
        if frame.type is not aiohttp.WSMsgType.TEXT:
            return socket.close_code
        message = json.loads(frame.data)
        if message["metadata"]["message_type"] == kind:
            return message
