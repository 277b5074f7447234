// Two bots of other people's libraries, tested in their own language: node --test
//
// The sandbox is started as a program, the only Python here; everything else goes through the
// window's HTTP interface. PYTHON is the interpreter that has the sandbox.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { Bot, InlineKeyboard } from "grammy";
import tmi from "tmi.js";

const ANY_PORTS = ["telegram", "twitch", "irc", "cloud", "window", "mail"].flatMap((name) => [
  `--${name}-port`,
  "0",
]);
let sandbox, found;

before(async () => {
  // Its input is a pipe, so it ends with this program, even if that crashes.
  const command = ["-m", "bot_sandbox", "--json", "--no-sample", ...ANY_PORTS];
  sandbox = spawn(process.env.PYTHON, command, { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await once(createInterface(sandbox.stdout), "line");
  found = JSON.parse(line);
});

after(() => sandbox.kill());

// Ask the sandbox: a GET, or a POST when there is something to tell it.
async function ask(path, values) {
  const headers = { "Bot-Sandbox-Key": found.window.key };
  const how = values ? { method: "POST", body: JSON.stringify(values) } : {};
  const response = await fetch(`${found.window.api_url}/${path}`, { headers, ...how });
  const answer = await response.json();
  assert.ok(response.ok, `${path}: ${response.status} ${answer.error}`);
  return answer;
}

test("a grammY bot answers, and its button is pressed", async () => {
  await ask("telegram/people", { name: "Nora" });
  const made = await ask("telegram/bots", { name: "Pizza", username: "pizza_bot" });
  const bot = new Bot(made.token, { client: { apiRoot: made.url } });
  bot.command("order", (context) =>
    context.reply(`A pizza, ${context.from.first_name}?`, {
      reply_markup: new InlineKeyboard().text("Yes", "yes").text("No", "no"),
    }),
  );
  bot.callbackQuery("yes", async (context) => {
    await context.answerCallbackQuery("It is on its way.");
    await context.editMessageText("Ordered.");
    await context.reply("Baked.");
  });
  await new Promise((onStart) => bot.start({ onStart }));
  try {
    const chat = { from: "Nora", to: "pizza_bot" };
    const offer = await ask("telegram/ask", { ...chat, text: "/order", timeout: 30 });
    assert.equal(offer.text, "A pizza, Nora?");
    assert.deepEqual(offer.buttons.flat(), ["Yes", "No"]);
    const pressed = { ...chat, message: offer.id, button: "Yes", timeout: 30 };
    assert.equal((await ask("telegram/press", pressed)).text, "It is on its way.");
    const place = `from=Nora&to=pizza_bot&after=${offer.id}&timeout=30`;
    const [baked] = (await ask(`telegram/messages?${place}`)).messages;
    assert.equal(baked.text, "Baked.");
    const all = (await ask("telegram/messages?from=Nora&to=pizza_bot")).messages;
    assert.deepEqual(
      all.map(({ text, edited }) => [text, edited]),
      [
        ["/order", false],
        ["Ordered.", true],
        ["Baked.", false],
      ],
    );
  } finally {
    await bot.stop();
  }
});

test("a tmi.js bot answers, its line is cut, and it comes back", async () => {
  await ask("twitch/accounts", { login: "nora", name: "Nora" });
  await ask("twitch/accounts", { login: "node_bot" });
  const redirects = ["http://localhost:3000", "https://bots.example/callback"];
  const app = await ask("twitch/applications", { name: "Node bot", redirects });
  assert.deepEqual(app.redirects, redirects);
  const allowed = { login: "node_bot", application: "Node bot", scopes: "chat:read chat:edit" };
  const { access_token: token } = await ask("twitch/authorize", allowed);
  const { url } = await ask("twitch");
  const client = new tmi.Client({
    connection: {
      server: "127.0.0.1",
      port: Number(new URL(url).port),
      secure: false,
      reconnect: true,
      reconnectInterval: 200,
      reconnectDecay: 1,
    },
    identity: { username: "node_bot", password: `oauth:${token}` },
    channels: ["nora"],
    logger: { info() {}, warn() {}, error() {} },
  });
  client.on("message", (channel, { "display-name": name }, message, self) => {
    if (!self && message === "!hello") client.say(channel, `hello ${name}!`);
  });
  await client.connect();
  try {
    const there = "twitch/wait?login=node_bot&channel=nora&timeout=30";
    const hello = { from: "nora", text: "!hello", timeout: 30 };
    const [first] = (await ask(there)).connections;
    const answer = await ask("twitch/ask", hello);
    assert.equal(answer.text, "hello Nora!");
    const [line] = (await ask(`twitch/trace?message=${answer.id}`)).trace;
    assert.match(line.text, /PRIVMSG #nora :hello Nora!$/);

    await ask("twitch/faults", { fault: "drop", login: "node_bot" });
    const [second] = (await ask(`${there}&after=${first.number}`)).connections;
    assert.ok(second.number > first.number);

    await ask("twitch/faults", { fault: "stop" });
    await ask("twitch/say", { from: "nora", text: "is nobody there?" });
    await ask("twitch/faults", { fault: "start" });
    await ask(`${there}&after=${second.number}`);
    const missed = (await ask("twitch/missed?login=node_bot")).messages;
    assert.deepEqual(
      missed.map(({ text }) => text),
      ["is nobody there?"],
    );

    // A minute later, so that the same answer is no duplicate.
    await ask("twitch/clock", { advance: 60 });
    assert.equal((await ask("twitch/ask", hello)).text, "hello Nora!");

    await ask("twitch/ban", { channel: "nora", login: "node_bot" });
    const said = (await ask("twitch/messages?channel=nora")).messages;
    const deleted = said.filter((message) => message.deleted);
    assert.deepEqual(
      deleted.map(({ from }) => from),
      ["node_bot", "node_bot"],
    );
  } finally {
    await client.disconnect().catch(() => {});
  }
});

test("a refusal has a status and says what is wrong", async () => {
  const headers = { "Bot-Sandbox-Key": found.window.key };
  const unknown = await fetch(`${found.window.api_url}/twitch/wait?login=x&channel=y`, { headers });
  assert.equal(unknown.status, 400);
  assert.match((await unknown.json()).error, /Twitch has no account or channel 'y'/);
  const keyless = await fetch(`${found.window.api_url}/twitch`);
  assert.equal(keyless.status, 401);
});
