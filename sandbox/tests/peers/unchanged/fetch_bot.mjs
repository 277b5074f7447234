// A bot with Node.js alone.
const api = `https://api.telegram.org/bot${process.env.BOT_TOKEN}`;

async function call(method, values) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(`${api}/${method}`, { method: "POST", headers, body: JSON.stringify(values) });
  return (await response.json()).result;
}

let offset = 0;
while (true) {
  for (const update of await call("getUpdates", { offset, timeout: 30 })) {
    offset = update.update_id + 1;
    const { chat, text } = update.message;
    await call("sendMessage", { chat_id: chat.id, text: `you said ${text}` });
  }
}
