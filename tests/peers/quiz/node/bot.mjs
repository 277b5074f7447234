// A right solution: Node.js without a library, a line in a file for each change.
import { appendFileSync, existsSync, readFileSync } from "node:fs";

const api = `https://api.telegram.org/bot${process.env.TELEGRAM_TOKEN}`;
const journal = "journal.txt";
const questions = [];
const asked = new Map(); // a person's id: the question that is open
const answers = new Map(); // a person's id: a list of true and false

const changes = {
  new: ({ question, answer }) => questions.push({ question, answer }),
  ask: ({ who, number }) => asked.set(who, number),
  answer: ({ who, right }) => {
    answers.set(who, [...(answers.get(who) ?? []), right]);
    asked.delete(who);
  },
};

function note(kind, change) {
  appendFileSync(journal, `${JSON.stringify([kind, change])}\n`);
  changes[kind](change);
}

async function call(method, body) {
  const response = await fetch(`${api}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return (await response.json()).result;
}

function reply(text, who) {
  const [, command, rest] = text.match(/^\/(\w+)(?:@\w+)?\s*([^]*)$/) ?? [];
  const mine = answers.get(who) ?? [];
  if (command === "new") {
    const at = rest.lastIndexOf("=");
    const question = rest.slice(0, Math.max(at, 0)).trim();
    const answer = rest.slice(at + 1).trim();
    if (at < 0 || !question || !answer) return "Like this: /new Which planet is red? = Mars";
    note("new", { question, answer });
    return `#${questions.length}`;
  }
  if (command === "quiz") {
    if (mine.length === questions.length) return "No more questions!";
    note("ask", { who, number: mine.length });
    return questions[mine.length].question;
  }
  if (command === "score") return `${mine.filter(Boolean).length} of ${mine.length}`;
  if (command) return "";
  if (!asked.has(who)) return "Ask me by /quiz";
  const { answer } = questions[asked.get(who)];
  const right = text.trim().toLowerCase() === answer.toLowerCase();
  note("answer", { who, right });
  return right ? "Right!" : `Wrong: ${answer}`;
}

if (existsSync(journal)) {
  for (const line of readFileSync(journal, "utf8").trim().split("\n")) {
    const [kind, change] = JSON.parse(line);
    changes[kind](change);
  }
}
let offset = 0;
for (;;) {
  const updates = await call("getUpdates", { offset, timeout: 30 });
  for (const { update_id, message } of updates ?? []) {
    offset = update_id + 1;
    const text = message?.text && reply(message.text, message.from.id);
    if (text) await call("sendMessage", { chat_id: message.chat.id, text });
  }
}
