// The Telegram bot in Node.js, without any library: the secret, one command, the reply.

export const handler = async (event) => {
  const secret = event.headers["x-telegram-bot-api-secret-token"];
  if (secret !== process.env.TELEGRAM_SECRET) return { statusCode: 403, body: "" };
  const { message } = JSON.parse(event.body);
  if (message?.text !== "!hello") return { statusCode: 200, body: "" };
  const text = `hello ${message.from.first_name}!`;
  const reply = { method: "sendMessage", chat_id: message.chat.id, text };
  return {
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(reply),
  };
};
