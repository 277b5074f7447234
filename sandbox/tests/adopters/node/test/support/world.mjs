// The sandbox, asked by HTTP, and a world for each test: a bot, people and groups of its own.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { webhookCallback } from "grammy";
import { createBot } from "../../bot.mjs";

if (!process.env.SANDBOX) throw new Error("run `npm test`, which starts the sandbox");
const sandbox = JSON.parse(process.env.SANDBOX);
const headers = { "Bot-Sandbox-Key": sandbox.window.key };

async function read(response) {
  const body = await response.json();
  if (!response.ok) throw new Error(`${response.status}: ${body.error}`);
  return body;
}

export async function post(path, values) {
  const url = `${sandbox.window.api_url}/telegram/${path}`;
  return read(await fetch(url, { method: "POST", headers, body: JSON.stringify(values) }));
}

export async function get(path, values = {}) {
  return read(await fetch(`${sandbox.window.api_url}/telegram/${path}?${new URLSearchParams(values)}`, { headers }));
}

/** Calls `look` until it returns something, because the sandbox can't wait for an edit by HTTP. */
export async function until(look, seconds = 20) {
  for (const end = Date.now() + seconds * 1000; ;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${look}`);
    await sleep(20);
  }
}

class Person {
  constructor(world, { id, name }) { Object.assign(this, { world, id, name }); }
  say(text, to = this.world.bot.username) { return post("say", { from: this.id, to, text }); }
  ask(text, to = this.world.bot.username) { return post("ask", { from: this.id, to, text, timeout: 30 }); }
  press(button, message) {
    const to = this.world.bot.username;
    return post("press", { from: this.id, to, button, timeout: 30, ...(message && { message: message.id }) });
  }
  contact(values = {}) { return post("contact", { from: this.id, to: this.world.bot.username, ...values }); }
  async photo(bytes) {
    const query = new URLSearchParams({ from: this.id, to: this.world.bot.username });
    const url = `${sandbox.window.api_url}/telegram/photo?${query}`;
    return read(await fetch(url, { method: "POST", headers, body: bytes }));
  }
  async messages(after = 0, timeout = 0) {
    return (await get("messages", { from: this.id, to: this.world.bot.username, after, timeout })).messages;
  }
  /** The bot's next message after one. */
  next(after) {
    return until(async () => (await this.messages(after.id, 10)).find((message) => message.is_bot));
  }
  /** The message as soon as its text fits. */
  edited(message, pattern) {
    return until(async () => (await this.messages(message.id - 1)).find((m) => m.id === message.id && pattern.test(m.text)));
  }
}

/** Starts a bot by polling or by webhook, and returns what ends it. */
async function start(bot, webhook) {
  if (!webhook) {
    const run = bot.start();
    return async () => { await bot.stop(); await run; };
  }
  const server = createServer(webhookCallback(bot, "http", { secretToken: "tea-secret" }));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await bot.api.setWebhook(`http://127.0.0.1:${server.address().port}/`, { secret_token: "tea-secret" });
  return async () => {
    await bot.api.deleteWebhook({ drop_pending_updates: true });
    server.closeAllConnections();
    server.close();
  };
}

/**
 * Runs a test with a bot of its own, which is running, and cleans up after it. Nothing in the
 * sandbox can be reset by HTTP, so each test has a new bot, new people and new groups. What all
 * tests share, the faults and whether Telegram is up, is put in order after each.
 */
export function inWorld(body, { webhook = false } = {}) {
  return async () => {
    const username = `tea_${randomBytes(6).toString("hex")}_bot`;
    const { token } = await post("bots", { name: "Tea shop", username });
    const errors = [];
    const bot = createBot(token, { apiRoot: sandbox.telegram.url, onError: (text) => errors.push(String(text)) });
    let titles = 0;
    const world = {
      bot: { username },
      errors,
      orders: bot.shop.orders,
      person: async (name) => new Person(world, await post("people", { name })),
      group: (...members) =>
        post("groups", { title: `Group ${++titles} of ${username}`, members: [...members.map((m) => m.id), username] }),
      fault: (fault, values = {}) => post("faults", { fault, bot: username, ...values }),
    };
    const stop = await start(bot, webhook);
    try {
      await body(world);
    } finally {
      await post("faults", { fault: "clear" });
      await post("faults", { fault: "start" });
      await stop();
    }
  };
}
