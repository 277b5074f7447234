"""A chat bot for Twitch with socket and ssl, as many tutorials begin; "plain" leaves TLS out."""

import os
import re
import socket
import ssl
import sys

HELLO = re.compile(r":(\w+)!\S+ PRIVMSG #(\w+) :!hello")

if sys.argv[1:] == ["plain"]:
    line = socket.socket()
    line.connect(("irc.chat.twitch.tv", 6667))
else:
    context = ssl.create_default_context()
    raw = socket.create_connection(("irc.chat.twitch.tv", 6697))
    line = context.wrap_socket(raw, server_hostname="irc.chat.twitch.tv")
line.sendall(f"PASS oauth:{os.environ['BOT_TOKEN']}\r\nNICK hello_bot\r\nJOIN #viktor\r\n".encode())
for said in line.makefile(encoding="utf-8"):
    if said.startswith("PING"):
        line.sendall(said.replace("PING", "PONG").encode())
    if found := HELLO.match(said):
        line.sendall(f"PRIVMSG #{found[2]} :hello {found[1]}!\r\n".encode())
