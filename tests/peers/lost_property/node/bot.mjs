// A right solution: Node.js without a library.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

const api = `https://api.telegram.org/bot${process.env.TELEGRAM_TOKEN}`;
const file = "box.json";
const box = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { last: 0, things: [] };

function save() {
  writeFileSync(`${file}.new`, JSON.stringify(box));
  renameSync(`${file}.new`, file);
}

async function call(method, body) {
  const response = await fetch(`${api}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return (await response.json()).result;
}

function list(things) {
  const all = things.map(({ number, words }) => `#${number} ${words}`).join("\n");
  return all.match(/[^]{1,4000}/g) ?? [];
}

function take(number) {
  box.things = box.things.filter((thing) => thing.number !== number);
  save();
}

function answer(text, who) {
  const [, command, rest] = text.match(/^\/(\w+)(?:@\w+)?\s*([^]*)$/) ?? [];
  const number = /^\d+$/.test(rest ?? "") ? Number(rest) : null;
  const thing = box.things.find((one) => one.number === number);
  switch (command) {
    case "found":
      if (!rest) return ["/found red scarf"];
      box.last += 1;
      box.things.push({ number: box.last, words: rest, who });
      save();
      return [`#${box.last}`];
    case "box":
      return box.things.length ? list(box.things) : ["The box is empty."];
    case "lost": {
      if (!rest) return ["/lost scarf"];
      const fits = box.things.filter(({ words }) =>
        words.toLowerCase().includes(rest.toLowerCase()),
      );
      return fits.length ? list(fits) : ["I found nothing."];
    }
    case "mine":
      if (number === null) return ["/mine 1"];
      if (!thing) return ["It is gone."];
      take(number);
      return [`Here: ${thing.words}`];
    case "oops":
      if (number === null) return ["/oops 1"];
      if (!thing) return ["It is gone."];
      if (thing.who !== who) return ["It is not yours."];
      take(number);
      return ["done"];
    default:
      return [];
  }
}

let offset = 0;
for (;;) {
  const updates = await call("getUpdates", { offset, timeout: 30 });
  for (const { update_id, message } of updates ?? []) {
    offset = update_id + 1;
    if (!message?.text) continue;
    for (const text of answer(message.text, message.from.id)) {
      await call("sendMessage", { chat_id: message.chat.id, text });
    }
  }
}
