// Lead this Node.js' connections to Telegram and Twitch into a bot-sandbox.
//
// The sandbox names this file in NODE_OPTIONS of a program that it starts. The variable
// BOT_SANDBOX_ADDRESSES says which port of this machine replaces each real address. Node.js
// itself reads the sandbox's certificate, from NODE_EXTRA_CA_CERTS. All other names
// are left alone.
"use strict";

const net = require("node:net");

const { addresses } = JSON.parse(process.env.BOT_SANDBOX_ADDRESSES || '{"addresses":{}}');
const connect = net.Socket.prototype.connect;

// What a connection really needs: a copy, because TLS still checks the name in the original.
function targetOf(options) {
  const host = String(options.host || "").toLowerCase().replace(/\.$/, "");
  if (!Object.hasOwn(addresses, host)) return options;
  const port = addresses[host][Number(options.port)];
  if (port) return { ...options, host: "127.0.0.1", port, lookup: undefined };
  const known = Object.keys(addresses[host]).join(" or ");
  const words = `bot-sandbox has port ${known} of ${host}, and not ${options.port}`;
  throw Object.assign(new Error(words), { code: "ECONNREFUSED" });
}

function withTarget(given) {
  const [first, second, ...rest] = given;
  if (Array.isArray(first)) {
    // net.connect() and tls.connect() pass on what they have normalized, marked by a symbol.
    const copy = [targetOf(first[0]), ...first.slice(1)];
    for (const mark of Object.getOwnPropertySymbols(first)) copy[mark] = first[mark];
    return [copy, second, ...rest];
  }
  if (first && typeof first === "object") return [targetOf(first), second, ...rest];
  if (typeof second === "string") return [targetOf({ port: first, host: second }), ...rest];
  return given;
}

net.Socket.prototype.connect = function (...given) {
  let target;
  try {
    target = withTarget(given);
  } catch (error) {
    return this.destroy(error);
  }
  return connect.apply(this, target);
};
