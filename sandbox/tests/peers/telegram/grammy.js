// A grammY bot: node grammy.js URL TOKEN
import { Menu } from "@grammyjs/menu";
import { Bot, InputFile, InputMediaBuilder } from "grammy";

const [url, token] = process.argv.slice(2);
const bot = new Bot(token, { client: { apiRoot: url } });
const picture = () => new InputFile(Buffer.from("R0lGODlhBwAFAIAAAAAA", "base64"), "x.gif");
const menu = new Menu("menu")
  .text("Count", (ctx) => ctx.reply("counted"))
  .text("Close", (ctx) => ctx.menu.close());

bot.use(menu);
bot.command("menu", (ctx) => ctx.reply("Menu", { reply_markup: menu }));
bot.command("photo", (ctx) =>
  ctx.replyWithPhoto(picture(), { caption: "<b>our</b> cat", parse_mode: "HTML" }));
bot.command("album", (ctx) =>
  ctx.replyWithMediaGroup([InputMediaBuilder.photo(picture(), { caption: "two" }), InputMediaBuilder.photo(picture())]));
bot.command("video", (ctx) =>
  ctx.replyWithVideo(new InputFile(Buffer.from("film"), "x.mp4"), { caption: "tea", duration: 7, thumbnail: picture() }));
bot.command("dice", (ctx) => ctx.replyWithDice("🎯"));
bot.command("like", (ctx) => ctx.react("👍"));
bot.command("buy", async (ctx) => {
  try {
    await ctx.replyWithInvoice("A", "B", "c", "XTR", [{ label: "D", amount: 1 }]);
  } catch (error) {
    await ctx.reply(`${error.error_code} ${error.description}`);
  }
});
bot.command("admins", async (ctx) => {
  const admins = await ctx.getChatAdministrators();
  await ctx.reply(admins.map((one) => `${one.user.first_name}: ${one.status}`).join(", "));
});
bot.on(":photo", async (ctx) => {
  const file = await ctx.getFile();
  const answer = await fetch(`${url}/file/bot${token}/${file.file_path}`);
  await ctx.reply(`${(await answer.arrayBuffer()).byteLength} bytes`);
});
bot.on(":document", (ctx) => ctx.replyWithDocument(ctx.msg.document.file_id, { caption: "back" }));
bot.on(":voice", (ctx) => ctx.replyWithVoice(ctx.msg.voice.file_id, { caption: `${ctx.msg.voice.duration} s` }));
bot.on(":location", (ctx) => ctx.replyWithLocation(ctx.msg.location.longitude, ctx.msg.location.latitude));
bot.on(":new_chat_members", (ctx) => ctx.reply(`welcome ${ctx.msg.new_chat_members[0].first_name}`));
bot.on(":left_chat_member", (ctx) => ctx.reply(`bye ${ctx.msg.left_chat_member.first_name}`));
bot.on("message_reaction", (ctx) => ctx.reply(`thanks for ${ctx.messageReaction.new_reaction[0].emoji}`));
bot.start({ allowed_updates: ["message", "callback_query", "message_reaction"], timeout: 5 });
