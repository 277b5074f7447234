// The cloud: choose a function, see its instances, meter and log, and call it.

import { element } from "./dom.js";
import { laneList, milliseconds } from "./lanes.js";

export const title = "Cloud";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
const SPANS = [
  [20, "20 seconds"],
  [60, "1 minute"],
  [300, "5 minutes"],
];
const CLOCK_CHECK_MS = 60_000;

export function mount(section, app) {
  let chosen = app.options.get("function") ?? "";
  let tariff = "aws";
  let span = SPANS[0][0];
  let drawnAt = -1; // the cloud's clock at the last drawing of the lanes
  let changed = true;
  let stretches = new Map(); // lane → when it was busy
  const clock = cloudClock(app);
  const stillMotion = matchMedia("(prefers-reduced-motion: reduce)");

  const functions = element("div", {
    class: "functions",
    role: "group",
    "aria-label": "Functions",
  });
  const settings = element("span");
  const address = element("a", { target: "_blank", rel: "noreferrer" });
  const about = element("p", { class: "about quiet" }, settings, " ", address);
  const meter = meterTiles((name) => ((tariff = name), change()));
  const spans = element(
    "select",
    { onchange: () => ((span = Number(spans.value)), change()) },
    ...SPANS.map(([seconds, words]) => element("option", { value: seconds }, words)),
  );
  spans.setAttribute("aria-label", "Time shown");
  const lanes = laneList("Instances", spans);
  const picture = element("div", { class: "picture" }, legend(), lanes.element);
  const calls = callTable();
  const caller = callForm(app, () => chosen);
  const log = logView(app, () => chosen);
  const empty = element("p", { class: "quiet" }, "No function is deployed yet. One that you deploy in Python appears here.");
  const body = element(
    "div",
    { class: "body", hidden: true },
    ...[about, meter.element, picture, caller.element, below(log.element, calls.element, change)],
  );
  const heading = element("h2", { class: app.options.has("function") ? "hidden" : "title" }, title);
  section.append(heading, functions, empty, body);

  app.on("cloud/", change);
  requestAnimationFrame(frame);

  function change() {
    changed = true;
  }

  // The lanes move with the clock; the rest is drawn after a change.
  function frame() {
    requestAnimationFrame(frame);
    if (!section.offsetParent) return; // another panel is shown
    if (drawnAt >= 0 && !changed && section.closest(".gone")) return; // its clock has stopped
    const now = clock();
    if (now === null) return;
    const pixel = stillMotion.matches ? 1 : span / 1200;
    const hasMoved = now - drawnAt >= pixel;
    if (!changed && !hasMoved) return;
    if (changed) drawFunctions();
    const record = app.records.get(`cloud/function/${chosen}`);
    if (record && changed) drawFunction(record);
    if (record) drawNow(record, now);
    changed = false;
    drawnAt = now;
  }

  function drawFunctions() {
    const all = app.all("cloud/function/").map(([, record]) => record);
    all.sort((a, b) => a.name.localeCompare(b.name));
    const isAlone = app.options.has("function");
    if (!isAlone && !all.some(({ name }) => name === chosen)) choose(all[0]?.name ?? "");
    body.hidden = !app.records.has(`cloud/function/${chosen}`);
    empty.hidden = !body.hidden;
    if (isAlone) empty.textContent = `The function ${chosen} is not deployed.`;
    functions.hidden = isAlone || all.length < 2;
    const buttons = new Map([...functions.children].map((button) => [button.dataset.name, button]));
    for (const [name, button] of buttons)
      if (!all.some((one) => one.name === name)) button.remove();
    all.forEach((record, i) => {
      let button = buttons.get(record.name);
      if (!button) {
        button = element("button", { type: "button", "data-name": record.name });
        button.onclick = () => choose(record.name);
        button.append(element("b", {}, record.name), element("span"));
        functions.insertBefore(button, functions.children[i] ?? null);
      }
      write(button.lastChild, ` ${short(record)}`);
      button.setAttribute("aria-pressed", String(record.name === chosen));
    });
  }

  function choose(name) {
    chosen = name;
    caller.forget();
    change();
  }

  function drawFunction(record) {
    const limit = `${record.memory_mb} MB, ${record.timeout_s} s a call, ${record.concurrency} at once`;
    const start = record.start === "snapshot" ? " from a snapshot" : "";
    const what = `${record.name}: ${record.runtime} ${record.handler}${start}`;
    write(settings, `${what}, at most ${limit};`);
    write(address, record.url);
    address.href = record.url;
    const prices = app.records.get(`cloud/tariff/${tariff}`);
    calls.draw(
      app.records.get(`cloud/calls/${chosen}`),
      tariff,
      prices,
      record.ended - record.sums[tariff].calls,
    );
    log.follow(record);
    stretches = stretchesOf(chosen);
    meter.tariffs(app.all("cloud/tariff/"), tariff);
  }

  function drawNow(record, now) {
    const prices = app.records.get(`cloud/tariff/${tariff}`);
    meter.draw(record, tariff, prices, now);
    const shown = app.records.get(`cloud/lanes/${chosen}`);
    if (!shown) return;
    const seen = ({ stopped }) => stopped === null || now - stopped < span;
    lanes.draw(shown.lanes.filter(seen), stretches, {
      now,
      span,
      unknownBefore: shown.unknown_before,
      notShown: shown.not_shown,
      empty: record.instances
        ? "No instance is left: nothing runs, and nothing costs. The next call starts a new one."
        : "No instance yet: nothing runs, and nothing costs. The first call starts one.",
    });
  }

  function stretchesOf(name) {
    const found = new Map();
    for (const [, piece] of app.all(`cloud/piece/${name}/`)) {
      for (const stretch of piece.all) {
        if (!found.has(stretch[0])) found.set(stretch[0], []);
        found.get(stretch[0]).push(stretch);
      }
    }
    for (const list of found.values()) list.sort((a, b) => a[1] - b[1]);
    return found;
  }
}

// The cloud's clock in seconds: it runs in the page and is corrected now and then.
function cloudClock(app) {
  let ahead = null;
  async function ask() {
    const before = performance.now();
    const { now } = await app.get("cloud/clock");
    const after = performance.now();
    ahead = now - (before + after) / 2 / 1000;
  }
  const again = () => ask().catch(() => {}); // without a cloud, the clock still runs
  again();
  setInterval(again, CLOCK_CHECK_MS);
  document.addEventListener("visibilitychange", again);
  return () => (ahead === null ? null : performance.now() / 1000 + ahead);
}

function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

function short({ states, ended }) {
  const parts = ["starting", "busy", "idle", "frozen"].filter((state) => states[state]);
  const words = { starting: "starting", busy: "working", idle: "waiting", frozen: "frozen" };
  if (parts.length) return parts.map((state) => `${states[state]} ${words[state]}`).join(", ");
  return ended ? "no instance left" : "not called yet";
}

function legend() {
  const item = (kind, sign, ...words) => {
    const swatch = element("span", { class: `swatch ${kind}`, "aria-hidden": "true" }, sign);
    return element("span", { class: "item" }, swatch, ...words);
  };
  const bold = (text) => element("b", {}, text);
  const roomy = (text) => element("span", { class: "roomy" }, text);
  return element(
    "div",
    { class: "legend" },
    item("cold", "", bold("C cold"), ": ", roomy("a new instance "), "starts first"),
    item("warm", "", bold("W warm"), ": ", roomy("one that "), "was frozen", roomy(" works")),
    item("frozen", "", bold("frozen"), ": does nothing, costs nothing"),
    item("killed", "✕", bold("killed")),
    item("stopped", "▪", bold("stopped")),
  );
}

// The log, or each call: one of them at a time.
function below(log, calls, change) {
  const parts = { Log: log, "Each call and its price": calls };
  const buttons = Object.keys(parts).map((name) =>
    element("button", { type: "button", onclick: () => choose(name) }, name),
  );
  choose("Log");
  return element(
    "div",
    { class: "below" },
    element("div", { class: "tabs" }, ...buttons),
    log,
    calls,
  );

  function choose(chosen) {
    for (const button of buttons) {
      const isChosen = button.textContent === chosen;
      button.setAttribute("aria-pressed", String(isChosen));
      parts[button.textContent].hidden = !isChosen;
    }
    change();
  }
}

// Calls, refusals, time and money; the part of a running call is marked as an estimate.
function meterTiles(chooseTariff) {
  const tile = (name, ...more) => {
    const value = element("dd", { class: "value" });
    const under = element("dd", { class: "under" });
    const box = element("div", {}, element("dt", {}, name, ...more), value, under);
    return { box, value, under };
  };
  const select = element("select", {
    "aria-label": "Prices of",
    onchange: () => chooseTariff(select.value),
  });
  const calls = tile("Calls");
  const refused = tile("Throttled");
  const time = tile("Billed");
  const money = tile("Cost ", select);
  const rate = tile("Cost a second");
  const tiles = [calls, refused, time, money, rate].map(({ box }) => box);
  const list = element("dl", { class: "meter" }, ...tiles);

  function tariffs(all, chosen) {
    if (select.children.length === all.length) return;
    const options = all.map(([key, { name }]) =>
      element("option", { value: key.split("/")[2] }, name.split(",")[0]),
    );
    select.replaceChildren(...options);
    select.value = chosen;
  }

  function draw(record, tariff, prices, now) {
    const sums = record.sums[tariff];
    const running = record.starting + record.busy;
    const soFar = runningSeconds(record, prices, now);
    const gb = record.memory_mb / 1024;
    const atWork = record.busy + (prices.init_billed ? record.starting : 0);
    const warm = record.ended - record.uncounted + running - record.cold;
    write(calls.value, `${(record.ended + running).toLocaleString("en")}`);
    const failed = record.failed ? `, ${record.failed} failed` : "";
    const older = record.uncounted ? `, ${record.uncounted.toLocaleString("en")} older` : "";
    const known = `${record.cold} cold, ${warm.toLocaleString("en")} warm${failed}`;
    write(calls.under, `${known}${older}`);
    write(refused.value, record.throttled.toLocaleString("en"));
    const all = record.concurrency === 1 ? "the only one" : `all ${record.concurrency}`;
    write(refused.under, record.throttled ? `429: ${all} at work` : "none refused");
    refused.box.classList.toggle("alarm", record.throttled > 0);
    const about = running ? "≈ " : "";
    const billed = Math.ceil(sums.billed_ms + soFar * 1000);
    write(time.value, `${about}${billed.toLocaleString("en")} ms`);
    const seconds = sums.gb_seconds + gb * soFar;
    write(time.under, `${about}${seconds.toFixed(4)} GB-s`);
    const price = sums.price + gb * soFar * prices.gb_second + running * prices.request;
    write(money.value, `${about}$${price.toFixed(10)}`);
    const million = (sums.price / sums.calls) * 1e6;
    const each = sums.calls ? `$${million.toFixed(2)} a million calls` : "nothing yet";
    write(money.under, running ? "≈ until the call ends" : each);
    list.classList.toggle("running", running > 0);
    const perSecond = atWork * gb * prices.gb_second;
    write(rate.value, perSecond ? `$${perSecond.toFixed(10)}` : "$0");
    const waiting = record.states.frozen ? "frozen is free" : "nothing runs";
    write(rate.under, running ? `${running} at work` : waiting);
  }

  return { element: list, tariffs, draw };
}

// What the running calls have used so far, in billed seconds, not rounded.
function runningSeconds(record, prices, now) {
  const busy = record.busy * now - record.busy_since;
  const loading = record.starting * now - record.starting_since + record.loaded_s;
  return Math.max(0, busy + (prices.init_billed ? loading : 0));
}

// The newest calls with their cost.
function callTable() {
  const heads = [
    "Call",
    "Start",
    "Instance",
    "Took",
    "Billed",
    "GB-seconds",
    "US dollars",
    "Memory",
    "Error",
  ];
  const rows = element("tbody");
  const table = element(
    "table",
    {},
    element("caption", { class: "hidden" }, "The newest calls"),
    element(
      "thead",
      {},
      element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head))),
    ),
    rows,
  );
  const prices = element("p", { class: "quiet" });
  const place = element("div", { class: "calls", tabindex: "0", role: "group" }, table, prices);
  place.setAttribute("aria-label", "The newest calls");
  let drawn = null;

  function draw(record, tariff, named, older) {
    if (place.hidden || (drawn?.record === record && drawn.tariff === tariff)) return;
    drawn = { record, tariff };
    const left = older ? ` The sum is without ${older} older calls.` : "";
    const free = `Free each month and not subtracted here: ${named.free}.`;
    write(prices, `Prices: ${named.name}, ${named.source}, ${named.date}. ${free}${left}`);
    const ended = record.ended.map((call) => [
      call.caller ? `${call.number}, ${call.caller}` : call.number,
      call.start,
      call.instance,
      `${call.duration_ms} ms${call.init_ms ? ` + ${call.init_ms} ms start` : ""}`,
      `${call.costs[tariff].billed_ms} ms`,
      call.costs[tariff].gb_seconds.toFixed(6),
      call.costs[tariff].price.toFixed(10),
      `${call.memory_mb} MB`,
      call.error ?? "",
    ]);
    const running = record.running.map((call) => {
      const state = call.began === null ? "starting" : "at work";
      return [call.caller, call.start, call.instance, state, "not known yet", "", "", "", ""];
    });
    const all = [...running.reverse(), ...ended.reverse()];
    rows.replaceChildren(
      ...all.map((cells) =>
        element(
          "tr",
          {},
          ...cells.map((cell, i) => element("td", { class: i === 1 ? cells[1] : null }, `${cell}`)),
        ),
      ),
    );
  }

  return { element: place, draw };
}

// A request to the function's address, and its response below.
function callForm(app, chosen) {
  const method = element(
    "select",
    { "aria-label": "Method", onchange: show },
    ...METHODS.map((name) => element("option", {}, name)),
  );
  const path = element("input", { "aria-label": "Path", value: "/", spellcheck: "false" });
  const times = element("input", { type: "number", min: "1", max: "100", value: "1" });
  const send = element("button", {}, "Call");
  const body = element("textarea", {
    "aria-label": "Body",
    rows: "2",
    placeholder: 'Body, such as {"n": 1}',
  });
  const answer = element("div", { class: "answer", role: "status" });
  const form = element(
    "form",
    { class: "call", onsubmit: submit },
    element("div", {}, method, path, element("label", {}, times, " at once"), send),
    body,
    answer,
  );
  show();

  function show() {
    body.hidden = ["GET", "HEAD", "OPTIONS"].includes(method.value);
  }

  async function submit(event) {
    event.preventDefault();
    const started = performance.now();
    const asked = chosen();
    const values = {
      function: asked,
      method: method.value,
      path: path.value,
      times: Number(times.value) || 1,
    };
    if (!body.hidden && body.value)
      Object.assign(values, { body: body.value, headers: typeOf(body.value) });
    answer.replaceChildren(element("span", { class: "quiet" }, "It works …"));
    const found = await app.attempt(() => app.post("cloud/request", values));
    if (asked !== chosen()) return;
    answer.replaceChildren();
    if (!found) return;
    const took = milliseconds((performance.now() - started) / 1000);
    const counts = Object.entries(found.statuses).map(([status, n]) => `${n} × ${status}`);
    const status =
      values.times > 1 ? `${counts.join(", ")}; the first answer: ` : `${found.status}: `;
    const text = found.is_base64
      ? `(${found.headers["Content-Type"]}, base64) ${found.body}`
      : found.body;
    answer.append(
      element("b", { class: found.status >= 400 ? "bad" : "" }, `${status}`),
      element("code", { dir: "auto" }, text.slice(0, 5000) || "(empty)"),
      element("span", { class: "quiet" }, ` after ${took}`),
    );
  }

  function forget() {
    answer.replaceChildren();
  }

  return { element: form, forget };
}

function typeOf(text) {
  try {
    JSON.parse(text);
    return { "Content-Type": "application/json" };
  } catch {
    return { "Content-Type": "text/plain; charset=utf-8" };
  }
}

const NEAR_THE_END = 30; // pixels
const SHOWN = 500; // lines to keep while following the end
const ASKED = 300; // lines in one request
const PAUSE_MS = 150; // between two requests

// The log follows its end, unless the reader has scrolled up.
function logView(app, chosen) {
  const lines = element("div", { class: "lines", role: "log", tabindex: "0", "aria-label": "Log" });
  const newer = element("button", { type: "button", class: "newer", hidden: true, onclick: toEnd });
  let shown = ""; // function and deployment
  let last = 0; // number of the newest line on the page
  let wanted = 0; // number of the newest line in the log
  let following = true;
  let asking = false;

  lines.addEventListener("scroll", () => {
    following = lines.scrollHeight - lines.scrollTop - lines.clientHeight < NEAR_THE_END;
    if (following) ask();
  });
  new ResizeObserver(() => following && (lines.scrollTop = lines.scrollHeight)).observe(lines);

  function follow({ name, revision, history, last_line }) {
    const key = `${name} ${revision} ${history}`;
    if (key !== shown) {
      const [before, deployed] = shown.split(" ");
      const returned = deployed >= revision; // the cloud, to a snapshot
      if (before !== name || returned) lines.replaceChildren();
      else if (lines.children.length)
        lines.append(note("a new version was deployed; its log begins here"));
      shown = key;
      last = 0;
    }
    wanted = last_line;
    if (following) ask();
    newer.hidden = following || wanted <= last;
    write(newer, `${wanted - last} new ${wanted - last === 1 ? "line" : "lines"} ↓`);
  }

  async function ask() {
    if (asking || wanted <= last) return;
    asking = true;
    const key = shown;
    const query = new URLSearchParams({ function: chosen(), after: last, limit: ASKED });
    try {
      const found = await app.get(`cloud/logs?${query}`);
      const isShown = shown.startsWith(`${chosen()} ${found.revision} `);
      if (key === shown && isShown) take(found);
    } catch {
      wanted = last; // try again after the next change; the page says if the window is gone
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    asking = false;
    if (following) ask();
  }

  function take(found) {
    const isFirst = last === 0;
    const begins = found.lines[0]?.number ?? found.last + 1;
    lines.setAttribute("aria-live", isFirst || found.lines.length > 30 ? "off" : "polite");
    if (begins > last + 1) lines.append(note(`${begins - last - 1} lines are not shown here`));
    lines.append(...found.lines.map(({ text }) => lineOf(text)));
    last = found.last;
    if (!following) return; // the reader has just scrolled up: nothing above may move
    while (lines.children.length > SHOWN) lines.firstChild.remove();
    lines.scrollTop = lines.scrollHeight;
  }

  function toEnd() {
    lines.scrollTop = lines.scrollHeight;
    following = true;
    newer.hidden = true;
    lines.focus();
    ask();
  }

  return { element: element("div", { class: "log" }, lines, newer), follow };
}

function lineOf(text) {
  const isOfTheCloud = /^(START|END|REPORT) RequestId: /.test(text);
  const isBad = /^\[ERROR\]|^[0-9a-f-]{36} |Error\b/.test(text);
  return element(
    "div",
    { dir: "auto", class: isOfTheCloud ? "quiet" : isBad ? "bad" : null },
    text,
  );
}

function note(text) {
  return element("div", { class: "note" }, `(${text})`);
}
