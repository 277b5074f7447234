// Telegram's chats: choose one, be someone, type, read.

import { element } from "./dom.js";

export const title = "Telegram";

export function mount(section, app) {
  const log = element("div", { role: "log", "aria-label": "Messages", tabindex: "0" });
  const draft = element("input", { name: "text", autocomplete: "off", "aria-label": "Message" });
  const form = element("form", { onsubmit: send }, draft, element("button", {}, "Send"));
  section.append(element("h2", {}, title), log, form);
  app.on("telegram/", draw);

  function draw() {
    log.replaceChildren(
      ...app
        .all("telegram/message/")
        .map(([, message]) => element("p", { dir: "auto" }, `${message.name}: ${message.text}`)),
    );
  }

  async function send(event) {
    event.preventDefault();
    const [, chat] = app.all("telegram/chat/")[0] ?? [];
    const to = String(chat ? chat.members[1] : app.all("telegram/bot/")[0][0].split("/")[2]);
    const from = app.all("telegram/person/")[0][0].split("/")[2];
    const text = draft.value;
    if (await app.attempt(() => app.post("telegram/say", { from, to, text }))) draft.value = "";
  }
}
