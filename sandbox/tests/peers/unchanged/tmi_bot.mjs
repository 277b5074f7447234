// A chat bot for Twitch with tmi.js, as its own guide begins.
import tmi from "tmi.js";

const client = new tmi.Client({
  identity: { username: "hello_bot", password: `oauth:${process.env.BOT_TOKEN}` },
  channels: ["viktor"],
});
client.on("message", (channel, tags, message, self) => {
  if (!self && message === "!hello") client.say(channel, `hello ${tags["display-name"]}!`);
});
client.connect();
