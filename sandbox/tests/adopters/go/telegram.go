package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	tele "gopkg.in/telebot.v3"
)

// Usage is an error that is the user's own: the bot says it, and does not log it.
type Usage string

func (u Usage) Error() string { return string(u) }

// NewTelegram makes the bot; url is empty for the real Telegram.
func NewTelegram(url, token string, poller tele.Poller, bank *Bank) (*tele.Bot, error) {
	bot, err := tele.NewBot(tele.Settings{
		URL: url, Token: token, Poller: poller, Synchronous: true,
		Client: &http.Client{Timeout: time.Minute, Transport: pause{http.DefaultTransport}},
		OnError: func(err error, c tele.Context) {
			var usage Usage
			if c == nil || c.Chat() == nil {
				log.Println("telegram:", hide(err, token))
			} else if errors.As(err, &usage) {
				say(c, usage.Error())
			} else {
				log.Println("telegram:", hide(err, token))
				say(c, "Sorry, something went wrong.")
			}
		},
	})
	if err != nil {
		return nil, err
	}
	bot.Use(once())

	markup := bot.NewMarkup()
	yes, no := markup.Data("Yes", "yes"), markup.Data("No", "no")
	markup.Inline(markup.Row(yes, no))

	bot.Handle("/start", func(c tele.Context) error {
		return say(c, "Hello "+c.Sender().FirstName+"! I keep your coins: /add 5, /sum, /empty, /export")
	})
	bot.Handle("/add", func(c tele.Context) error {
		n, err := strconv.Atoi(c.Message().Payload)
		if err != nil || n < 1 {
			return Usage("How many? For example: /add 5")
		}
		return say(c, fmt.Sprintf("Saved %d, that makes %d.", n, bank.Add(c.Chat().ID, n)))
	})
	bot.Handle("/sum", func(c tele.Context) error {
		return say(c, fmt.Sprintf("You have %d.", bank.Sum(c.Chat().ID)))
	})
	bot.Handle("/empty", func(c tele.Context) error {
		return say(c, fmt.Sprintf("Take all %d out?", bank.Sum(c.Chat().ID)), markup)
	})
	bot.Handle(&yes, func(c tele.Context) error {
		if err := c.Edit(fmt.Sprintf("Here are your %d.", bank.Empty(c.Chat().ID))); err != nil {
			return err
		}
		return c.Respond(&tele.CallbackResponse{Text: "Emptied"})
	})
	bot.Handle(&no, func(c tele.Context) error {
		if err := c.Edit("I keep them."); err != nil {
			return err
		}
		return c.Respond()
	})
	bot.Handle("/export", func(c tele.Context) error {
		return patiently(func() error {
			file := tele.FromReader(strings.NewReader(bank.CSV(c.Chat().ID)))
			return c.Send(&tele.Document{File: file, FileName: "coins.csv", MIME: "text/csv", Caption: "Your coins"})
		})
	})
	bot.Handle("/ban", func(c tele.Context) error { return ban(c) })
	return bot, nil
}

func ban(c tele.Context) error {
	reply := c.Message().ReplyTo
	if c.Chat().Type != tele.ChatSuperGroup || reply == nil || reply.Sender == nil {
		return Usage("Reply with /ban to somebody in a supergroup.")
	}
	who, err := c.Bot().ChatMemberOf(c.Chat(), c.Sender())
	if err != nil {
		return err
	}
	if who.Role != tele.Administrator && who.Role != tele.Creator {
		return Usage("Only admins may do this.")
	}
	err = c.Bot().Ban(c.Chat(), &tele.ChatMember{User: reply.Sender})
	if errors.Is(err, tele.ErrNoRightsToRestrict) {
		return Usage("Make me an admin first.")
	} else if err != nil {
		return err
	}
	return say(c, reply.Sender.FirstName+" is out.")
}

func say(c tele.Context, text string, options ...any) error {
	return patiently(func() error { return c.Send(text, options...) })
}

// patiently sends again after a 429, when Telegram allows it, and never after a lost response.
func patiently(send func() error) (err error) {
	for range 3 {
		var flood tele.FloodError
		if err = send(); !errors.As(err, &flood) {
			return err
		}
		time.Sleep(time.Duration(flood.RetryAfter) * time.Second)
	}
	return err
}

// once drops an update that comes again, as after a webhook's response that got lost.
func once() tele.MiddlewareFunc {
	var mu sync.Mutex
	seen := map[int]bool{}
	return func(next tele.HandlerFunc) tele.HandlerFunc {
		return func(c tele.Context) error {
			mu.Lock()
			again := seen[c.Update().ID]
			seen[c.Update().ID] = true
			mu.Unlock()
			if again {
				return nil
			}
			return next(c)
		}
	}
}

// pause waits after a failed request, because telebot's poller asks again at once.
type pause struct{ http.RoundTripper }

func (p pause) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := p.RoundTripper.RoundTrip(request)
	if err != nil {
		select {
		case <-request.Context().Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
	return response, err
}

func hide(err error, token string) string {
	return strings.ReplaceAll(err.Error(), token, "TOKEN")
}

// Hook is a poller for webhooks. telebot's own closes its stop channel twice when it is stopped.
type Hook struct {
	Listener net.Listener
	URL      string // what Telegram calls
	Secret   string
}

func (h *Hook) Poll(bot *tele.Bot, updates chan tele.Update, stop chan struct{}) {
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var update tele.Update
		if r.Header.Get("X-Telegram-Bot-Api-Secret-Token") != h.Secret {
			http.Error(w, "who are you?", http.StatusForbidden)
		} else if err := json.NewDecoder(r.Body).Decode(&update); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		} else {
			updates <- update
		}
	})}
	go server.Serve(h.Listener)
	endpoint := &tele.WebhookEndpoint{PublicURL: h.URL}
	if err := bot.SetWebhook(&tele.Webhook{Endpoint: endpoint, SecretToken: h.Secret}); err != nil {
		bot.OnError(err, nil)
	}
	<-stop
	server.Shutdown(context.Background())
}
