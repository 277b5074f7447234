// Tries on a pupil's device, the evening before, what a lesson needs. Each try has its time.

const TIME_MS = 30_000;
const BYTES = 5_000_000; // as in server.py
const READY = "All green: the lesson can begin.";
const PLAN_B =
  "Something failed, so this network or this device is in the way. Take plan B: the course in a " +
  "browser's tab, from your own laptop. In the folder of the course, type: python3 start.py class --laptop";

async function ask(path) {
  const token = document.cookie.match(/_xsrf=([^;]+)/)?.[1]; // without it the Hub refuses scripts
  const answer = await fetch(path, { headers: { "X-XSRFToken": token } });
  if (!answer.ok) throw new Error(answer.status);
  return answer;
}

const tries = {
  "sign-in": () => ask("whoami"),
  "own-host": async () => {
    const { host } = await (await ask("whoami")).json();
    // An answer that this page may not read is an answer.
    await fetch(`//${host}/`, { mode: "no-cors", credentials: "omit" });
  },
  "page-inside": () =>
    new Promise((done, failed) => {
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.onload = () => (frame.contentDocument?.title === "inside" ? done() : failed());
      frame.src = "inside";
      document.body.append(frame);
    }),
  socket: () =>
    new Promise((done, failed) => {
      const address = new URL("socket", location.href);
      address.protocol = address.protocol.replace("http", "ws");
      const socket = new WebSocket(address);
      socket.onopen = () => socket.send("hello");
      socket.onmessage = ({ data }) => (data === "hello" ? done() : failed());
      socket.onerror = failed;
    }),
  download: async () => {
    const content = await (await ask("download")).arrayBuffer();
    if (content.byteLength !== BYTES) throw new Error("it isn't whole");
  },
};

async function attempt(name) {
  const cell = document.getElementById(name);
  const began = performance.now();
  const late = new Promise((_, failed) => setTimeout(failed, TIME_MS));
  try {
    await Promise.race([tries[name](), late]);
    cell.textContent = `✔ ${((performance.now() - began) / 1000).toFixed(1)} s`;
    return true;
  } catch {
    cell.textContent = "✘ no";
    return false;
  }
}

const results = [];
for (const name in tries) results.push(await attempt(name));
document.getElementById("verdict").textContent = results.every(Boolean) ? READY : PLAN_B;
