// The page's frame: it keeps the records from the sandbox and gives them to its panels.
//
// A panel is a module with `title` and `mount(section, app)`. Records come over one WebSocket,
// first all, then the changed ones. Each action is an HTTP request. If the sandbox runs in this
// browser, both go through a channel (channel.js).

import * as channel from "./channel.js";
import { element } from "./dom.js";
import * as telegram from "./telegram.js";
import * as twitch from "./twitch.js";
import * as cloud from "./cloud.js";
import * as mail from "./mail.js";

const PANELS = { telegram, twitch, cloud, mail };
const options = new URLSearchParams(location.hash.slice(1));
const records = new Map();
const RETRY_MS = 3000;
const SILENCE_MS = 5000; // a Python in this browser that says nothing for so long may have gone
const listeners = [];

const app = {
  options, // options in the address, such as chat=… or as=…
  records, // key → record; see feed.py

  // Calls back with the set of keys that changed, whenever one begins with `prefix`.
  on(prefix, callback) {
    listeners.push([prefix, callback]);
    const known = [...records.keys()].filter((key) => key.startsWith(prefix));
    if (known.length) callback(new Set(known));
  },

  // The records of one kind, as [key, record].
  all: (prefix) => [...records].filter(([key]) => key.startsWith(prefix)),

  // Makes a function that draws at most once per frame.
  drawing(draw) {
    let waiting = false;
    return () => {
      if (!waiting) requestAnimationFrame(() => ((waiting = false), draw()));
      waiting = true;
    };
  },

  // Asks the sandbox; an Error has its text.
  get: async (path) => (await ask(path)).json(),
  post: async (path, values) => (await ask(path, JSON.stringify(values))).json(),

  // Sends a file, and asks for one.
  upload: async (path, file) => (await ask(path, file)).json(),
  download: async (path) => (await ask(path)).blob(),

  // Shows the reader an error, or what was done, also with a screen reader.
  tell(text, isError = false) {
    const news = document.getElementById("news");
    news.textContent = text;
    news.classList.toggle("error", isError);
  },

  // Runs something that may fail, and shows the error; returns the result, or undefined.
  async attempt(work) {
    try {
      const result = await work();
      app.tell("");
      return result;
    } catch (error) {
      app.tell(error.message, true);
      return undefined;
    }
  },
};

// Asks a route of a server; a channel has its own way.
let request = (path, body) => {
  const headers = { "Bot-Sandbox-Key": options.get("key") ?? "" };
  const init = body === undefined ? { headers } : { method: "POST", headers, body };
  return fetch(`api/${path}`, init);
};

async function ask(path, body) {
  const response = await request(path, body).catch(() => {
    throw new Error("The sandbox does not answer: it has gone, or is too busy.");
  });
  if (!response.ok) {
    const { error } = await response.json().catch(() => ({ error: response.statusText }));
    throw new Error(error);
  }
  return response;
}

let wasOpen = false; // whether records ever came

function connect() {
  const address = new URL("live", location.href.split("#")[0]);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  socket.onopen = () => socket.send(JSON.stringify({ key: options.get("key") }));
  socket.onmessage = ({ data }) => receive(JSON.parse(data));
  socket.onclose = ({ code }) => {
    document.body.classList.add("gone");
    if (code === 4401) {
      app.tell("This address has no valid key. Open the one that the sandbox printed.", true);
    } else {
      app.tell(
        wasOpen
          ? "The sandbox has gone. What you see is how it was. For a new page, start it again, or run its cell again."
          : "There is no sandbox at this address any more.",
        true,
      );
      // After the computer slept, the connection is lost, but the sandbox may be running.
      setTimeout(connect, RETRY_MS);
    }
  };
}

function sayIfNobodyAnswers() {
  if (wasOpen) return;
  document.body.classList.add("gone");
  app.tell(
    "Python does not answer: it was started again, or is busy. If this stays, run the notebook's cells again, from the top.",
    true,
  );
}

function receive({ views, records: changed, reset }) {
  if (!wasOpen || document.body.classList.contains("gone")) app.tell("");
  wasOpen = true;
  document.body.classList.remove("gone");
  if (views) show(views);
  if (changed) take(changed, reset);
}

function take(changed, reset) {
  if (reset) for (const key of records.keys()) changed[key] ??= null; // others are gone
  for (const [key, record] of Object.entries(changed)) {
    if (record === null) records.delete(key);
    else records.set(key, record);
  }
  const keys = Object.keys(changed);
  for (const key of keys.filter((one) => one.endsWith("/closed"))) {
    const panel = document.getElementById(key.split("/")[0]);
    panel?.classList.add("gone");
    app.tell(`${panel?.getAttribute("aria-label")} has been closed. What you see is how it was.`, true);
  }
  for (const [prefix, callback] of listeners) {
    const mine = keys.filter((key) => key.startsWith(prefix));
    if (mine.length) callback(new Set(mine));
  }
}

// A wide page shows all panels, a narrow one the one chosen above.
function show(views) {
  const main = document.querySelector("main");
  const nav = document.getElementById("panels");
  if (main.children.length) return;
  if (views.length === 1) {
    document.body.classList.add("alone");
    document.querySelector("h1").textContent = PANELS[views[0]].title;
  }
  for (const name of views) {
    const { title, mount } = PANELS[name];
    const section = element("section", { id: name, "aria-label": title });
    main.append(section);
    mount(section, app);
    if (views.length > 1) {
      nav.append(element("button", { type: "button", onclick: () => choose(name) }, title));
    }
  }
  choose(options.get("panel") ?? views[0]);

  function choose(chosen) {
    views.forEach((name, i) => {
      document.getElementById(name).classList.toggle("chosen", name === chosen);
      nav.children[i]?.setAttribute("aria-pressed", String(name === chosen));
    });
  }
}

// A notebook's cell with one chat shows nothing else.
document.body.classList.toggle("one", options.has("chat") || options.has("channel"));
const theme = document.getElementById("theme");
let around = ""; // the theme of the notebook around this page, once it has sent it
theme.onchange = () => (document.documentElement.dataset.theme = theme.value || around);
theme.value = options.get("theme") ?? "";
theme.onchange();
addEventListener("message", ({ source, data }) => {
  if (source !== parent || !["light", "dark"].includes(data?.theme)) return;
  around = data.theme;
  theme.onchange();
});
// Not "channel": that is one of Twitch's.
if (options.has("worker")) {
  app.tell("Waiting for Python …");
  request = channel.connect(options.get("worker"), receive);
  setTimeout(sayIfNobodyAnswers, SILENCE_MS);
} else connect();
