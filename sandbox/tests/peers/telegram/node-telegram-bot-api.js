// A node-telegram-bot-api bot: node node-telegram-bot-api.js URL TOKEN
import { Bot, InlineKeyboardBuilder, InputFile, MediaGroupBuilder } from "node-telegram-bot-api";

const [url, token] = process.argv.slice(2);
const bot = new Bot(token, { apiRoot: url });
const picture = () => new InputFile(Buffer.from("R0lGODlhBwAFAIAAAAAA", "base64"), { filename: "x.gif" });
const buttons = new InlineKeyboardBuilder().text("Count", "count").text("Close", "close").build();

bot.command("menu", (ctx) => ctx.reply("Menu", { reply_markup: buttons }));
bot.on("callback_query", async (ctx) => {
  const { data, message } = ctx.callbackQuery;
  await ctx.answerCallbackQuery();
  if (data === "count") await bot.api.sendMessage({ chat_id: message.chat.id, text: "counted" });
  else await bot.api.editMessageReplyMarkup({ chat_id: message.chat.id, message_id: message.message_id });
});
bot.command("photo", ({ message }) =>
  bot.api.sendPhoto({ chat_id: message.chat.id, photo: picture(), caption: "<b>our</b> cat", parse_mode: "HTML" }));
bot.command("album", ({ message }) => {
  const media = new MediaGroupBuilder().photo({ media: picture(), caption: "two" }).photo({ media: picture() });
  return bot.api.sendMediaGroup({ chat_id: message.chat.id, media: media.build() });
});
bot.command("video", ({ message }) => {
  const video = new InputFile(Buffer.from("film"), { filename: "x.mp4" });
  return bot.api.sendVideo({ chat_id: message.chat.id, video, caption: "tea", duration: 7, thumbnail: picture() });
});
bot.command("dice", ({ message }) => bot.api.sendDice({ chat_id: message.chat.id, emoji: "🎯" }));
bot.command("like", ({ message }) =>
  bot.api.setMessageReaction({
    chat_id: message.chat.id, message_id: message.message_id, reaction: [{ type: "emoji", emoji: "👍" }],
  }));
bot.command("buy", async (ctx) => {
  const invoice = { title: "A", description: "B", payload: "c", currency: "XTR", prices: [] };
  try {
    await bot.api.sendInvoice({ chat_id: ctx.message.chat.id, ...invoice });
  } catch (error) {
    await ctx.reply(error.message.replace(": ", " "));
  }
});
bot.command("admins", async (ctx) => {
  const admins = await bot.api.getChatAdministrators({ chat_id: ctx.message.chat.id });
  await ctx.reply(admins.map((one) => `${one.user.first_name}: ${one.status}`).join(", "));
});
bot.on("message_reaction", ({ update }) => {
  const { chat, new_reaction: reaction } = update.message_reaction;
  return bot.api.sendMessage({ chat_id: chat.id, text: `thanks for ${reaction[0].emoji}` });
});
bot.on("message", async (ctx) => {
  const { chat, photo, document, voice, location, new_chat_members: came, left_chat_member: left } = ctx.message;
  if (photo) {
    const { file_path: path } = await bot.api.getFile({ file_id: photo.at(-1).file_id });
    const answer = await fetch(`${url}/file/bot${token}/${path}`);
    await ctx.reply(`${(await answer.arrayBuffer()).byteLength} bytes`);
  } else if (document) {
    await bot.api.sendDocument({ chat_id: chat.id, document: document.file_id, caption: "back" });
  } else if (voice) {
    await bot.api.sendVoice({ chat_id: chat.id, voice: voice.file_id, caption: `${voice.duration} s` });
  } else if (location) {
    const { longitude: latitude, latitude: longitude } = location;
    await bot.api.sendLocation({ chat_id: chat.id, latitude, longitude });
  } else if (came) await ctx.reply(`welcome ${came[0].first_name}`);
  else if (left) await ctx.reply(`bye ${left.first_name}`);
});
await bot.startPolling(undefined, { allowedUpdates: ["message", "callback_query", "message_reaction"] });
