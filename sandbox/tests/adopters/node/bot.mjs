// The tea shop's bot. createBot() makes one; `node bot.mjs` runs it.
import { pathToFileURL } from "node:url";
import { autoRetry } from "@grammyjs/auto-retry";
import { Bot, GrammyError, HttpError, InlineKeyboard, Keyboard, session } from "grammy";

const TEAS = { green: { name: "Green tea", price: 3 }, black: { name: "Black tea", price: 2 } };

function menuText(basket) {
  const lines = Object.entries(basket).map(([id, count]) => `${count} × ${TEAS[id].name}`);
  const total = Object.entries(basket).reduce((sum, [id, count]) => sum + count * TEAS[id].price, 0);
  return lines.length ? `Your basket:\n${lines.join("\n")}\nTotal: ${total} €` : "Your basket is empty.";
}

function menuButtons(basket) {
  const buttons = new InlineKeyboard();
  for (const [id, tea] of Object.entries(TEAS)) buttons.text(`${tea.name}, ${tea.price} €`, `add:${id}`);
  if (Object.keys(basket).length) buttons.row().text("Order", "order").text("Empty", "empty");
  return buttons;
}

export function createBot(token, { apiRoot, onError = console.error } = {}) {
  const bot = new Bot(token, { client: { apiRoot } });
  const shop = { orders: [] };
  bot.shop = shop;
  bot.api.config.use(autoRetry({ maxRetryAttempts: 3, maxDelaySeconds: 30 }));
  bot.use(session({
    initial: () => ({ basket: {}, phone: "" }),
    getSessionKey: (context) => context.from?.id.toString(), // of the person, in every chat
  }));

  bot.command("start", (context) =>
    context.reply(`Welcome to the tea shop, ${context.from.first_name}! May we have your number?`, {
      reply_markup: new Keyboard().requestContact("Share my number").row().text("No, thanks").resized(),
    }));

  bot.on("message:contact", async (context) => {
    const { contact } = context.message;
    if (contact.user_id !== context.from.id) return context.reply("Please share your own number.");
    context.session.phone = contact.phone_number;
    await context.reply(`Thank you, we call ${contact.phone_number}.`, { reply_markup: { remove_keyboard: true } });
  });

  bot.command("menu", (context) =>
    context.reply(menuText(context.session.basket), { reply_markup: menuButtons(context.session.basket) }));

  bot.callbackQuery(/^add:(\w+)$/, async (context) => {
    const { basket } = context.session;
    const id = context.match[1];
    basket[id] = (basket[id] ?? 0) + 1;
    await context.answerCallbackQuery(`${TEAS[id].name} added`);
    await context.editMessageText(menuText(basket), { reply_markup: menuButtons(basket) });
  });

  bot.callbackQuery("empty", async (context) => {
    context.session.basket = {};
    await context.answerCallbackQuery();
    await context.editMessageText(menuText({}), { reply_markup: menuButtons({}) });
  });

  bot.callbackQuery("order", async (context) => {
    const { phone, basket } = context.session;
    if (!phone) {
      return context.answerCallbackQuery({ text: "We need your number first: /start", show_alert: true });
    }
    shop.orders.push({ from: context.from.id, phone, basket });
    context.session.basket = {};
    await context.answerCallbackQuery();
    await context.editMessageText("Ordered.");
    await context.reply(`Order <b>${shop.orders.length}</b> is on its way.`, { parse_mode: "HTML" });
  });

  bot.on("message:photo", async (context) => {
    const largest = context.message.photo.at(-1);
    const file = await context.getFile();
    const response = await fetch(`${apiRoot ?? "https://api.telegram.org"}/file/bot${token}/${file.file_path}`);
    const bytes = (await response.arrayBuffer()).byteLength;
    await context.reply(`A nice picture: ${largest.width}×${largest.height}, ${bytes} bytes.`);
  });

  bot.command("admin", async (context) => {
    if (context.chat.type === "private") return context.reply("This works in a group only.");
    const { status } = await context.getAuthor();
    if (!["creator", "administrator"].includes(status)) return context.reply("For admins only.");
    await context.reply(`Orders so far: ${shop.orders.length}`);
  });

  bot.command("crash", () => { throw new Error("the kettle fell"); });

  bot.on("message:text", (context) => context.reply("I know /start and /menu."));

  bot.catch(async ({ error, ctx: context }) => {
    if (error instanceof GrammyError) onError(`Telegram refused: ${error.description}`);
    else if (error instanceof HttpError) onError(`Telegram did not respond: ${error.message}`);
    else onError(`a mistake of ours: ${error.message}`);
    if (context.chat && error.error_code !== 403) await context.reply("Sorry, something broke.").catch(onError);
  });

  return bot;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const bot = createBot(process.env.BOT_TOKEN, { apiRoot: process.env.BOT_API });
  process.once("SIGTERM", () => bot.stop());
  await bot.start();
}
