package main

import (
	"log"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	tele "gopkg.in/telebot.v3"
)

// world is an empty Telegram and Twitch with our bot, Viktor and Anna.
func world(t *testing.T) (token string) {
	t.Helper()
	do(t, "reset", nil)
	token = post[struct{ Token string }](t, "telegram/bots",
		values{"name": "Piggy bank", "username": "piggy_bot"}).Token
	do(t, "telegram/people", values{"name": "Viktor"})
	do(t, "telegram/people", values{"name": "Anna"})
	return token
}

func start(t *testing.T, token string, poller tele.Poller, bank *Bank) *tele.Bot {
	t.Helper()
	bot, err := NewTelegram(sandbox.Telegram.URL, token, poller, bank)
	if err != nil {
		t.Fatal(err)
	}
	go bot.Start()
	t.Cleanup(bot.Stop)
	return bot
}

func polling(t *testing.T) *Bank {
	t.Helper()
	bank := NewBank()
	start(t, world(t), &tele.LongPoller{Timeout: time.Second}, bank)
	return bank
}

func TestEachChatHasItsCoins(t *testing.T) {
	polling(t)
	do(t, "telegram/groups", values{"title": "Family", "members": []string{"Viktor", "Anna", "piggy_bot"}})
	equal(t, ask(t, "Viktor", "piggy_bot", "/start").Text,
		"Hello Viktor! I keep your coins: /add 5, /sum, /empty, /export")
	equal(t, ask(t, "Viktor", "piggy_bot", "/add 5").Text, "Saved 5, that makes 5.")
	equal(t, ask(t, "Viktor", "piggy_bot", "/add 7").Text, "Saved 7, that makes 12.")
	equal(t, ask(t, "Anna", "Family", "/add 1").Text, "Saved 1, that makes 1.")
	equal(t, ask(t, "Anna", "piggy_bot", "/sum").Text, "You have 0.")
	equal(t, ask(t, "Viktor", "Family", "/sum@piggy_bot").Text, "You have 1.")
	equal(t, ask(t, "Viktor", "piggy_bot", "/sum").Text, "You have 12.")
}

func TestAWrongAmountIsExplained(t *testing.T) {
	polling(t)
	for _, text := range []string{"/add", "/add many", "/add -5"} {
		equal(t, ask(t, "Viktor", "piggy_bot", text).Text, "How many? For example: /add 5")
	}
	equal(t, ask(t, "Viktor", "piggy_bot", "/sum").Text, "You have 0.")
}

func TestButtonsConfirm(t *testing.T) {
	polling(t)
	press := func(id int, button string) string {
		return post[struct{ Text string }](t, "telegram/press", values{
			"from": "Viktor", "to": "piggy_bot", "message": id, "button": button, "timeout": patience}).Text
	}
	ask(t, "Viktor", "piggy_bot", "/add 5")
	question := ask(t, "Viktor", "piggy_bot", "/empty")
	equal(t, question.Text, "Take all 5 out?")
	equal(t, strings.Join(question.Buttons[0], " "), "Yes No")
	equal(t, press(question.ID, "No"), "")
	edited := sent(t, "Viktor", "piggy_bot", question.ID)
	equal(t, edited.Text, "I keep them.")
	equal(t, edited.Edited, true)
	equal(t, len(edited.Buttons), 0)

	question = ask(t, "Viktor", "piggy_bot", "/empty")
	equal(t, press(question.ID, "Yes"), "Emptied")
	equal(t, sent(t, "Viktor", "piggy_bot", question.ID).Text, "Here are your 5.")
	equal(t, ask(t, "Viktor", "piggy_bot", "/sum").Text, "You have 0.")
}

func TestExportSendsAFile(t *testing.T) {
	polling(t)
	ask(t, "Viktor", "piggy_bot", "/add 5")
	ask(t, "Viktor", "piggy_bot", "/add 7")
	document := ask(t, "Viktor", "piggy_bot", "/export")
	equal(t, document.Content.Document.FileName, "coins.csv")
	equal(t, document.Content.Document.MIME, "text/csv")
	status, data := request(t, "GET", "telegram/file", url.Values{"id": {document.Content.Document.FileID}}, nil)
	equal(t, status, 200)
	equal(t, string(data), "number,coins\n1,5\n2,7\n")
}

func TestBanByReply(t *testing.T) {
	polling(t)
	do(t, "telegram/people", values{"name": "Mallory"})
	do(t, "telegram/groups", values{"title": "Club", "kind": "supergroup",
		"members": []string{"Viktor", "Anna", "Mallory", "piggy_bot"}})
	spam := said(t, "Mallory", "Club", "Buy my coins!")
	ban := func(from string, id int) string {
		command := post[message](t, "telegram/say", values{"from": from, "to": "Club", "text": "/ban", "reply_to": id})
		return reply(t, from, "Club", command.ID).Text
	}
	equal(t, ask(t, "Anna", "Club", "/ban").Text, "Reply with /ban to somebody in a supergroup.")
	equal(t, ban("Anna", spam.ID), "Only admins may do this.")
	do(t, "telegram/promote", values{"group": "Club", "member": "Viktor"})
	equal(t, ban("Viktor", spam.ID), "Make me an admin first.")
	do(t, "telegram/promote", values{"group": "Club", "member": "piggy_bot"})
	equal(t, ban("Viktor", spam.ID), "Mallory is out.")
	for path, body := range map[string]values{
		"telegram/say":  {"from": "Mallory", "to": "Club", "text": "Me again"},
		"telegram/join": {"group": "Club", "member": "Mallory"},
	} {
		status, data := request(t, "POST", path, nil, body)
		equal(t, status, 400)
		t.Log(string(data))
	}
}

func TestItWaitsAfter429(t *testing.T) {
	polling(t)
	do(t, "telegram/faults", values{"fault": "status", "status": 429, "retry_after": 1, "method": "sendMessage", "n": 2})
	began := time.Now()
	equal(t, ask(t, "Viktor", "piggy_bot", "/add 5").Text, "Saved 5, that makes 5.")
	if waited := time.Since(began); waited < 2*time.Second {
		t.Fatalf("it sent again after %v", waited)
	}
	equal(t, ask(t, "Viktor", "piggy_bot", "/sum").Text, "You have 5.")
	equal(t, get[struct{ Hit_Count int }](t, "telegram/faults", values{"n": 2}).Hit_Count, 2)
}

func TestAResponseIsLost(t *testing.T) {
	polling(t)
	do(t, "telegram/faults", values{"fault": "drop", "method": "sendMessage", "executed": true})
	command := said(t, "Viktor", "piggy_bot", "/add 5")
	replies := after(t, "Viktor", "piggy_bot", command.ID, 2)
	equal(t, replies[0].Text, "Saved 5, that makes 5.")
	equal(t, replies[1].Text, "Sorry, something went wrong.")
	equal(t, ask(t, "Viktor", "piggy_bot", "/sum").Text, "You have 5.")
}

func TestTelegramIsDownForAWhile(t *testing.T) {
	polling(t)
	equal(t, ask(t, "Viktor", "piggy_bot", "/add 5").Text, "Saved 5, that makes 5.")
	do(t, "telegram/faults", values{"fault": "stop"})
	if connection, err := net.Dial("tcp", strings.TrimPrefix(sandbox.Telegram.URL, "http://")); err == nil {
		connection.Close()
		t.Fatal("Telegram is up")
	}
	first := said(t, "Viktor", "piggy_bot", "/add 7")
	said(t, "Viktor", "piggy_bot", "/add 8")
	time.Sleep(300 * time.Millisecond)
	do(t, "telegram/faults", values{"fault": "start"})
	texts := ""
	for _, m := range after(t, "Viktor", "piggy_bot", first.ID, 3) {
		texts += m.Text + "|"
	}
	equal(t, texts, "/add 8|Saved 7, that makes 12.|Saved 8, that makes 20.|")
}

func TestAWebhookHearsAnUpdateOnce(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	token, address := world(t), "http://"+listener.Addr().String()
	start(t, token, &Hook{Listener: listener, URL: address + "/hook", Secret: "our-secret"}, NewBank())
	equal(t, ask(t, "Viktor", "piggy_bot", "/add 5").Text, "Saved 5, that makes 5.")
	do(t, "telegram/faults", values{"fault": "lose_response", "bot": "piggy_bot"})
	equal(t, ask(t, "Viktor", "piggy_bot", "/add 5").Text, "Saved 5, that makes 10.")
	type attempt struct {
		Update_ID, Attempt, Status int
		URL, Error                 string
	}
	attempts := get[struct{ Deliveries []attempt }](t, "telegram/deliveries",
		values{"bot": "piggy_bot", "n": 3, "timeout": patience}).Deliveries
	t.Logf("%+v", attempts)
	equal(t, len(attempts), 3)
	equal(t, attempts[1].Update_ID, attempts[2].Update_ID)
	equal(t, attempts[2].Attempt, 2)
	equal(t, ask(t, "Viktor", "piggy_bot", "/sum").Text, "You have 10.")
}

func TestASnapshotIsolatesSubtests(t *testing.T) {
	bank := polling(t)
	do(t, "telegram/groups", values{"title": "Family", "members": []string{"Viktor", "Anna", "piggy_bot"}})
	ask(t, "Viktor", "piggy_bot", "/start")
	snapshot := post[struct{ Snapshot string }](t, "snapshots", nil).Snapshot
	for i := range 3 {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			do(t, "restore", values{"snapshot": snapshot})
			*bank = Bank{coins: map[int64][]int{}}
			equal(t, len(get[struct{ Waiting []any }](t, "telegram/faults", nil).Waiting), 0)
			equal(t, len(after(t, "Viktor", "piggy_bot", 0, 2)), 2)
			equal(t, ask(t, "Viktor", "piggy_bot", "/add 5").Text, "Saved 5, that makes 5.")
			equal(t, ask(t, "Anna", "Family", "/add 6").Text, "Saved 6, that makes 6.")
			do(t, "telegram/faults", values{"fault": "status", "forever": true, "method": "editMessageText"})
		})
	}
}

// twitch adds the helper's account and Viktor's channel, and starts the helper there.
func twitch(t *testing.T, bank *Bank) {
	t.Helper()
	do(t, "reset", nil)
	for _, login := range []string{"viktor", "anna", "piggy_helper"} {
		do(t, "twitch/accounts", values{"login": login})
	}
	do(t, "twitch/applications", values{"name": "Piggy", "redirects": []string{"http://localhost:3000"}})
	do(t, "twitch/mod", values{"channel": "viktor", "login": "piggy_helper"})
	token := post[struct{ Access_Token string }](t, "twitch/authorize",
		values{"login": "piggy_helper", "application": "Piggy", "scopes": "chat:read chat:edit"}).Access_Token
	server := net.JoinHostPort(sandbox.Twitch.IRC_Host, strconv.Itoa(sandbox.Twitch.IRC_Port))
	t.Cleanup(StartTwitch(server, false, "piggy_helper", token, "viktor", bank).Stop)
	hears(t, 0)
}

// hears waits for a connection newer than one, and returns its number.
func hears(t *testing.T, after int) int {
	t.Helper()
	open := get[struct{ Connections []struct{ Number int } }](t, "twitch/wait",
		values{"login": "piggy_helper", "channel": "viktor", "after": after, "timeout": patience}).Connections
	return open[len(open)-1].Number
}

func sumOnTwitch(t *testing.T, from string) string {
	t.Helper()
	return post[struct{ Text string }](t, "twitch/ask",
		values{"from": from, "channel": "viktor", "text": "!sum", "timeout": patience}).Text
}

func TestTwitchTellsTheSum(t *testing.T) {
	bank := NewBank()
	twitch(t, bank)
	bank.Add(1, 5)
	equal(t, sumOnTwitch(t, "viktor"), "@viktor the piggy bank has 5")
	bank.Add(2, 6)
	equal(t, sumOnTwitch(t, "anna"), "@anna the piggy bank has 11")
}

func TestTwitchAfterACutLine(t *testing.T) {
	bank := NewBank()
	twitch(t, bank)
	before := hears(t, 0)
	do(t, "twitch/faults", values{"fault": "drop", "login": "piggy_helper"})
	do(t, "twitch/say", values{"from": "viktor", "channel": "viktor", "text": "!sum"})
	if now := hears(t, before); now <= before {
		t.Fatalf("connection %d after %d", now, before)
	}
	equal(t, sumOnTwitch(t, "anna"), "@anna the piggy bank has 0")
	missed := get[struct{ Messages []struct{ Text string } }](t, "twitch/missed", values{"login": "piggy_helper"}).Messages
	equal(t, len(missed), 1)
	equal(t, missed[0].Text, "!sum")
}

func TestTheProgramItself(t *testing.T) {
	program := filepath.Join(t.TempDir(), "piggybank")
	if output, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	command := exec.Command(program)
	command.Env = append(os.Environ(), "TELEGRAM_TOKEN="+world(t), "TELEGRAM_API="+sandbox.Telegram.URL,
		"POLL_SECONDS=1")
	command.Stderr = log.Writer()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	equal(t, ask(t, "Viktor", "piggy_bot", "/add 5").Text, "Saved 5, that makes 5.")
	command.Process.Signal(syscall.SIGTERM)
	if err := command.Wait(); err != nil {
		t.Fatal(err)
	}
}

func TestTwitchRefusesAnOldToken(t *testing.T) {
	twitch(t, NewBank())
	do(t, "twitch/clock", values{"advance": 5 * 3600})
	equal(t, sumOnTwitch(t, "viktor"), "@viktor the piggy bank has 0") // only a login looks at it
	do(t, "twitch/faults", values{"fault": "drop", "login": "piggy_helper"})
	status, data := request(t, "POST", "twitch/ask", nil, values{"from": "viktor", "text": "!sum", "timeout": 1})
	equal(t, status, 504)
	if !strings.Contains(string(data), "the token expired") {
		t.Fatal(string(data))
	}
}
