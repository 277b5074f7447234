// A telegraf bot: node telegraf.js URL TOKEN
import { Input, Markup, Telegraf } from "telegraf";
import { message } from "telegraf/filters";

const [url, token] = process.argv.slice(2);
const bot = new Telegraf(token, { telegram: { apiRoot: url } });
const picture = () => Input.fromBuffer(Buffer.from("R0lGODlhBwAFAIAAAAAA", "base64"), "x.gif");
const buttons = [Markup.button.callback("Count", "count"), Markup.button.callback("Close", "close")];

bot.command("menu", (ctx) => ctx.reply("Menu", Markup.inlineKeyboard(buttons)));
bot.action("count", async (ctx) => {
  await ctx.answerCbQuery();
  await ctx.reply("counted");
});
bot.action("close", async (ctx) => {
  await ctx.answerCbQuery();
  await ctx.editMessageReplyMarkup(undefined);
});
bot.command("photo", (ctx) =>
  ctx.replyWithPhoto(picture(), { caption: "<b>our</b> cat", parse_mode: "HTML" }));
bot.command("album", (ctx) =>
  ctx.replyWithMediaGroup([
    { type: "photo", media: picture(), caption: "two" },
    { type: "photo", media: picture() },
  ]));
bot.command("video", (ctx) =>
  ctx.replyWithVideo(Input.fromBuffer(Buffer.from("film"), "x.mp4"), { caption: "tea", duration: 7, thumbnail: picture() }));
bot.command("dice", (ctx) => ctx.replyWithDice({ emoji: "🎯" }));
bot.command("like", (ctx) => ctx.react("👍"));
bot.command("buy", async (ctx) => {
  const invoice = { title: "A", description: "B", payload: "c", provider_token: "", currency: "XTR", prices: [] };
  try {
    await ctx.replyWithInvoice(invoice);
  } catch (error) {
    await ctx.reply(error.message.replace(": ", " "));
  }
});
bot.command("admins", async (ctx) => {
  const admins = await ctx.getChatAdministrators();
  await ctx.reply(admins.map((one) => `${one.user.first_name}: ${one.status}`).join(", "));
});
bot.on(message("photo"), async (ctx) => {
  const answer = await fetch(await ctx.telegram.getFileLink(ctx.message.photo.at(-1)));
  await ctx.reply(`${(await answer.arrayBuffer()).byteLength} bytes`);
});
bot.on(message("document"), (ctx) => ctx.replyWithDocument(ctx.message.document.file_id, { caption: "back" }));
bot.on(message("voice"), (ctx) =>
  ctx.replyWithVoice(ctx.message.voice.file_id, { caption: `${ctx.message.voice.duration} s` }));
bot.on(message("location"), (ctx) =>
  ctx.replyWithLocation(ctx.message.location.longitude, ctx.message.location.latitude));
bot.on(message("new_chat_members"), (ctx) => ctx.reply(`welcome ${ctx.message.new_chat_members[0].first_name}`));
bot.on(message("left_chat_member"), (ctx) => ctx.reply(`bye ${ctx.message.left_chat_member.first_name}`));
bot.on("message_reaction", (ctx) => ctx.reply(`thanks for ${ctx.messageReaction.new_reaction[0].emoji}`));
bot.launch({ allowedUpdates: ["message", "callback_query", "message_reaction"] });
