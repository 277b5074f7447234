// One Telegram message as elements: its text with entities, its picture or file, its buttons, and
// what was sent for it. All content is set as text, and only safe addresses become links.

import { element } from "./dom.js";

const MAX_WIDTH = 320; // pixels of a picture
const MAX_HEIGHT = 256;
const SAFE = ["http:", "https:", "mailto:", "tg:"];
const FILES = ["video", "animation", "audio", "voice", "video_note", "document"];
const BLOCKS = ["pre", "blockquote", "expandable_blockquote"];
const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};
// The part of a message's record that its body shows.
export function contentOf({ content, quote, name, event }) {
  return [content, quote, name, event];
}

// The body of a message; `does` has the actions of its buttons.
export function drawContent(message, does) {
  const { content, quote, name } = message;
  if (message.event) return [element("p", { dir: "auto" }, message.event)];
  const text = content.text ?? content.caption;
  const entities = content.entities ?? content.caption_entities ?? [];
  const rows = content.reply_markup?.inline_keyboard ?? [];
  const all = rows.flat();
  return [
    does.isNamed ? element("p", { class: "who" }, element("b", { dir: "auto" }, name)) : null,
    content.via_bot ? element("p", { class: "quiet" }, `via @${content.via_bot.username}`) : null,
    quote ? element("blockquote", { class: "quote", dir: "auto" }, quote) : null,
    ...mediaOf(message, does),
    text === undefined
      ? null
      : element("div", { class: "text", dir: "auto" }, ...rich(text, entities, does)),
    ...rows.map((row) =>
      element("div", { class: "row" }, ...row.map((one) => buttonOf(one, all.indexOf(one) + 1, message, does))),
    ),
  ].filter(Boolean);
}

function mediaOf({ content, name }, does) {
  if (content.photo) {
    const { file_id: id, width, height } = content.photo.at(-1);
    const image = element("img", { class: "photo", alt: content.caption ?? `A picture from ${name}` });
    const scale = Math.min(1, MAX_WIDTH / width, MAX_HEIGHT / height); // reserve its room
    [image.width, image.height] = [width * scale, height * scale];
    does.file(id).then((address) => (image.src = address), () => image.classList.add("broken"));
    return [image];
  }
  const kind = FILES.find((name) => content[name]);
  if (kind) {
    const { file_id: id, file_name: file = kind.replace("_", " "), file_size: size = 0 } = content[kind];
    const text = `${file} (${size < 1024 ? `${size} B` : `${Math.round(size / 1024)} KB`})`;
    const save = () => does.save(id, file);
    return [element("button", { type: "button", class: "file", onclick: save }, `⬇ ${text}`)];
  }
  if (content.sticker) {
    return [element("div", { class: "sticker" }, content.sticker.emoji || "(sticker)")];
  }
  if (content.dice) {
    return [element("div", { class: "sticker" }, `${content.dice.emoji} ${content.dice.value}`)];
  }
  if (content.location) {
    const { latitude, longitude } = content.location;
    return [element("div", {}, `📍 ${latitude}, ${longitude}`)];
  }
  if (content.contact) {
    const { first_name: first, last_name: last = "", phone_number: number } = content.contact;
    return [element("div", { dir: "auto" }, `👤 ${`${first} ${last}`.trim()}, ${number}`)];
  }
  if (content.text !== undefined || content.caption !== undefined) return [];
  const kinds = Object.keys(content).filter((key) => key !== "reply_markup");
  return [element("div", {}, `(${kinds.join(", ") || "empty"})`)];
}

function buttonOf(button, position, message, does) {
  if (button.url !== undefined) {
    const address = safeAddress(button.url);
    if (address) return element("a", { ...linkTo(address), class: "inline" }, `${button.text} ↗`);
  }
  const press = (event) => does.press(message, button, position, event.currentTarget);
  const works = ["callback_data", "switch_inline_query", "switch_inline_query_current_chat"].some((key) => key in button);
  const title = works ? null : "this kind of button does nothing here";
  const name = `press ${button.text}`;
  return element(
    "button",
    { type: "button", class: "inline", disabled: !works, title, onclick: press, "data-name": name },
    button.text,
  );
}

// A text with its entities as elements. Offsets count UTF-16 units, as JavaScript's strings do.
function rich(text, entities, does, from = 0, to = text.length) {
  const sorted = entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length);
  const nodes = [];
  let at = from;
  while (sorted.length) {
    const entity = sorted.shift();
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    if (start >= end) continue;
    const inside = [];
    while (sorted.length && sorted[0].offset < end) inside.push(sorted.shift());
    if (start > at) nodes.push(text.slice(at, start));
    const part = text.slice(start, end);
    nodes.push(entityElement(entity, part, rich(text, inside, does, start, end), does));
    // A block ends its line itself.
    at = BLOCKS.includes(entity.type) && text[end] === "\n" ? end + 1 : end;
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

function entityElement(entity, part, children, does) {
  const { type } = entity;
  if (type === "text_link" || type === "url" || type === "email") {
    const written = type === "text_link" ? entity.url : type === "email" ? `mailto:${part}` : part;
    const address = safeAddress(written) || (type === "url" && safeAddress(`https://${part}`));
    return address ? element("a", linkTo(address), ...children) : element("span", {}, ...children);
  }
  if (type === "bot_command") {
    const say = () => does.say(part);
    return element("button", { type: "button", class: "command", onclick: say }, ...children);
  }
  if (type === "spoiler") {
    return element("span", { class: "spoiler", tabindex: "0" }, ...children);
  }
  if (type === "pre") return element("pre", { title: entity.language }, element("code", {}, ...children));
  if (type in TAGS) return element(TAGS[type], {}, ...children);
  return element("span", { class: "reference" }, ...children); // mentions, hashtags, numbers …
}

function safeAddress(written) {
  try {
    const address = new URL(written);
    return SAFE.includes(address.protocol) ? address.href : "";
  } catch {
    return "";
  }
}

function linkTo(href) {
  return { href, target: "_blank", rel: "noreferrer noopener" };
}

// Behind a message: the updates, their deliveries, and the bots' calls.
export function drawTrace({ updates, untold, calls }) {
  const parts = untold ? [{ title: "No bot was told of it", text: untold }] : [];
  for (const { bot, update, text, explained, attempts } of updates) {
    parts.push({ title: `Update for ${bot}: ${text}`, text: JSON.stringify(update) });
    for (const { attempt, url, status, error, answer, reply } of attempts.slice(-5)) {
      const outcome = error || `answered ${status}`;
      const title = `Attempt ${attempt}, POST ${url}: ${outcome}${reply ? `, ${reply}` : ""}`;
      parts.push({ title, text: answer || "(no body)" });
    }
    if (explained) parts.push({ title: `State of ${bot}`, text: explained });
  }
  for (const { bot, method, in_response: byAnswer, arguments: sent, error, fault, canned, ignored } of calls) {
    const how = byAnswer ? "in its response to the webhook" : "over HTTP";
    const answered = canned ? "canned answer, because this sandbox lacks it" : "done";
    const done = fault ? `${answered}; ${fault}` : answered;
    const outcome = [error ? `refused: ${error}` : done, ...ignored].join("; ");
    parts.push({ title: `${bot} called ${method} ${how}: ${outcome}`, text: JSON.stringify(sent) });
  }
  return parts;
}
