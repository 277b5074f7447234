// `npm test`: installs the sandbox if needed, starts it, runs the tests, and stops it.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, openSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const SOURCE = process.env.BOT_SANDBOX_PATH ?? "../../..";
const COMMAND = ".venv/bin/bot-sandbox";

if (!existsSync("node_modules/grammy")) execFileSync("npm", ["ci"], { stdio: "inherit" });
if (!existsSync(COMMAND)) {
  execFileSync("python3", ["-m", "venv", ".venv"], { stdio: "inherit" });
  execFileSync(".venv/bin/pip", ["install", "--quiet", `${SOURCE}[all]`], { stdio: "inherit" });
}

const ports = ["telegram", "twitch", "irc", "cloud", "window", "mail"].flatMap((name) => [`--${name}-port`, "0"]);
const log = openSync("sandbox.log", "w");
const started = Date.now();
// Its input is a pipe, so it ends with this program, whatever happens.
const sandbox = spawn(COMMAND, ["--json", "--no-sample", ...ports], { stdio: ["pipe", "pipe", log] });
const ended = once(sandbox, "exit");
const [line] = await Promise.race([
  once(createInterface(sandbox.stdout), "line"),
  ended.then(() => { throw new Error(readFileSync("sandbox.log", "utf8")); }),
]);
console.log(`the sandbox is up after ${Date.now() - started} ms`);

const { status } = spawnSync(process.execPath, ["--test", "--test-reporter=spec", ...process.argv.slice(2), "test/shop.test.mjs"], {
  stdio: "inherit",
  env: { ...process.env, SANDBOX: line },
});
sandbox.stdin.end();
await ended;
if (status) console.log("See sandbox.log for what happened in the sandbox.");
process.exitCode = status ?? 1;
