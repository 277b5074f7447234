// A bot with grammY, as its own guide begins.
import { Bot } from "grammy";

const bot = new Bot(process.env.BOT_TOKEN);
bot.on("message:text", (context) => context.reply(`you said ${context.message.text}`));
bot.start();
