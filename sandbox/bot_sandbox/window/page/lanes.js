// Instances as lanes on a moving time axis: each one starts, works, is frozen, and is stopped or
// killed. Each lane is a canvas, drawn by the cloud's clock, with the same in words next to it.
// Cold and warm differ in pattern, height and letter.

import { element } from "./dom.js";

const STATES = {
  starting: ["◌", "starting"],
  busy: ["■", "working"],
  idle: ["┄", "waiting"],
  frozen: ["┄", "frozen"],
  stopped: ["▪", "stopped"],
  killed: ["✕", "killed"],
};
const WHY = {
  idle: "not needed",
  replaced: "new version",
  closed: "cloud closed",
  timeout: "timed out",
  memory: "out of memory",
  exit: "program ended",
  start: "could not start",
};
const NOW_AT = 0.86; // position of the present on the axis
const HEIGHT = 36; // pixels of a lane
const BAND = { top: 15, height: 15 }; // the busy part; letters and times are above it
const TICKS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300]; // seconds between two marks of the scale
const TICK_WIDTH = 66; // pixels of a mark's text

function why(lane) {
  return WHY[lane.why] ?? lane.why;
}

export function laneList(label, corner) {
  const rows = new Map(); // lane → { row, canvas, … }
  const nobody = element("p", { class: "quiet nobody" });
  const others = element("p", { class: "quiet" });
  const list = element("ul", { "aria-label": label });
  const axis = element("canvas", { "aria-hidden": "true" });
  const scale = element("div", { class: "scale" }, corner, axis);
  const place = element(
    "div",
    { class: "lane-list", tabindex: "0", role: "group" },
    nobody,
    list,
    scale,
    others,
  );
  place.setAttribute("aria-label", label);
  let width = 0;
  new ResizeObserver(() => (width = 0)).observe(place);

  // lanes: what to show; stretches: lane → busy times; now: the cloud's clock.
  function draw(lanes, stretches, { now, span, unknownBefore, notShown, empty }) {
    nobody.textContent = lanes.length ? "" : empty;
    nobody.hidden = lanes.length > 0;
    write(others, notShown ? `and ${notShown} more instances, which have no lane here` : "");
    others.hidden = !notShown;
    const wanted = new Set(lanes.map(({ lane }) => lane));
    for (const [lane, { row }] of rows) {
      if (!wanted.has(lane)) {
        row.remove();
        rows.delete(lane);
      }
    }
    const revisions = new Set(lanes.map(({ revision }) => revision)).size;
    for (const lane of lanes) {
      if (!rows.has(lane.lane)) rows.set(lane.lane, newRow(lane));
      const entry = rows.get(lane.lane);
      write(entry.state, words(lane, now));
      write(
        entry.name,
        revisions > 1 ? `${lane.number} (version ${lane.revision})` : `${lane.number}`,
      );
      write(entry.more, details(lane));
      write(entry.load, loading(lane));
      entry.row.dataset.state = lane.state;
      if (entry.row.parentNode !== list) list.append(entry.row);
    }
    width ||= axis.clientWidth;
    if (!width) return;
    const colors = colorsOf(place);
    const at = (time) => width * (NOW_AT - ((now - time) / span) * NOW_AT);
    for (const lane of lanes) {
      const pen = penOn(rows.get(lane.lane).canvas, width, HEIGHT);
      drawLane(pen, lane, stretches.get(lane.lane) ?? [], {
        at,
        now,
        width,
        colors,
        unknownBefore,
      });
    }
    drawScale(penOn(axis, width, 18), { at, now, span, width, colors });
  }

  function newRow() {
    const name = element("b");
    const state = element("span", { class: "state" });
    const more = element("span");
    const load = element("span", { class: "load" });
    const canvas = element("canvas", { "aria-hidden": "true" });
    const unseen = element("span", { class: "roomy" }, "Instance ");
    const who = element(
      "div",
      { class: "who" },
      element("span", {}, unseen, name, " ", state),
      element("span", {}, more, load),
    );
    return { row: element("li", {}, who, canvas), name, state, more, load, canvas };
  }

  return { element: place, draw };
}

function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

// "┄ waiting 12 s", "✕ killed"
function words(lane, now) {
  const [sign, word] = STATES[lane.state];
  if (lane.state === "killed" || lane.state === "stopped") return `${sign} ${word}`;
  const seconds = Math.max(0, now - lane.since);
  return seconds < 1 ? `${sign} ${word}` : `${sign} ${word} ${ago(seconds)}`;
}

function details(lane) {
  if (lane.state === "starting") return "loads the program";
  const served = lane.served + (lane.state === "busy" ? 1 : 0);
  const calls = served === 1 ? "1 call" : `${served} calls`;
  return lane.why ? `${why(lane)}, ${calls}` : calls;
}

function loading(lane) {
  if (lane.why || lane.ready === null) return "";
  return `, ready in ${milliseconds(lane.ready - lane.started)}`;
}

function ago(seconds) {
  if (seconds < 100) return `${Math.floor(seconds)} s`;
  if (seconds < 6000) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}

export function milliseconds(seconds) {
  const ms = seconds * 1000;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${seconds.toFixed(1)} s`;
}

function drawLane(pen, lane, stretches, { at, now, width, colors, unknownBefore }) {
  const { top, height } = BAND;
  const middle = top + height / 2;
  const end = lane.stopped ?? (lane.state === "stopped" ? lane.since : now);
  const ready = lane.ready ?? end;
  // A dotted line while it is frozen. The busy parts are drawn over it.
  // The time before the oldest known stretch stays empty.
  const from = Math.max(at(ready), at(unknownBefore), 0);
  pen.strokeStyle = colors.idle;
  pen.setLineDash([2, 4]);
  line(pen, from, middle, at(end), middle);
  pen.setLineDash([]);
  const labels = [];
  // Stripes while it starts, wide enough to see.
  if (at(ready) > -50) {
    const box = boxOf(at(lane.started), at(ready), 6);
    stripes(pen, box.x, top, box.width, height, colors);
    const from = lane.snapshot ? " from a snapshot" : "";
    labels.push([box.x, "C", `cold start${from} ${milliseconds(ready - lane.started)}`]);
  }
  let waitedFrom = from;
  for (const [, begin, finish, count, cold, error] of stretches) {
    if (at(finish) < -50) {
      continue;
    }
    busy(begin, finish, count, cold, error);
  }
  if (lane.state === "busy")
    busy(lane.since, now, 1, at(lane.since) - at(ready) < 0.5 && lane.served === 0, "");
  if (lane.state !== "busy" && lane.state !== "starting") rest(at(end));
  if (lane.stopped !== null || lane.state === "stopped") theEnd();
  write();

  function busy(begin, finish, count, cold, error) {
    const box = boxOf(at(begin), at(finish), 4);
    rest(box.x);
    pen.fillStyle = error ? colors.bad : colors.busy;
    const inset = cold ? 0 : 3;
    pen.fillRect(box.x, top + inset, box.width, height - 2 * inset);
    if (error) cross(pen, box.x + box.width / 2, middle, colors.ground);
    const took = milliseconds(finish - begin);
    if (count > 1) labels.push([box.x, `${count}`, `${count} warm calls`]);
    else if (error) labels.push([box.x, "!", `failed: ${error}`]);
    else if (!cold) labels.push([box.x, "W", `warm ${took}`]);
    waitedFrom = box.x + box.width;
  }

  function rest(until) {
    const left = Math.max(waitedFrom, 0);
    const text = "waits: costs nothing";
    pen.font = "11px system-ui, sans-serif";
    const needs = pen.measureText(text).width;
    if (until - left > needs + 16) {
      pen.fillStyle = colors.ground;
      const x = (left + until - needs) / 2;
      pen.fillRect(x - 4, top, needs + 8, height);
      pen.fillStyle = colors.quiet;
      pen.fillText(text, x, middle + 4);
    }
  }

  function theEnd() {
    const x = at(end);
    const isKilled = lane.state === "killed";
    pen.strokeStyle = pen.fillStyle = isKilled ? colors.bad : colors.quiet;
    if (isKilled) cross(pen, x + 5, middle, colors.bad, 2.5);
    else pen.fillRect(x, top, 3, height);
    labels.push([x, isKilled ? "✕" : "▪", `${lane.state}: ${why(lane)}`]);
  }

  // Each label in full if there is room before the next one, else its letter, else nothing.
  function write() {
    pen.font = "11px system-ui, sans-serif";
    let room = width;
    for (const [x, letter, text] of labels.sort((a, b) => b[0] - a[0])) {
      const from = Math.max(x, 0); // the label of an earlier start is at the edge
      const shown = [text, letter].find((one) => from + pen.measureText(one).width + 6 < room);
      pen.fillStyle = letter === "✕" ? colors.bad : colors.ink;
      if (shown) pen.fillText(shown, from, 11);
      if (shown) room = from;
    }
  }
}

function drawScale(pen, { at, now, span, width, colors }) {
  pen.font = "11px system-ui, sans-serif";
  pen.fillStyle = colors.quiet;
  const step = TICKS.find((one) => at(now) - at(now - one) >= TICK_WIDTH) ?? span;
  for (let seconds = 0; seconds <= span; seconds += step) {
    const x = at(now - seconds);
    const text =
      seconds === 0 ? "now" : span >= 120 ? `${seconds / 60} min ago` : `${seconds} s ago`;
    const half = pen.measureText(text).width / 2;
    pen.fillRect(x, 0, 1, 4);
    if (x >= half) pen.fillText(text, x - half, 14);
  }
}

function boxOf(left, right, least) {
  const x = Math.max(left, -10);
  return { x, width: Math.max(right - x, least) };
}

function stripes(pen, x, y, width, height, colors) {
  pen.save();
  pen.beginPath();
  pen.rect(x, y, width, height);
  pen.fillStyle = colors.startGround;
  pen.fill();
  pen.clip();
  pen.strokeStyle = colors.start;
  pen.lineWidth = 2.5;
  for (let offset = -height; offset < width + height; offset += 6) {
    line(pen, x + offset, y + height, x + offset + height, y);
  }
  pen.restore();
  pen.strokeStyle = colors.start;
  pen.lineWidth = 1;
  pen.strokeRect(x + 0.5, y + 0.5, Math.max(width - 1, 1), height - 1);
}

function cross(pen, x, y, color, thick = 1.5) {
  pen.strokeStyle = color;
  pen.lineWidth = thick;
  line(pen, x - 4, y - 4, x + 4, y + 4);
  line(pen, x - 4, y + 4, x + 4, y - 4);
  pen.lineWidth = 1;
}

function line(pen, x1, y1, x2, y2) {
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  pen.stroke();
}

// An empty canvas with the screen's resolution.
function penOn(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.height = `${height}px`;
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.lineWidth = 1;
  return pen;
}

function colorsOf(place) {
  const style = getComputedStyle(place);
  const named = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    ground: named("ground"),
    ink: named("ink"),
    quiet: named("quiet"),
    idle: named("quiet"),
    busy: named("good"),
    bad: named("bad"),
    start: named("warn"),
    startGround: named("ground"),
  };
}
