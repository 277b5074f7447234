// Lead this Node.js' connections to Telegram and Twitch into a bot-sandbox.
//
// The sandbox names this file in NODE_OPTIONS of a program that it starts. The variable
// BOT_SANDBOX_ADDRESSES says which port of this machine replaces each real address. Node.js
// itself reads the certificate of the sandbox's authority, from NODE_EXTRA_CA_CERTS. All other names
// are left alone.
"use strict";

const net = require("node:net");

const { addresses } = JSON.parse(process.env.BOT_SANDBOX_ADDRESSES || '{"addresses":{}}');
const connect = net.Socket.prototype.connect;

// What a connection really needs: a copy, because TLS still checks the name in the original.
function led(options) {
  const host = String(options.host || "").toLowerCase().replace(/\.$/, "");
  const ports = Object.hasOwn(addresses, host) ? addresses[host] : null;
  if (!ports) return options;
  const port = ports[Number(options.port)];
  if (!port) {
    const known = Object.keys(ports).join(" or ");
    throw new Error(`bot-sandbox has port ${known} of ${host}, and not ${options.port}`);
  }
  return { ...options, host: "127.0.0.1", port, lookup: undefined };
}

net.Socket.prototype.connect = function (...given) {
  const [first, second] = given;
  if (Array.isArray(first)) {
    // net.connect() and tls.connect() pass on what they have normalized, marked by a symbol.
    const marks = Object.getOwnPropertySymbols(first);
    const copy = [led(first[0]), ...first.slice(1)];
    for (const mark of marks) copy[mark] = first[mark];
    given[0] = copy;
  } else if (first && typeof first === "object") {
    given[0] = led(first);
  } else if (typeof second === "string" && !Number.isNaN(Number(first))) {
    given.splice(0, 2, led({ port: first, host: second }));
  }
  return connect.apply(this, given);
};
