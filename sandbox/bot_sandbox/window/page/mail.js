// The mail server: the letters that it has caught, the newest first.

import { element } from "./dom.js";
import { keyed } from "./keyed.js";

export const title = "Mail";

export function mount(section, app) {
  const address = element("p", { class: "quiet" });
  const empty = element("p", { class: "quiet" }, "No letter has come yet.");
  const list = element("ul", { class: "letters", "aria-label": "Letters" });
  section.append(element("h2", { class: "title" }, title), address, empty, list);
  app.on("mail/", app.drawing(draw));

  function draw() {
    const server = app.records.get("mail/server");
    if (server) address.textContent = `SMTP at ${server.host}:${server.port}`;
    const letters = app.all("mail/letter/").sort(([, a], [, b]) => b.number - a.number);
    empty.hidden = letters.length > 0;
    keyed(list, letters, makeLetter);
  }
}

function makeLetter() {
  const subject = element("strong", { dir: "auto" });
  const people = element("p", { class: "quiet", dir: "auto" });
  const text = element("p", { class: "text", dir: "auto" });
  return {
    element: element("li", {}, subject, people, text),
    update(letter) {
      subject.textContent = letter.subject || "(no subject)";
      people.textContent = `${letter.from} → ${letter.to.join(", ")}`;
      text.textContent = letter.text;
    },
  };
}
