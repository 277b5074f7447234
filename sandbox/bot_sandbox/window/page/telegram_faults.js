// Buttons for faults of Telegram: calls that fail, lost responses, and a server that is down.

import { element } from "./dom.js";
import { long, lower, row, set } from "./faults.js";
import { keyed } from "./keyed.js";

const METHODS = [
  "sendMessage", "getUpdates", "getMe", "answerCallbackQuery", "editMessageText", "sendPhoto", "setWebhook", "getFile",
]; // those that bots use most
const STATUS = { min: 400, max: 599 };
// The label, the request, its inputs (name, label, value, attributes), and an explanation.
const OF_CALLS = [
  [
    "Too many requests",
    { fault: "status", status: 429 },
    [["retry_after", "Seconds to wait", 3, { min: 1, max: 3600 }]],
    "Telegram answers 429, and wants so many seconds of peace.",
  ],
  ["Refuse", { fault: "status" }, [["status", "Status", 500, STATUS]], "Telegram answers with this status, in its own words."],
  [
    "Answer late",
    { fault: "delay" },
    [["seconds", "Seconds late", 5, { min: 0, max: 60, step: 0.5 }]],
    "The answer comes so many seconds late. Many programs give up before.",
  ],
  ["Cut it off", { fault: "drop" }, [], "The connection breaks, and there is no answer."],
  [
    "A proxy's page",
    { fault: "html" },
    [["status", "Status of the page", 502, { min: 200, max: 599 }]],
    "A page in HTML comes instead of Telegram's JSON; with 200, as of a Wi-Fi's login.",
  ],
];
const CUT = ["Half an answer", { fault: "truncate" }, [], "Telegram does what was asked, but only half of its answer arrives."];
const LOSE = [
  "Lose a webhook's response",
  { fault: "lose_response" },
  [],
  "It breaks off on its way to Telegram, which sends the update again.",
];
const OF_TIME = [
  ["A minute later", { advance: 60 }, [], "Telegram's clock jumps ahead; what falls due happens now."],
  ["25 hours later", { advance: 90000 }, [], "Telegram keeps updates for 24 hours, then they are gone."],
];
const DOWN = ["Server down", "All connections end, nobody can connect, and no webhook is called."];
const UP = ["Server up", "It comes back at the same address, with all that it knew."];

export function telegramFaults(app) {
  const method = element("select", {}, element("option", { value: "" }, "every call"));
  method.append(...METHODS.map((name) => element("option", { value: name }, name)));
  method.append(element("option", { value: "file" }, "downloads of files"));
  const bot = element("select");
  const times = element("input", { type: "number", min: 1, max: 1000, value: 1 });
  const executed = element("input", { type: "checkbox" });
  const power = element("button", { type: "button", onclick: switchPower });
  const powerWords = element("span");
  const waiting = element("ul", { class: "waiting" });
  const clear = element("button", { type: "button", onclick: () => make({ fault: "clear" }) }, "End all faults");
  const state = element("p", { class: "state", role: "status" });
  const panel = element(
    "div",
    { class: "faults" },
    element("p", {}, element("label", {}, "Which calls ", method), element("label", {}, "Of which bot ", bot)),
    element(
      "p",
      {},
      element("label", {}, "How many ", times),
      element("label", {}, executed, " Do what was asked first"),
    ),
    element(
      "ul",
      {},
      ...OF_CALLS.map((fault) => row(fault, (values) => make({ ...calls(), ...values, executed: executed.checked }))),
      row(CUT, (values) => make({ ...calls(), ...values })),
    ),
    element("p", { class: "part" }, "Webhooks"),
    element("ul", {}, row(LOSE, (values) => make({ ...whose(), ...values }))),
    element("p", { class: "part" }, "Telegram itself"),
    element("ul", {}, element("li", {}, power, " ", powerWords)),
    element("p", { class: "part" }, "Time"),
    element("ul", {}, ...OF_TIME.map((fault) => row(fault, makeTime))),
  );
  const shown = element("div", { class: "broken" }, state, waiting, clear);

  function whose() {
    return { ...(bot.value && { bot: bot.value }), n: Number(times.value) };
  }

  function calls() {
    return { ...(method.value && { method: method.value }), ...whose() };
  }

  async function make(values) {
    const answer = await app.attempt(() => app.post("telegram/faults", values));
    if (answer) app.tell(answer.done);
  }

  async function makeTime(values, label) {
    if (await app.attempt(() => app.post("telegram/clock", values))) app.tell(`It is ${lower(label)}.`);
  }

  function switchPower() {
    make({ fault: power.textContent === DOWN[0] ? "stop" : "start" });
  }

  function draw() {
    const bots = app.all("telegram/bot/").map(([, one]) => [one.username, one.name]);
    const options = [["", "every bot"], ...bots];
    const chosen = bot.value;
    keyed(bot, options.map((one) => [one[0], one]), () => {
      const option = element("option");
      return { element: option, update: ([value, label]) => ((option.value = value), set(option, label)) };
    });
    bot.value = chosen;
    const server = app.records.get("telegram/server");
    if (!server) return;
    const [label, words] = server.up ? DOWN : UP;
    set(power, label);
    set(powerWords, words);
    const ahead = server.ahead ? `Telegram's clock is ${long(server.ahead)} ahead.` : "";
    set(state, [server.up ? "" : "Telegram is down.", ahead].filter(Boolean).join(" "));
    keyed(waiting, server.faults.map((text, i) => [i, text]), () => {
      const item = element("li");
      return { element: item, update: (text) => set(item, `A fault waits: ${text}.`) };
    });
    clear.hidden = !server.faults.length;
    shown.hidden = !state.textContent && clear.hidden;
  }

  return { panel, shown, draw };
}
