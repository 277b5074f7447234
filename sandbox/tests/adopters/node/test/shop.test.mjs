import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { crc32 } from "./support/crc32.mjs";
import { get, inWorld, post } from "./support/world.mjs";

const options = { timeout: 90_000 };

function png(width, height) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const length = Buffer.alloc(4), sum = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (1 + 3 * width), 90);
  for (let row = 0; row < height; row++) rows[row * (1 + 3 * width)] = 0;
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

test("/start asks for the number, and a pressed button shares it", options, inWorld(async (world) => {
  const viktor = await world.person("Viktor");
  const welcome = await viktor.ask("/start");
  assert.equal(welcome.text, "Welcome to the tea shop, Viktor! May we have your number?");
  const contact = await viktor.press("Share my number");
  const { phone_number: number, user_id: user } = contact.content.contact;
  assert.equal(user, viktor.id);
  assert.equal((await viktor.next(contact)).text, `Thank you, we call ${number}.`);
  await assert.rejects(viktor.press("Share my number"), /keyboard/); // it was removed
}));

test("somebody else's contact is not accepted", options, inWorld(async (world) => {
  const viktor = await world.person("Viktor"), anna = await world.person("Anna");
  const hers = await viktor.contact({ of: anna.id });
  assert.equal((await viktor.next(hers)).text, "Please share your own number.");
  const menu = await viktor.ask("/menu");
  await viktor.press("Green tea, 3 €", menu);
  await viktor.edited(menu, /Green/);
  const refused = await viktor.press("Order", menu);
  assert.deepEqual([refused.text, refused.alert], ["We need your number first: /start", true]);
  assert.deepEqual(world.orders, []);
}));

test("buttons edit the menu, and an order is taken", options, inWorld(async (world) => {
  const viktor = await world.person("Viktor");
  await viktor.next(await viktor.contact());
  const menu = await viktor.ask("/menu");
  assert.deepEqual(menu.buttons, [["Green tea, 3 €", "Black tea, 2 €"]]);
  const added = await viktor.press("Green tea, 3 €", menu);
  assert.deepEqual([added.text, added.alert], ["Green tea added", false]);
  await viktor.edited(menu, /1 × Green/);
  await viktor.press("Green tea, 3 €", menu);
  await viktor.edited(menu, /2 × Green/);
  await viktor.press("Black tea, 2 €", menu);
  const full = await viktor.edited(menu, /Black/);
  assert.equal(full.text, "Your basket:\n2 × Green tea\n1 × Black tea\nTotal: 8 €");
  assert.deepEqual(full.buttons[1], ["Order", "Empty"]);
  await viktor.press("Order", menu);
  const receipt = await viktor.next(menu);
  assert.equal(receipt.text, "Order 1 is on its way.");
  assert.deepEqual(receipt.content.entities, [{ offset: 6, length: 1, type: "bold" }]);
  const ordered = await viktor.edited(menu, /^Ordered\.$/);
  assert.deepEqual(ordered.buttons, []);
  assert.deepEqual(world.orders.map((order) => order.basket), [{ green: 2, black: 1 }]);
}));

test("each person has a basket of their own", options, inWorld(async (world) => {
  const viktor = await world.person("Viktor"), anna = await world.person("Anna");
  const his = await viktor.ask("/menu");
  await viktor.press("Black tea, 2 €", his);
  await viktor.edited(his, /Black/);
  assert.equal((await anna.ask("/menu")).text, "Your basket is empty.");
  assert.match((await viktor.ask("/menu")).text, /1 × Black/);
}));

test("a picture is answered with its size", options, inWorld(async (world) => {
  const anna = await world.person("Anna");
  const sent = await anna.photo(png(640, 480));
  const { photo } = sent.content;
  assert.deepEqual([photo.at(-1).width, photo.at(-1).height], [640, 480]);
  const reply = await anna.next(sent);
  assert.equal(reply.text, `A nice picture: 640×480, ${photo.at(-1).file_size} bytes.`);
}));

test("in a group with privacy mode it hears commands only; /admin is for admins", options, inWorld(async (world) => {
  const [owner, viktor, anna] = [await world.person("Olga"), await world.person("Viktor"), await world.person("Anna")];
  const group = await world.group(owner, viktor, anna); // the first one owns it
  const chat = await viktor.say("tea, anybody?", group.id);
  assert.deepEqual(chat.fate.map((fate) => fate.state), ["untold"]);
  const command = `/admin@${world.bot.username}`;
  assert.equal((await viktor.ask(command, group.id)).text, "For admins only.");
  await post("promote", { group: group.id, member: viktor.id });
  assert.equal((await viktor.ask(command, group.id)).text, "Orders so far: 0");
  assert.equal((await anna.ask(command, group.id)).text, "For admins only.");
  assert.equal((await owner.ask(command, group.id)).text, "Orders so far: 0");
  assert.equal((await anna.ask("/admin")).text, "This works in a group only.");
}));

test("a mistake of ours is reported, and the customer gets an apology", options, inWorld(async (world) => {
  const anna = await world.person("Anna");
  assert.equal((await anna.ask("/crash")).text, "Sorry, something broke.");
  assert.deepEqual(world.errors, ["a mistake of ours: the kettle fell"]);
  assert.equal((await anna.ask("/menu")).text, "Your basket is empty."); // it goes on
}));

test("429 with retry_after: the reply comes, once and not too early", options, inWorld(async (world) => {
  const anna = await world.person("Anna");
  await world.fault("status", { status: 429, retry_after: 2, method: "sendMessage" });
  const before = Date.now();
  const reply = await anna.ask("/menu");
  assert.ok(Date.now() - before >= 2000);
  assert.equal(reply.text, "Your basket is empty.");
  assert.equal((await anna.messages()).filter((message) => message.is_bot).length, 1);
  const hits = (await get("faults")).hits.filter((hit) => hit.bot === world.bot.username);
  assert.deepEqual(hits.map((hit) => hit.method), ["sendMessage"]);
  assert.deepEqual(world.errors, []);
}));

test("a lost response: the receipt may come twice, but the order is taken once", options, inWorld(async (world) => {
  const viktor = await world.person("Viktor");
  await viktor.next(await viktor.contact());
  const menu = await viktor.ask("/menu");
  await viktor.press("Green tea, 3 €", menu);
  await viktor.edited(menu, /Green/);
  await world.fault("drop", { method: "sendMessage", executed: true });
  await viktor.press("Order", menu);
  const first = await viktor.next(menu);
  const second = await viktor.next(first); // auto-retry can't know that it had arrived
  assert.equal(second.text, first.text);
  const { calls } = await get("trace", { from: viktor.id, to: world.bot.username, message: first.id });
  assert.match(calls[0].fault, /executed, but cut off/);
  assert.equal(world.orders.length, 1);
  assert.deepEqual(world.errors, []);
}));

test("Telegram is down and up again: what people wrote meanwhile is answered", options, inWorld(async (world) => {
  const anna = await world.person("Anna");
  await anna.ask("/start");
  await post("faults", { fault: "stop" });
  const meanwhile = await anna.say("/menu");
  assert.equal(meanwhile.fate[0].state, "waits");
  await post("faults", { fault: "start" });
  assert.equal((await anna.next(meanwhile)).text, "Your basket is empty.");
}));

test("a customer who blocked the bot does not break it", options, inWorld(async (world) => {
  const viktor = await world.person("Viktor"), anna = await world.person("Anna");
  await viktor.ask("/start");
  await world.fault("delay", { seconds: 3, method: "sendMessage" });
  await viktor.say("/menu");
  await post("block", { from: viktor.id, to: world.bot.username });
  assert.equal((await anna.ask("/menu")).text, "Your basket is empty.");
  assert.deepEqual(world.errors, ["Telegram refused: Forbidden: bot was blocked by the user"]);
}));

test("by webhook, a lost response brings the update again", options, inWorld(async (world) => {
  const anna = await world.person("Anna");
  await world.fault("lose_response");
  const menu = await anna.ask("/menu");
  const again = await anna.next(menu);
  assert.equal(again.text, "Your basket is empty."); // harmless for /menu, so the bot accepts it
  const { deliveries } = await get("deliveries", { bot: world.bot.username, n: 2, timeout: 20 });
  assert.equal(deliveries[0].update_id, deliveries[1].update_id);
  assert.deepEqual(deliveries.map((delivery) => delivery.error === ""), [false, true]);
}, { webhook: true }));

test("a test that leaves a mess", options, inWorld(async (world) => {
  const viktor = await world.person("Viktor");
  const menu = await viktor.ask("/menu");
  await viktor.press("Green tea, 3 €", menu);
  await viktor.edited(menu, /Green/);
  await post("faults", { fault: "status", status: 502, method: "sendMessage", forever: true }); // for any bot
  await post("faults", { fault: "stop" });
}));

test("nothing leaked from the tests before", options, inWorld(async (world) => {
  const viktor = await world.person("Viktor");
  assert.deepEqual(await viktor.messages(), []);
  assert.equal((await viktor.ask("/menu")).text, "Your basket is empty.");
  assert.deepEqual((await get("faults")).waiting, []);
  const { refused } = (await get("bots")).bots.find((bot) => bot.username === world.bot.username);
  assert.deepEqual(refused, []);
}));
