// A bot as a Cloudflare Worker: Telegram's webhook calls it, and it calls the Bot API.
export default {
  async fetch(request, environment) {
    const { message } = await request.json();
    await fetch(`https://api.telegram.org/bot${environment.BOT_TOKEN}/sendMessage`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ chat_id: message.chat.id, text: `you said ${message.text}` }),
    });
    return new Response("OK");
  },
};
