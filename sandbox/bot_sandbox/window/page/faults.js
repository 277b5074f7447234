// Buttons for faults of a program's connection, and of Twitch itself.

import { element } from "./dom.js";

// The label, the request, its inputs (name, label, value, attributes), and an explanation.
const OF_A_LINE = [
  ["Cut the line", { fault: "drop" }, [], "It breaks without a word, as when a cable is pulled."],
  [
    "Close it",
    { fault: "close_frame" },
    [["code", "Close code", 1001, { min: 1000, max: 4999 }]],
    "The server says goodbye with this code; 1001 says that it is going away.",
  ],
  [
    "RECONNECT",
    { fault: "reconnect" },
    [],
    "Twitch asks it to come back on a new line, as before maintenance; if it stays, it is cut off after 30 seconds.",
  ],
  [
    "Answer no PING",
    { fault: "stop_pong" },
    [],
    "The program asks whether anybody is still there, and gets no answer.",
  ],
  [
    "Silence",
    { fault: "silence" },
    [],
    "The line looks open, but nothing goes through it any more, either way.",
  ],
  ["Half a line", { fault: "half_line" }, [], "Half of the next line arrives, then nothing more."],
  [
    "Slow it down",
    { fault: "delay" },
    [["seconds", "Seconds late", 2, { min: 0, max: 60, step: 0.5 }]],
    "From now on everything arrives so many seconds late; 0 ends it.",
  ],
  [
    "Refuse the next login",
    { fault: "refuse_login" },
    [],
    "Its next IRC login fails, however good its token is.",
  ],
  [
    "Revoke its token",
    { fault: "revoke" },
    [],
    "All its tokens end at once, and every connection made with them; it needs a new one.",
  ],
];
const OF_TWITCH = [
  [
    "The API fails",
    { fault: "fail_api" },
    [["status", "Status", 503, { min: 400, max: 599 }]],
    "The next request to Helix, Twitch's API, is answered with this status.",
  ],
  [
    "OAuth fails",
    { fault: "fail_oauth" },
    [["status", "Status", 503, { min: 400, max: 599 }]],
    "The next request for a token, or to validate one, is answered with this status.",
  ],
  [
    "A delivery twice",
    { fault: "repeat_delivery" },
    [],
    "The next EventSub notification to a webhook arrives twice, with the same id.",
  ],
];
const OF_TIME = [
  [
    "A minute later",
    { advance: 60 },
    [],
    "Twitch's clock jumps ahead; what falls due happens now.",
  ],
  ["Four hours later", { advance: 14400 }, [], "User tokens last about four hours: they run out. Chat lines live on until the next login."],
];
const DOWN = ["Servers down", "All connections end, and nobody can connect."];
const UP = ["Servers up", "The servers come back at the same addresses."];

export function faultsPanel(app) {
  const program = element("select");
  const nobody = element("p", { class: "quiet" }, "No program has connected yet.");
  const lines = element("ul", {}, ...OF_A_LINE.map((fault) => row(fault, makeFault)));
  const ofLine = element("div", {}, element("label", {}, "The line of ", program), lines);
  const power = element("button", { type: "button", onclick: switchPower });
  const powerWords = element("span");
  const state = element("p", { class: "state", role: "status" });
  const panel = element(
    "div",
    { class: "faults" },
    nobody,
    ofLine,
    element("h3", {}, "Twitch itself"),
    state,
    element(
      "ul",
      {},
      element("li", {}, power, " ", powerWords),
      ...OF_TWITCH.map((fault) => row(fault, makeFault)),
    ),
    element("h3", {}, "Time"),
    element("ul", {}, ...OF_TIME.map((fault) => row(fault, makeTime))),
  );

  async function makeFault(values) {
    const ofLogin = OF_A_LINE.some(([, { fault }]) => fault === values.fault);
    const asked = ofLogin ? { ...values, login: program.value } : values;
    const answer = await app.attempt(() => app.post("twitch/faults", asked));
    if (answer) app.tell(answer.done);
  }

  async function makeTime(values, label) {
    if (await app.attempt(() => app.post("twitch/clock", values)))
      app.tell(`It is ${lower(label)}.`);
  }

  function switchPower() {
    makeFault({ fault: power.textContent === DOWN[0] ? "stop" : "start" });
  }

  // Programs are never removed, so a choice with the focus is not disturbed.
  function draw() {
    const logins = new Set(app.all("twitch/program/").map(([, { login }]) => login));
    for (const [, { login }] of app.all("twitch/connection/")) if (login) logins.add(login);
    for (const option of program.options) logins.delete(option.value);
    program.append(...[...logins].map((login) => element("option", { value: login }, login)));
    nobody.hidden = program.options.length > 0;
    ofLine.hidden = !nobody.hidden;
    const servers = app.records.get("twitch/servers");
    if (!servers) return;
    const [label, words] = servers.up ? DOWN : UP;
    set(power, label);
    set(powerWords, words);
    const refused = Object.entries(servers.refused_logins);
    set(
      state,
      [
        servers.up ? "" : "The servers are down.",
        servers.ahead ? `The clock is ${long(servers.ahead)} ahead.` : "",
        servers.api_failures ? `API requests still to fail: ${servers.api_failures}.` : "",
        servers.oauth_failures ? `OAuth requests still to fail: ${servers.oauth_failures}.` : "",
        servers.deliveries_twice ? `Deliveries still to repeat: ${servers.deliveries_twice}.` : "",
        ...refused.map(([login, n]) => `Logins of ${login} still to refuse: ${n}.`),
      ]
        .filter(Boolean)
        .join(" "),
    );
  }

  return { element: panel, draw };
}

// One fault: a button, its inputs, and an explanation. `act` gets the request.
export function row([label, values, inputs, words], act) {
  const fields = inputs.map(([name, text, value, limits]) => {
    const input = element("input", { type: "number", "aria-label": text, value, ...limits });
    return [name, input];
  });
  const press = () => {
    const typed = fields.map(([name, input]) => [name, Number(input.value)]);
    act({ ...values, ...Object.fromEntries(typed) }, label);
  };
  const button = element("button", { type: "button", onclick: press }, label);
  return element("li", {}, button, ...fields.map(([, input]) => input), " ", words);
}

export function set(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function lower(text) {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

export function long(seconds) {
  const minutes = Math.round(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return hours ? `${hours} h ${minutes % 60} min` : minutes ? `${minutes} min` : `${seconds} s`;
}
