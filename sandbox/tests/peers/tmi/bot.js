// A bot as tmi.js's own guide shows it: connects, joins, hears, speaks. Told where by argv.
const tmi = require('tmi.js');
const [port, token, channel] = process.argv.slice(2);

const client = new tmi.Client({
	connection: { server: '127.0.0.1', port: Number(port), secure: false },
	identity: { username: 'hello_bot', password: `oauth:${token}` },
	channels: [channel],
});

client.on('message', (target, tags, message, self) => {
	if(self) return;
	if(message === '!hello') client.say(target, `hello ${tags['display-name']}!`);
	if(message === '!reply') client.raw(`@reply-parent-msg-id=${tags.id} PRIVMSG ${target} :a reply`);
	if(message === '!wave') client.action(target, 'waves');
	if(message === '!ping') client.ping().then(([latency]) => client.say(target, `pong after ${latency} s`));
	if(message === '!stop') client.disconnect();
});

client.connect().catch(error => {
	console.log(`refused: ${error}`);
	process.exit(1);
});
