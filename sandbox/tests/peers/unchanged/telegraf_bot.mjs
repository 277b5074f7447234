// A bot with telegraf, as its own guide begins.
import { Telegraf } from "telegraf";

const bot = new Telegraf(process.env.BOT_TOKEN);
bot.on("text", (context) => context.reply(`you said ${context.message.text}`));
bot.launch();
