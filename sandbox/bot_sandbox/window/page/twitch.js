// Twitch's channels: choose one and a person, write and read; who is there, and who missed what.

import { element } from "./dom.js";
import { faultsPanel } from "./faults.js";
import { keyed } from "./keyed.js";
import { messageList } from "./messages.js";

export const title = "Twitch";

export function mount(section, app) {
  const drafts = new Map(); // of hidden channels
  const read = new Map(); // channel → index of the last message seen
  let sending = Promise.resolve(); // one after the other, to keep the order
  let replyTo = null; // the record of the message to be answered
  let drawn = ""; // the shown channel

  // The top: which channel, and as whom.
  const channel = element("select", { onchange: () => draw() });
  const me = element("select", { onchange: () => draw() });
  const more = element(
    "button",
    { type: "button", onclick: () => openNew(newForm.hidden) },
    "New…",
  );
  const login = element("input", { autocomplete: "off", maxlength: "25", required: true });
  const userId = element("input", { autocomplete: "off", inputmode: "numeric", placeholder: "any" });
  const userLabel = element("label", {}, "Its id ", userId);
  const newForm = element(
    "form",
    { class: "new", hidden: true, onsubmit: makeAccount, onkeydown: closeOnEscape },
    element("label", {}, "A new account's name ", login),
    element("button", {}, "Create"),
    element("details", {}, element("summary", {}, "More, as a test may need it"), userLabel),
  );

  // The chat, and its input.
  const list = messageList({
    label: "Messages",
    empty: "",
    draw: drawMessage,
    trace: async ({ id }) =>
      (await app.get(`twitch/trace?message=${encodeURIComponent(id)}`)).trace.map(drawTraceEntry),
  });
  const missed = element("p", { class: "missed", role: "status" });
  const unsupported = element("p", { class: "missed", role: "status" });
  const quoted = element("span");
  const replying = element(
    "p",
    { class: "replying", hidden: true },
    quoted,
    element("button", { type: "button", onclick: () => reply(null) }, "Cancel"),
  );
  const draft = element("input", { name: "text", autocomplete: "off", maxlength: "500" });
  const write = element(
    "form",
    { class: "write", onsubmit: send },
    draft,
    element("button", {}, "Send"),
  );

  // Next to it: who is there, and the faults.
  const people = element("ul", { class: "people" });
  const hereTitle = element("summary");
  const here = element("details", {}, hereTitle, people);
  const faults = faultsPanel(app);
  const breaking = element(
    "details",
    {},
    element("summary", {}, "Break something"),
    faults.element,
  );

  const nobody = element(
    "p",
    { hidden: true },
    "Nobody is here yet. Make an account: a channel of the same name comes with it.",
  );

  section.classList.add("twitch", "vacant");
  section.append(
    element(
      "div",
      { class: "top" },
      element("h2", { class: "title" }, title),
      element("label", {}, "Channel ", channel),
      element("label", {}, "You are ", me),
      more,
    ),
    nobody,
    newForm,
    element(
      "div",
      { class: "room" },
      element("div", { class: "chat" }, list.element, missed, unsupported, replying, write),
      element("div", { class: "beside" }, here, breaking),
    ),
  );

  app.on("twitch/", app.drawing(draw));

  function draw() {
    const accounts = app.all("twitch/account/").map(([, account]) => account);
    fillSelect(
      channel,
      accounts.map((one) => [one.login, `#${one.login}`]),
      app.options.get("channel"),
    );
    fillSelect(
      me,
      accounts.map((one) => [one.login, one.name]),
      app.options.get("as"),
    );
    nobody.hidden = accounts.length > 0;
    if (!accounts.length) {
      openNew(true, false);
      return;
    }
    if (section.classList.contains("vacant") && !login.value) openNew(false, false);
    section.classList.remove("vacant");
    const room = app.records.get(`twitch/account/${channel.value}`);
    const self = app.records.get(`twitch/account/${me.value}`);
    if (drawn !== room.login) {
      drafts.set(drawn, draft.value);
      draft.value = drafts.get(room.login) ?? "";
      drawn = room.login;
      reply(null);
    }
    const words = `Write in #${room.login} as ${self.name}`;
    draft.setAttribute("aria-label", words);
    draft.placeholder = words;
    const prefix = `twitch/message/${room.login}/`;
    const messages = app.all(prefix).sort(([, one], [, other]) => one.place - other.place);
    read.set(room.login, messages.at(-1)?.[1].place ?? -1);
    for (const option of channel.options) drawUnread(option);
    const where = room === self ? "your own channel" : `the channel of ${room.name}`;
    const nothing = `You are ${self.name}, and this is ${where}. Type below and press Enter.`;
    list.show(`${room.login} ${self.login}`, messages, nothing);
    drawPeople(room, accounts);
    const { unsupported: lacked, canned, ignored } = app.records.get("twitch/servers");
    const notes = [
      lacked.length && `A program requested what this sandbox lacks: ${lacked.join(", ")}.`,
      canned.length && `Canned answers, because this sandbox lacks it: ${canned.join(", ")}.`,
      ignored.length && `A program sent what Twitch does not know: ${ignored.join(", ")}.`,
    ];
    say(unsupported, notes.filter(Boolean).join(" "));
    faults.draw();
  }

  function drawUnread(option) {
    const later = app
      .all(`twitch/message/${option.value}/`)
      .filter(([, { place }]) => place > (read.get(option.value) ?? -1)).length;
    const words = `#${option.value}${later ? ` (${later} new)` : ""}`;
    if (option.textContent !== words) option.textContent = words;
  }

  function drawMessage(message) {
    const { name, text, badge, announcement, is_bot: isBot, reply_to: parent } = message;
    const said = message.action ? `${name} ${text}` : text;
    const dot = element("span", { class: "dot", "aria-hidden": "true" });
    dot.style.background = message.color;
    const who = element(
      "p",
      { class: "who" },
      dot,
      badge ? element("span", { class: "badge" }, badge) : null,
      element("b", { dir: "auto" }, name),
      isBot ? element("span", { class: "badge" }, "program") : null,
      announcement ? element("span", { class: "badge" }, "announcement") : null,
      element("time", {}, clock(message.at)),
    );
    const content = [who];
    if (parent) {
      content.push(element("blockquote", { dir: "auto" }, `${parent.name}: ${parent.text}`));
    }
    const line = element(message.deleted ? "del" : message.action ? "em" : "span", {}, said);
    content.push(element("p", { class: "text", dir: "auto" }, line));
    if (message.deleted) content.push(element("p", { class: "note" }, "deleted from the chat"));
    if (message.missed_by.length) {
      content.push(element("p", { class: "missed" }, `missed by ${message.missed_by.join(", ")}`));
    }
    const answer = {
      type: "button",
      "aria-label": `Reply to ${name}`,
      onclick: () => reply(message),
    };
    return {
      mine: message.from === me.value,
      content,
      actions: [element("button", answer, "Reply")],
    };
  }

  function drawPeople(room, accounts) {
    const connections = app.all("twitch/connection/").map(([, one]) => one);
    const webhooks = app
      .all("twitch/subscription/")
      .map(([, one]) => one)
      .filter((one) => one.method === "webhook" && one.channel === room.login);
    const shown = accounts.map((account) => {
      const theirs = connections.filter((one) => one.login === account.login);
      const open = theirs.filter((one) => one.open);
      const hooks = webhooks.filter((one) => one.login === account.login);
      const program = app.records.get(`twitch/program/${account.login}`);
      const lines = open.map((one) => {
        const where = one.hears.includes(room.login) ? "" : ", not in this channel";
        return `${one.kind} since ${clock(one.since)}: ${one.state}${where}`;
      });
      if (!open.length && theirs.length) {
        const last = theirs.reduce((one, other) => (other.number > one.number ? other : one));
        lines.push(`Not connected: ${last.state}`);
      }
      lines.push(
        ...hooks.map((one) => `EventSub webhook since ${clock(one.since)}: ${one.status}`),
      );
      const count = program?.missed[room.login] ?? 0;
      if (count) lines.push(`Missed here: ${count}`);
      const hears =
        open.some((one) => one.hears.includes(room.login)) ||
        hooks.some((one) => one.status === "enabled");
      const role =
        account.login === room.login
          ? "broadcaster"
          : room.banned.includes(account.login)
            ? "banned"
            : room.mods.includes(account.login)
              ? "moderator"
              : "";
      if (role === "broadcaster" && room.live) lines.unshift(`Live: ${room.title || "no title"}`);
      if (role === "broadcaster" && room.followers.length) {
        lines.push(`Followers: ${room.followers.length}`);
      }
      const doings = doingsOf(account, room, role);
      return [account.login, { name: account.name, role, lines, hears, doings }];
    });
    const known = new Set(accounts.map(({ login }) => login));
    const others = connections
      .filter((one) => one.open && !known.has(one.login))
      .map((one) => [
        `connection ${one.number}`,
        {
          name: one.login || "A program",
          role: "",
          doings: [],
          lines: [`${one.kind} since ${clock(one.since)}: ${one.state}`],
          hears: one.hears.includes(room.login),
        },
      ]);
    shown.push(...others);
    keyed(people, shown, personRow);
    const hearing = shown.filter(([, one]) => one.hears).length;
    const programs = hearing === 1 ? "1 program hears this" : `${hearing} programs hear this`;
    hereTitle.textContent = `Who is here (${programs})`;
    const lost = app
      .all("twitch/program/")
      .map(([, { login, missed }]) => [login, missed[room.login] ?? 0])
      .filter(([, count]) => count);
    const words = lost
      .map(
        ([login, count]) =>
          `${login}'s program has missed ${count} ${count === 1 ? "message" : "messages"} here.`,
      )
      .join(" ");
    say(missed, words);
  }

  // The broadcaster's actions on somebody, as [slot, [label, route, values]].
  function doingsOf({ login }, room, role) {
    const of = { login, channel: room.login };
    if (role === "broadcaster") {
      const label = room.live ? "End the stream" : "Go live";
      return [["stream", [label, "live", { channel: login, live: !room.live }]]];
    }
    const mod =
      role === "moderator" ? ["No moderator", "unmod", of] : ["Make moderator", "mod", of];
    const ban = role === "banned" ? ["Unban", "unban", of] : ["Ban", "ban", of];
    const follows = room.followers.includes(login);
    const follow = [follows ? "Unfollow" : "Follow", "follow", { ...of, follows: !follows }];
    return [...(role === "banned" ? [] : [["mod", mod]]), ["ban", ban], ["follow", follow]];
  }

  function personRow() {
    const name = element("b");
    const role = element("span", { class: "badge" });
    const state = element("div", { class: "state" });
    const buttons = element("span", { class: "buttons" });
    const row = element("li", {}, element("div", {}, name, " ", role), state, buttons);

    function update(record) {
      name.textContent = record.name;
      role.textContent = record.role;
      role.hidden = !record.role;
      keyed(buttons, record.doings, () => doingButton(name));
      if (state.dataset.text !== record.lines.join("\n")) {
        state.dataset.text = record.lines.join("\n");
        state.replaceChildren(...record.lines.map((line) => element("p", {}, line)));
      }
    }

    return { element: row, update };
  }

  function doingButton(name) {
    let doing;
    const press = async () => {
      const [, route, values] = doing;
      const answer = await app.attempt(() => app.post(`twitch/${route}`, values));
      if (answer) app.tell(answer.done);
    };
    const made = element("button", { type: "button", onclick: press });

    function update(record) {
      doing = record;
      made.textContent = doing[0];
      made.setAttribute("aria-label", `${doing[0]}: ${name.textContent}`);
    }

    return { element: made, update };
  }

  function reply(message) {
    replyTo = message;
    replying.hidden = message === null;
    quoted.textContent = message ? `Replying to ${message.name}: ${message.text}` : "";
    if (message) draft.focus();
  }

  function send(event) {
    event.preventDefault();
    const text = draft.value;
    if (!text.trim()) return;
    const values = { from: me.value, channel: drawn, text, reply_to: replyTo?.id };
    draft.value = "";
    draft.focus(); // ready for the next one, even after a click on the button
    reply(null);
    sending = sending.then(async () => {
      const said = await app.attempt(() => app.post("twitch/say", values));
      if (!said && !draft.value && drawn === values.channel) draft.value = text; // keep it after an error
    });
  }

  function openNew(isOpen, focus = true) {
    newForm.hidden = !isOpen;
    more.setAttribute("aria-expanded", String(isOpen));
    if (focus) (isOpen ? login : more).focus();
  }

  function closeOnEscape(event) {
    if (event.key === "Escape" && nobody.hidden) openNew(false);
  }

  async function makeAccount(event) {
    event.preventDefault();
    const name = login.value.trim();
    const values = { login: name.toLowerCase(), name, id: userId.value };
    const made = await app.attempt(() => app.post("twitch/accounts", values));
    if (!made) return;
    login.value = userId.value = "";
    fillSelect(me, [[made.login, made.name]]);
    fillSelect(channel, [[made.login, `#${made.login}`]]);
    me.value = made.login;
    openNew(false, false);
    draft.focus();
    app.tell(`You are ${made.name} now; #${made.login} is your channel.`);
  }
}

// A screen reader reads a status whenever it is set, so set only a new text.
function say(status, text) {
  if (status.textContent !== text) status.textContent = text;
}

// Accounts are never removed, so a choice with the focus is not disturbed.
function fillSelect(select, entries, wanted = "") {
  const known = new Set([...select.options].map((option) => option.value));
  for (const [value, text] of entries) {
    if (known.has(value)) continue;
    select.append(element("option", { value }, text));
    if (value === wanted) select.value = value;
  }
}

function drawTraceEntry({ direction, kind, program, text }) {
  const titles = {
    "IRC to": `IRC line to ${program}`,
    "IRC from": `IRC line from ${program}`,
    "Helix from": `Helix request of ${program}`,
    "Helix to": `Helix answer to ${program}`,
    "EventSub webhook to": `EventSub notification to ${program}`,
    "EventSub webhook from": `Answer of ${program}`,
    "EventSub WebSocket to": `EventSub message to ${program}`,
  };
  const shown = text.replaceAll("\u0001", "␁"); // around a /me
  return {
    title: titles[`${kind} ${direction}`] ?? `${kind}, ${direction} ${program}`,
    text: shown,
  };
}

// A time of the sandbox's clock, from seconds since 1970 or in Twitch's form.
function clock(at) {
  const date = new Date(typeof at === "number" ? at * 1000 : at);
  return date.toTimeString().slice(0, 8);
}
