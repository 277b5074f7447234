// A bot as twurple's guides show it: hears by an EventSub WebSocket, answers through Helix. Where
// the sandbox is, the environment says: TWURPLE_MOCK_API_PORT is twurple's own.
import { ApiClient } from '@twurple/api';
import { StaticAuthProvider } from '@twurple/auth';
import { EventSubWsListener } from '@twurple/eventsub-ws';
const [clientId, token, scopes, botId, channelId] = process.argv.slice(2);

const authProvider = new StaticAuthProvider(clientId, token, scopes.split(' '));
const apiClient = new ApiClient({ authProvider });
const listener = new EventSubWsListener({ apiClient });
const say = text => apiClient.asUser(botId, as => as.chat.sendChatMessage(channelId, text));

listener.onChannelChatMessage(channelId, botId, async event => {
	if(event.messageText === '!hello') await say(`hello ${event.chatterDisplayName}!`);
	if(event.messageText === '!who') await say(`by ${(await apiClient.users.getUserById(botId)).name}`);
});
listener.onStreamOnline(channelId, async event => {
	const stream = await event.getStream();
	await say(`live: ${stream.title}`);
});
listener.onStreamOffline(channelId, event => say(`${event.broadcasterName} is offline`));
listener.onChannelFollow(channelId, botId, event => say(`welcome ${event.userDisplayName}`));
listener.onChannelChatNotification(channelId, botId, event => say(`${event.type}: ${event.messageText}`));
listener.onChannelRaidTo(channelId, () => say('a raid'));
listener.onSubscriptionCreateFailure((subscription, error) => say(JSON.parse(error.body).message.split(' It has')[0]));
listener.start();
