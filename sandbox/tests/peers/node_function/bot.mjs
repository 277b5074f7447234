import { Bot, webhookCallback } from "grammy";

const { TELEGRAM_API, TELEGRAM_SECRET, TELEGRAM_TOKEN } = process.env;
const bot = new Bot(TELEGRAM_TOKEN, { client: { apiRoot: TELEGRAM_API } });
bot.command("hello", (chat) => chat.reply(`hello ${chat.from.first_name}!`));
export const handler = webhookCallback(bot, "aws-lambda-async", { secretToken: TELEGRAM_SECRET });
