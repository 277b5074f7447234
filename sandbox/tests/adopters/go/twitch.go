package main

import (
	"fmt"
	"log"
	"strings"
	"sync"
	"time"

	irc "github.com/fluffle/goirc/client"
)

// Twitch is the helper in one channel. It connects again when its line is cut.
type Twitch struct {
	conn *irc.Conn
	stop chan struct{}
	once sync.Once
	done sync.WaitGroup
}

func StartTwitch(server string, tls bool, login, token, channel string, bank *Bank) *Twitch {
	config := irc.NewConfig(login)
	config.Server, config.SSL, config.Pass, config.Flood = server, tls, "oauth:"+token, true
	t := &Twitch{conn: irc.Client(config), stop: make(chan struct{})}
	cut := make(chan struct{}, 1)
	t.conn.HandleFunc(irc.CONNECTED, func(conn *irc.Conn, _ *irc.Line) { conn.Join("#" + channel) })
	t.conn.HandleFunc(irc.DISCONNECTED, func(*irc.Conn, *irc.Line) {
		select {
		case cut <- struct{}{}:
		default:
		}
	})
	t.conn.HandleFunc(irc.PRIVMSG, func(conn *irc.Conn, line *irc.Line) {
		if strings.TrimSpace(line.Text()) == "!sum" {
			conn.Privmsg(line.Target(), fmt.Sprintf("@%s the piggy bank has %d", line.Nick, bank.Total()))
		}
	})
	t.done.Add(1)
	go func() {
		defer t.done.Done()
		for {
			if err := t.conn.Connect(); err != nil {
				log.Println("twitch:", err)
			} else {
				select {
				case <-cut:
				case <-t.stop:
					t.conn.Close()
					return
				}
			}
			select {
			case <-time.After(200 * time.Millisecond):
			case <-t.stop:
				return
			}
		}
	}()
	return t
}

func (t *Twitch) Stop() {
	t.once.Do(func() { close(t.stop) })
	t.done.Wait()
}
