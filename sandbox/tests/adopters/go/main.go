package main

import (
	"log"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	tele "gopkg.in/telebot.v3"
)

func main() {
	bank := NewBank()
	seconds, err := strconv.Atoi(os.Getenv("POLL_SECONDS"))
	if err != nil {
		seconds = 10
	}
	var poller tele.Poller = &tele.LongPoller{Timeout: time.Duration(seconds) * time.Second}
	if url := os.Getenv("WEBHOOK_URL"); url != "" {
		listener, err := net.Listen("tcp", os.Getenv("WEBHOOK_LISTEN"))
		if err != nil {
			log.Fatal(err)
		}
		poller = &Hook{Listener: listener, URL: url, Secret: os.Getenv("WEBHOOK_SECRET")}
	}
	bot, err := NewTelegram(os.Getenv("TELEGRAM_API"), os.Getenv("TELEGRAM_TOKEN"), poller, bank)
	if err != nil {
		log.Fatal(err)
	}
	if token := os.Getenv("TWITCH_TOKEN"); token != "" {
		server, tls := os.Getenv("TWITCH_IRC"), false
		if server == "" {
			server, tls = "irc.chat.twitch.tv:6697", true
		}
		helper := StartTwitch(server, tls, os.Getenv("TWITCH_LOGIN"), token, os.Getenv("TWITCH_CHANNEL"), bank)
		defer helper.Stop()
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	go func() { <-stop; bot.Stop() }()
	bot.Start()
}
