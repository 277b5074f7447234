// A chat's messages. Each is drawn once, and again when it changes. The list follows its end,
// unless the reader has scrolled up. Each message can show what was really sent for it.
// draw(record) gives { mine, content, actions }: whether it is on the reader's side, the nodes of
// the message, and the nodes under it. With a `version`, `content` is a function and is called only
// for a new version, so a screen reader reads a message once, even if the part under it changes.
// trace(record) asks the sandbox and gives [{ title, text }, …]. show(chat, [[key, record], …])
// draws one chat, in that order.

import { element } from "./dom.js";

const NEAR_THE_END = 40; // pixels
const SHOWN = 200; // messages: the sandbox sends no more of a chat

export function messageList({ label, empty, draw, trace }) {
  const nothing = element("p", { class: "quiet" }, empty);
  const log = element("div", { role: "log", "aria-label": label, tabindex: "0" }, nothing);
  const newer = element("button", { type: "button", class: "newer", hidden: true, onclick: toEnd });
  const rows = new Map(); // key → { record, row, content, actions }
  let shown; // which chat
  let following = true;
  let unseen = 0;

  log.addEventListener("scroll", measure);
  log.addEventListener("load", () => following && toEnd(), true); // of a picture in a message
  new ResizeObserver(() => following && toEnd()).observe(log);

  function measure() {
    following = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_THE_END;
    if (following) note(0);
  }

  function show(chat, entries, none = empty) {
    const isOther = chat !== shown;
    const isFull = entries.length >= SHOWN;
    nothing.textContent = isFull ? `Only the newest ${SHOWN} messages are shown.` : none;
    if (isOther) {
      // A screen reader must not read all of another chat.
      log.setAttribute("aria-live", "off");
      for (const { row } of rows.values()) row.remove();
      rows.clear();
      following = true;
      note(0);
    }
    shown = chat;
    const keys = new Set(entries.map(([key]) => key));
    for (const [key, { row }] of rows) {
      if (!keys.has(key)) {
        row.remove();
        rows.delete(key);
      }
    }
    let added = 0;
    let next = nothing.nextElementSibling;
    for (const [key, record] of entries) {
      if (!rows.has(key)) {
        rows.set(key, newRow(key));
        added += 1;
      }
      const { row } = rows.get(key);
      if (rows.get(key).record !== record) fill(rows.get(key), record);
      if (row === next) next = next.nextElementSibling;
      else log.insertBefore(row, next);
    }
    nothing.hidden = entries.length > 0 && !isFull;
    if (following) toEnd();
    else if (!isOther) note(unseen + added);
    if (isOther) setTimeout(() => log.removeAttribute("aria-live"), 100);
  }

  function newRow(key) {
    const content = element("div", { class: "content" });
    const actions = element("span");
    const behind = element("div");
    const details = element(
      "details",
      { class: "trace", ontoggle: () => details.open && look(rows.get(key).record, behind) },
      element("summary", {}, "What was sent"),
      behind,
    );
    const row = element("div", { class: "message" }, content);
    row.append(element("div", { class: "under", "aria-live": "off" }, actions, details));
    return { row, content, actions, details, behind };
  }

  // Restore the focus on a button of the message.
  function fill(entry, record) {
    const { mine, service, version, content, actions = [] } = draw(record);
    const buttons = () => [...entry.row.querySelectorAll("button")];
    const focused = buttons().indexOf(document.activeElement);
    entry.record = record;
    entry.row.classList.toggle("mine", Boolean(mine));
    entry.row.classList.toggle("service", Boolean(service));
    if (version === undefined) entry.content.replaceChildren(...content);
    else if (version !== entry.version) entry.content.replaceChildren(...content());
    entry.version = version;
    if (entry.details.open) look(record, entry.behind);
    entry.actions.replaceChildren(...actions);
    if (focused >= 0) (buttons()[focused] ?? log).focus();
  }

  async function look(record, behind) {
    let found;
    try {
      found = await trace(record);
    } catch (error) {
      behind.replaceChildren(element("p", { class: "error" }, error.message));
      return;
    }
    const parts = found.map(({ title, text }) => {
      const shown = indented(text);
      const words = shown === text ? title : `${title} (its JSON is indented here)`;
      return element("figure", {}, element("figcaption", {}, words), element("pre", {}, shown));
    });
    const none = "Nothing is known: no program received it or sent it, or it was long ago.";
    behind.replaceChildren(...(parts.length ? parts : [element("p", { class: "quiet" }, none)]));
    behind.scrollIntoView({ block: "nearest" });
    measure(); // keep the position of a reader who has opened it
  }

  function toEnd() {
    log.scrollTop = log.scrollHeight;
    following = true;
    if (document.activeElement === newer) log.focus();
    note(0);
  }

  function note(count) {
    unseen = count;
    newer.hidden = count === 0;
    newer.textContent = count === 1 ? "1 new message ↓" : `${count} new messages ↓`;
  }

  return { element: element("div", { class: "messages" }, log, newer), show };
}

// Format a request or response whose body is JSON.
export function indented(text) {
  const start = text.search(/(^|\n\n)[{[]/);
  if (start < 0) return text;
  const body = text.slice(start).trimStart();
  try {
    return `${text.slice(0, start)}${start ? "\n\n" : ""}${JSON.stringify(JSON.parse(body), null, 2)}`;
  } catch {
    return text;
  }
}
