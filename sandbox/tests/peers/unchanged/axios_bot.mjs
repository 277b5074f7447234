// A bot with axios, which sends https requests to a proxy as they are.
import axios from "axios";

const api = `https://api.telegram.org/bot${process.env.BOT_TOKEN}`;
let offset = 0;
while (true) {
  const { data } = await axios.post(`${api}/getUpdates`, { offset, timeout: 30 });
  for (const update of data.result) {
    offset = update.update_id + 1;
    const { chat, text } = update.message;
    await axios.post(`${api}/sendMessage`, { chat_id: chat.id, text: `you said ${text}` });
  }
}
