// Telegram: be a person, choose a chat, type and read; make bots, people and groups.

import { button, element } from "./dom.js";
import { keyed } from "./keyed.js";
import { messageList } from "./messages.js";
import { dialogsOf } from "./telegram_dialogs.js";
import { telegramFaults } from "./telegram_faults.js";
import { contentOf, drawContent, drawTrace } from "./telegram_message.js";

export const title = "Telegram";

const SIGNS = { arrived: "✓", waits: "…", failed: "!", untold: "!" };
const SUGGESTED = 6; // commands
const PAUSE_MS = 300; // in typing, after which an inline bot is asked
const NO_RESULTS = { results: [], button: null, next_offset: "" };
const KINDS = { // how the app sends a file of a type
  photo: /^image\/(png|jpeg|webp)$/,
  animation: /^image\/gif$/,
  video: /^video\//,
  voice: /^audio\/ogg$/,
  audio: /^audio\//,
  document: /^/,
};
const FEW = 8; // chats, which need no search

export function mount(section, app) {
  // What the reader has chosen, and what is shown; a new person may not be here yet.
  const chosen = { me: "", chat: app.options.get("chat") ?? "" };
  let me = ""; // the id of the reader's person
  let open = ""; // the key of the shown chat
  let drawn = "";
  let named = new Set(); // the messages with their sender's name above
  let replyTo = null; // the record of the message to be answered
  let forced = 0; // the number of the message that the bot wants to be answered
  let editing = null; // the record of the message to be changed
  let sending = Promise.resolve(); // one after the other, to keep the order
  const drafts = new Map(); // of hidden chats
  const read = new Map(); // chat → number of the last message seen
  let found = NO_RESULTS; // what an inline bot has answered to the draft
  let asking; // the timer of an inline query
  let doingEnds; // the timer for the end of what bots do
  let begun = false; // messages from before the page was opened count as read
  const files = new Map(); // id of a file → its address in this page

  // The side: the reader's person, and the chats.
  const who = element("select", { onchange: () => become(who.value) });
  const finding = { type: "search", "aria-label": "Find a chat", placeholder: "Find a chat" };
  const find = element("input", { ...finding, oninput: () => draw() });
  const chats = element("ul", { class: "chats" });
  const faults = telegramFaults(app);
  const side = element(
    "nav",
    { class: "side", "aria-label": "Telegram's chats" },
    element("h2", { class: "title" }, title),
    element("label", { class: "you" }, "You are ", who),
    find,
    chats,
    element(
      "div",
      { class: "make" },
      button("New person", () => dialogs.person()),
      button("New bot", () => dialogs.bot()),
      button("New group", () => dialogs.group()),
      button("Deliver an update", deliver),
    ),
    element("details", { class: "breaking" }, element("summary", {}, "Break something"), faults.panel),
  );

  // The chat, and its input.
  const name = element("h2", { dir: "auto" });
  const about = element("p", { class: "about" });
  const menu = element("div", { class: "menu" });
  const list = messageList({ label: "Messages", empty: "", draw: drawMessage, trace });
  const doing = element("div", { class: "doing", role: "status" });
  const notes = element("div", { class: "notes" });
  const answer = element("p", { class: "answer", role: "status" });
  const results = element("div", { class: "results", "aria-label": "Results", role: "group" });
  const commands = element("div", { class: "commands", "aria-label": "Commands", role: "group" });
  const keyboard = element("div", { class: "keyboard", "aria-label": "The bot's keyboard", role: "group" });
  const quoted = element("span", { dir: "auto" });
  const aside = element("p", { class: "aside", hidden: true }, quoted, button("Cancel", () => answerTo()));
  const picker = element("input", { type: "file", hidden: true, onchange: sendFile });
  const draft = element("textarea", {
    rows: "1",
    maxlength: "4096",
    oninput: () => (drawDraft(), askInline()),
    onkeydown: onKey,
  });
  const write = element(
    "form",
    { class: "write", onsubmit: send },
    element(
      "button",
      { type: "button", class: "attach", "aria-label": "Send a picture or a file", onclick: () => picker.click() },
      "+",
    ),
    picker,
    draft,
    element("button", { class: "send" }, "Send"),
  );
  const chat = element(
    "div",
    { class: "chat" },
    element(
      "div",
      { class: "top" },
      element("button", { type: "button", class: "back", onclick: showChats }, "‹ Chats"),
      element("div", { class: "title" }, name, about),
      menu,
    ),
    list.element,
    doing,
    faults.shown,
    notes,
    answer,
    keyboard,
    commands,
    results,
    aside,
    write,
  );

  // Without a chat: what is missing, and how to get it.
  const missing = element("p");
  const makePerson = button("Make a person", () => dialogs.person());
  const makeBot = button("Make a bot", () => dialogs.bot());
  const nobody = element("div", { class: "nobody", hidden: true }, missing, makePerson, makeBot);

  section.classList.add("telegram");
  if (!chosen.chat) section.classList.add("listing");
  section.append(side, chat, nobody);
  const dialogs = dialogsOf(section, app, { become, openChat, people: () => everyone(), me: () => me });
  app.on("telegram/", app.drawing(draw));
  draw();

  // The records

  function everyone() {
    return app.all("telegram/person/").map(([, one]) => one);
  }

  function bots() {
    return app.all("telegram/bot/").map(([, one]) => one);
  }

  function chosenPerson() {
    const people = everyone();
    const wanted = [chosen.me, app.options.get("as"), chosen.chat.match(/^(\d+)-/)?.[1]];
    const found = wanted.map((id) => people.find((one) => String(one.id) === id || one.name === id));
    return found.find(Boolean) ?? people[0];
  }

  // The person's chats: one with each bot, even if it is empty, and every group.
  function chatsOfMine() {
    const own = bots().map(
      (bot) =>
        app.records.get(`telegram/chat/${me}-${bot.id}`) ?? {
          key: `${me}-${bot.id}`,
          id: Number(me),
          kind: "private",
          title: bot.name,
          members: [Number(me), bot.id],
          admins: [],
          titles: {},
          restricted: [],
        },
    );
    const groups = app.all("telegram/chat/").map(([, one]) => one);
    return [...own, ...groups.filter((one) => one.kind !== "private")];
  }

  function messagesOf(key) {
    const all = app.all(`telegram/message/${key}/`);
    return all.sort(([, one], [, other]) => one.id - other.id);
  }

  function nameOf(id) {
    const record = app.records.get(`telegram/person/${id}`) ?? app.records.get(`telegram/bot/${id}`);
    return record?.name ?? "Somebody";
  }

  function current() {
    return chatsOfMine().find((one) => one.key === open);
  }

  // Drawing

  function draw() {
    const person = chosenPerson();
    me = String(person?.id ?? "");
    const all = chatsOfMine();
    const found = all.find((one) => one.key === chosen.chat);
    const asked = chosen.chat === app.options.get("chat"); // the address asks for this chat only
    open = (found ?? (asked ? null : all[0]))?.key ?? "";
    // If there is only one chat, open it where chats and chat share the room.
    if (!begun && all.length === 1) section.classList.remove("listing");
    drawChat(current());
    drawSide(all);
    faults.draw();
    begun = app.records.size > 0;
  }

  function drawSide(all) {
    const people = everyone();
    keyed(who, people.map((one) => [one.id, one]), () => {
      const option = element("option");
      return { element: option, update: (one) => ((option.value = one.id), (option.textContent = one.name)) };
    });
    who.value = me;
    who.disabled = !people.length;
    find.hidden = all.length <= FEW;
    const words = find.hidden ? "" : find.value.trim().toLowerCase();
    const shown = all.filter((one) => one.title.toLowerCase().includes(words));
    keyed(chats, shown.map((one) => [one.key, one]), () => {
      const title = element("span", { class: "name", dir: "auto" });
      const last = element("span", { class: "last", dir: "auto" });
      const count = element("span", { class: "count" });
      const choose = element("button", { type: "button" }, title, last, count);
      return {
        element: element("li", {}, choose),
        update(one) {
          const messages = messagesOf(one.key).map(([, message]) => message);
          if (!begun || (one.key === open && chat.offsetParent)) {
            read.set(one.key, messages.at(-1)?.id ?? 0);
          }
          const unread = messages.filter(
            (message) => message.id > (read.get(one.key) ?? 0) && String(message.from) !== me,
          );
          choose.onclick = () => openChat(one.key);
          choose.setAttribute("aria-current", String(one.key === open));
          title.textContent = one.title;
          last.textContent = messages.length ? lastWords(messages.at(-1)) : kindOf(one);
          count.textContent = unread.length || "";
          if (unread.length) count.setAttribute("aria-label", `${unread.length} unread`);
        },
      };
    });
  }

  function lastWords(message) {
    if (message.event) return message.event;
    return String(message.from) === me ? `You: ${message.text}` : message.text;
  }

  function kindOf({ kind, members }) {
    return kind === "private" ? "a bot; say something" : `a ${kind} of ${members.length}`;
  }

  function drawChat(record) {
    chat.hidden = !record || !me;
    nobody.hidden = !chat.hidden;
    section.classList.toggle("vacant", chat.hidden);
    missing.textContent = !me
      ? "Nobody is here yet. Who are you?"
      : bots().length
        ? "The chat that this page was opened for is not there."
        : `You are ${nameOf(me)}. No bot is here yet that you could talk to.`;
    makePerson.hidden = Boolean(me);
    makeBot.hidden = !me || bots().length > 0;
    if (chat.hidden) return;
    const bot = record.kind === "private" && app.records.get(`telegram/bot/${record.members[1]}`);
    const self = nameOf(me);
    if (drawn !== open) {
      drafts.set(drawn, draft.value);
      draft.value = drafts.get(open) ?? "";
      drawn = open;
      answer.textContent = "";
      forced = 0;
      answerTo();
    }
    name.textContent = record.title;
    about.textContent = bot
      ? `@${bot.username} · you are ${self}`
      : `${record.username && `@${record.username} · `}${record.kind} of ${record.members.length} · you are ${self}`;
    const words = `Write to ${record.title} as ${self}`;
    const shown = record.keyboards?.[me] ?? { rows: [], placeholder: "", answers: 0 };
    draft.setAttribute("aria-label", words);
    draft.placeholder = shown.placeholder || words;
    const messages = messagesOf(open);
    const pairs = messages.map(([, one], i) => [one, messages[i - 1]?.[1]]);
    const firsts = pairs.filter(([one, before]) => one.from !== before?.from || before.event);
    named = new Set(firsts.map(([one]) => one.id));
    list.show(`${open} ${me}`, messages, emptyWords(record, bot, self));
    drawDoing(record);
    drawNotes(record);
    drawKeyboard(shown);
    drawMenu(record, bot);
    drawDraft();
  }

  function emptyWords(record, bot, self) {
    const heard = bot && !bot.webhook && !bot.polled;
    const nobody = heard ? " Nobody answers for this bot yet: it has no webhook, and no program asks for its updates." : "";
    return `You are ${self}, and this is your chat with ${record.title}. Type below and press Enter.${nobody}`;
  }

  function drawMessage(message) {
    const { content } = message;
    const mine = String(message.from) === me;
    const isNamed = named.has(message.id) && !mine && current()?.kind !== "private";
    const time = new Date(message.date * 1000).toTimeString().slice(0, 5);
    const under = [
      element("time", {}, time),
      message.edited ? element("span", {}, "edited") : null,
      ...message.fate.map(({ bot, state, text }) => {
        const which = message.fate.length > 1 ? `${nameOf(bot)}: ` : "";
        const sign = element("span", { "aria-hidden": "true" }, `${SIGNS[state]} `);
        return element("span", { class: `fate ${state}` }, sign, which + text);
      }),
      ...Object.entries(message.reactions).map(([emoji, count]) =>
        element("span", {}, count > 1 ? `${emoji} ${count}` : emoji),
      ),
      message.event ? null : button("Reply", () => answerTo(message)),
      mine && content.text !== undefined && !content.via_bot ? button("Edit", () => change(message)) : null,
    ];
    return {
      mine,
      service: message.event,
      version: JSON.stringify([contentOf(message), isNamed, mine]),
      content: () => drawContent(message, { isNamed, press, say, file, save }),
      actions: under.filter(Boolean),
    };
  }

  // What bots do now, and the drafts that they are writing, until they are over.
  function drawDoing(record) {
    const now = Date.now() / 1000 + (app.records.get("telegram/server")?.ahead ?? 0);
    const shown = (record.activities ?? []).filter((one) => one.until > now);
    clearTimeout(doingEnds);
    const next = Math.min(...shown.map((one) => one.until));
    if (shown.length) doingEnds = setTimeout(draw, (next - now) * 1000 + 50);
    doing.replaceChildren(
      ...shown.map(({ bot, draft: isDraft, text }) => {
        const words = isDraft ? text || "Thinking…" : `${nameOf(bot)}: ${text.replaceAll("_", " ")}…`;
        return element("p", { class: isDraft ? "draft" : "", dir: "auto" }, words);
      }),
    );
  }

  // Refused calls of the bots in this chat, and parameters that Telegram ignores.
  function drawNotes(record) {
    const refused = record.members
      .map((id) => app.records.get(`telegram/bot/${id}`))
      .filter((bot) => bot?.refused.length || bot?.unsupported.length || bot?.ignored.length)
      .map((bot) => [String(bot.id), bot]);
    keyed(notes, refused, () => {
      const summary = element("summary");
      const all = element("ul");
      return {
        element: element("details", {}, summary, all),
        update(bot) {
          const count = bot.refused.reduce((sum, one) => sum + one.times, 0);
          const calls = `${count} ${count === 1 ? "call" : "calls"} of ${bot.name} refused`;
          const lacks = bot.unsupported.length ? `; this sandbox lacks ${bot.unsupported.join(", ")}` : "";
          const slips = `${bot.name} sends what Telegram ignores`;
          summary.textContent = bot.refused.length || lacks ? calls + lacks : slips;
          const lines = bot.refused.map(({ method, error, times }) =>
            element("li", {}, element("code", {}, method), times > 1 ? ` ${times} times: ` : ": ", error),
          );
          all.replaceChildren(...lines, ...bot.ignored.map((words) => element("li", {}, words)));
        },
      };
    });
  }

  function drawMenu(record, bot) {
    const inside = record.members.includes(Number(me));
    const items = bot
      ? [
          ["inline", `Turn inline mode ${bot.inline ? "off" : "on"}`],
          [record.blocked ? "unblock" : "block", record.blocked ? "Unblock" : "Block"],
        ]
      : [inside ? ["members", "Members"] : ["join", "Join"]];
    const work = {
      inline: () => app.attempt(() => app.post("telegram/set_inline", { bot: String(bot.id), inline: !bot.inline })),
      block: () => post("block"),
      unblock: () => post("unblock"),
      join: () => app.attempt(() => app.post("telegram/join", { group: String(record.id), member: me })),
      members: () => dialogs.members(record.key),
    };
    keyed(menu, items, () => {
      const item = element("button", { type: "button" });
      return {
        element: item,
        update: (label) => (item.textContent = label),
      };
    });
    items.forEach(([key], i) => (menu.children[i].onclick = work[key]));
  }

  // A reply keyboard: a button sends its text, a contact or a place.
  function drawKeyboard({ rows, answers }) {
    keyed(keyboard, rows.map((row, i) => [i, row]), () => {
      const line = element("div", { class: "row" });
      return {
        element: line,
        update(row) {
          keyed(line, row.map((text, i) => [i, text]), () => {
            const choose = element("button", { type: "button", dir: "auto" });
            return {
              element: choose,
              update(text) {
                choose.textContent = text;
                choose.onclick = () => choosing(text);
              },
            };
          });
        },
      };
    });
    keyboard.hidden = !rows.length;
    // A bot may ask for a reply, as if the reader had pressed Reply under its message.
    const asked = answers !== forced && app.records.get(`telegram/message/${open}/${answers}`);
    if (asked) answerTo(asked);
    forced = asked || !answers ? answers : forced;
  }

  // The draft: its height, and the suggested commands.
  function drawDraft() {
    draft.style.height = "auto";
    if (draft.scrollHeight) draft.style.height = `${draft.scrollHeight + 2}px`;
    const typed = draft.value;
    const known = (current()?.members ?? [])
      .map((id) => app.records.get(`telegram/bot/${id}`))
      .flatMap((bot) => bot?.commands ?? []);
    const fitting = known.filter(({ command }) => `/${command}`.startsWith(typed.toLowerCase()));
    const shown = /^\/\w*$/.test(typed) ? fitting.slice(0, SUGGESTED) : [];
    keyed(commands, shown.map((one) => [one.command, one]), () => {
      const choose = element("button", { type: "button" });
      return {
        element: choose,
        update({ command, description }) {
          choose.textContent = `/${command}`;
          choose.title = description;
          choose.onclick = () => ((draft.value = `/${command}`), drawDraft(), draft.focus());
        },
      };
    });
    commands.hidden = !shown.length;
    drawResults();
  }

  // What a bot offers for "@tea_bot green": the button above, its results, and the next page.
  function drawResults() {
    if (!inlineQuery()) found = NO_RESULTS;
    const { button: above, next_offset: next } = found;
    const items = found.results.map((one) => ({
      label: [one.title ?? one.first_name ?? one.type, one.description].filter(Boolean).join(": "),
      work: () => choose(one),
    }));
    if (above?.start_parameter) {
      items.unshift({ label: above.text, work: () => start(found.bot, `?start=${above.start_parameter}`) });
    }
    if (next) items.push({ label: "More…", work: () => askBot(next) });
    results.replaceChildren(
      ...items.map(({ label, work }) => element("button", { type: "button", dir: "auto", onclick: work }, label)),
    );
    results.hidden = !items.length;
  }

  function inlineQuery() {
    const [, name, query] = draft.value.match(/^@(\w+)\s(.*)$/s) ?? [];
    const bot = name && bots().find((one) => one.inline && one.username.toLowerCase() === name.toLowerCase());
    return bot && { from: me, bot: String(bot.id), query: query.trim(), to: place().to };
  }

  function askInline() {
    clearTimeout(asking);
    asking = setTimeout(askBot, PAUSE_MS, "");
  }

  async function askBot(offset) {
    const [asked, typed] = [inlineQuery(), draft.value];
    if (!asked) return;
    const said = await app.attempt(() => app.post("telegram/inline", { ...asked, offset, timeout: 20 }));
    if (!said || draft.value !== typed) return;
    const page = said.results.map((one) => ({ ...one, query: said.id }));
    found = { ...said, bot: asked.bot, results: offset ? [...found.results, ...page] : page };
    drawDraft();
  }

  async function choose({ query, id: result }) {
    if (!(await app.attempt(() => app.post("telegram/choose", { query, result })))) return;
    draft.value = "";
    drawDraft();
    draft.focus();
  }

  // Actions

  function become(id) {
    chosen.me = String(id);
    const to = open.match(/^\d+-(\d+)$/)?.[1];
    chosen.chat = to ? `${id}-${to}` : open;
    draw();
  }

  function openChat(key) {
    chosen.chat = key;
    section.classList.remove("listing");
    draw();
    draft.focus();
  }

  function showChats() {
    section.classList.toggle("listing");
    document.body.classList.remove("one");
    chats.querySelector('[aria-current="true"]')?.focus();
  }

  function place() {
    const record = current();
    return { from: me, to: String(record.kind === "private" ? record.members[1] : record.id) };
  }

  function post(path, values = {}) {
    return app.attempt(() => app.post(`telegram/${path}`, { ...place(), ...values }));
  }

  function deliver() {
    const record = current();
    const isPrivate = record?.kind === "private";
    const here = isPrivate ? { bot: record.members[1] } : { group: record && String(record.id) };
    app.attempt(() => dialogs.deliver(here));
  }

  function onKey(event) {
    if (event.key === "Escape" && (replyTo || editing)) answerTo();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    write.requestSubmit();
  }

  function send(event) {
    event.preventDefault();
    const text = draft.value;
    if (!text.trim()) return;
    const changed = editing;
    const values = changed
      ? { ...place(), message: changed.id, text }
      : { ...place(), text, reply_to: replyTo?.id };
    draft.value = "";
    draft.focus(); // ready for the next one, even after a click on the button
    answer.textContent = "";
    answerTo();
    sending = sending.then(async () => {
      const path = changed ? "telegram/edit" : "telegram/say";
      const done = await app.attempt(() => app.post(path, values));
      if (!done && !draft.value) draft.value = text; // keep it after an error
      drawDraft();
    });
  }

  function say(text) {
    post("say", { text });
  }

  function choosing(button) {
    post("press", { button });
  }

  function answerTo(message = null) {
    if (editing) draft.value = "";
    editing = null;
    replyTo = message;
    aside.hidden = !message;
    if (!message) return drawDraft();
    quoted.textContent = `Reply to ${message.name}: ${message.text}`;
    draft.focus();
  }

  function change(message) {
    answerTo();
    editing = message;
    aside.hidden = false;
    quoted.textContent = `Change: ${message.text}`;
    draft.value = message.text;
    drawDraft();
    draft.focus();
  }

  // A button may begin an inline query; this page does it in the same chat.
  function typeFor(message, query) {
    const bot = message.content.via_bot ?? app.records.get(`telegram/bot/${message.from}`);
    draft.value = `@${bot.username} ${query}`;
    drawDraft();
    draft.focus();
    askInline();
  }

  async function press(message, { text, callback_data: data, ...other }, position, pressed) {
    answer.textContent = "";
    const begun = other.switch_inline_query_current_chat ?? other.switch_inline_query;
    if (begun !== undefined) return typeFor(message, begun);
    pressed.disabled = true;
    const which = { button: text, position, data }; // the bot may have moved its buttons meanwhile
    const said = await post("press", { message: message.id, ...which, timeout: 20 });
    pressed.disabled = false;
    if (said?.alert) dialogs.alert(message.name, said.text);
    else if (said?.text) answer.textContent = `${message.name}: ${said.text}`;
    if (said?.url) answer.append(" ", button("START", () => start(message.from, said.url)));
  }

  // What the app does with a link such as t.me/hello_bot?start=cake.
  function start(bot, url) {
    openChat(`${me}-${bot}`);
    answer.textContent = "";
    say(`/start ${url.split("=")[1]}`);
  }

  async function sendFile() {
    const [file] = picker.files;
    picker.value = "";
    if (!file) return;
    const kind = Object.keys(KINDS).find((name) => KINDS[name].test(file.type));
    const query = new URLSearchParams({ ...place(), caption: draft.value });
    if (kind !== "photo" && kind !== "voice") query.set("name", file.name);
    if (await app.attempt(() => app.upload(`telegram/${kind}?${query}`, file))) {
      draft.value = "";
      drawDraft();
    }
  }

  // The address of a file in this page; fetched once, with the key.
  function file(id) {
    if (!files.has(id)) {
      const asked = app.download(`telegram/file?id=${encodeURIComponent(id)}`);
      files.set(id, asked.then((blob) => URL.createObjectURL(blob)));
      asked.catch(() => files.delete(id));
    }
    return files.get(id);
  }

  function save(id, download) {
    app.attempt(async () => element("a", { href: await file(id), download }).click());
  }

  async function trace(message) {
    const query = new URLSearchParams({ chat: message.chat, message: message.id });
    return drawTrace(await app.get(`telegram/trace?${query}`));
  }
}
