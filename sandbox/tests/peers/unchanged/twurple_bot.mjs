// A bot for Twitch with twurple: chat by IRC, Helix, and events by an EventSub WebSocket.
import { ApiClient } from "@twurple/api";
import { RefreshingAuthProvider } from "@twurple/auth";
import { ChatClient } from "@twurple/chat";
import { EventSubWsListener } from "@twurple/eventsub-ws";

const { BOT_TOKEN: accessToken, REFRESH_TOKEN: refreshToken, ...env } = process.env;

const authProvider = new RefreshingAuthProvider({
  clientId: env.CLIENT_ID,
  clientSecret: env.CLIENT_SECRET,
});
const token = { accessToken, refreshToken, expiresIn: null, obtainmentTimestamp: 0 };
const botId = await authProvider.addUserForToken(token, ["chat"]);
const apiClient = new ApiClient({ authProvider });
const channel = await apiClient.users.getUserByName("viktor");

const chatClient = new ChatClient({ authProvider, channels: ["viktor"] });
chatClient.onMessage(async (name, user, text, message) => {
  if (text === "!hello") chatClient.say(name, `hello ${message.userInfo.displayName}!`);
  if (text === "!who") chatClient.say(name, `the channel of ${channel.displayName}`);
});
chatClient.connect();

const listener = new EventSubWsListener({ apiClient });
listener.onChannelFollow(channel, botId, (event) => {
  chatClient.say("viktor", `welcome ${event.userDisplayName}`);
});
listener.start();
