package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"testing"
	"time"
)

// What the sandbox prints when it is ready; only what we use.
var sandbox struct {
	Version  string
	Window   struct{ Key, API_URL string }
	Telegram struct{ URL string }
	Twitch   struct {
		IRC_Host string
		IRC_Port int
	}
}

func TestMain(m *testing.M) {
	code, err := withSandbox(m.Run)
	if err != nil {
		log.Fatal("sandbox: ", err, " (see sandbox.log)")
	}
	os.Exit(code)
}

func withSandbox(run func() int) (int, error) {
	program := os.Getenv("BOT_SANDBOX")
	if program == "" {
		program = "bot-sandbox"
	}
	command := exec.Command(program, "--json", "--no-sample", "--telegram-port", "0", "--twitch-port", "0",
		"--irc-port", "0", "--cloud-port", "0", "--window-port", "0", "--mail-port", "0")
	errorOutput, err := os.Create("sandbox.log")
	if err != nil {
		return 1, err
	}
	defer errorOutput.Close()
	command.Stderr = errorOutput
	input, err := command.StdinPipe() // it ends when this closes, even if we crash
	if err != nil {
		return 1, err
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return 1, err
	}
	if err := command.Start(); err != nil {
		return 1, err
	}
	ready := make(chan error, 1)
	go func() { ready <- json.NewDecoder(output).Decode(&sandbox) }()
	select {
	case err = <-ready:
	case <-time.After(2 * time.Minute):
		err = errors.New("it is not ready after two minutes")
	}
	code := 1
	if err == nil {
		code = run()
	}
	input.Close()
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case wait := <-ended:
		return code, errors.Join(err, wait)
	case <-time.After(time.Minute):
		command.Process.Kill()
		return code, errors.New("it did not end when its input closed")
	}
}

const patience = 50 // seconds, under go's and the sandbox's limits

type values map[string]any

// request returns the response's status and body.
func request(t *testing.T, method, path string, query url.Values, body values) (int, []byte) {
	t.Helper()
	address := sandbox.Window.API_URL + "/" + path
	if query != nil {
		address += "?" + query.Encode()
	}
	var input io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		input = bytes.NewReader(data)
	}
	r, err := http.NewRequest(method, address, input)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Bot-Sandbox-Key", sandbox.Window.Key)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, data
}

func decode[T any](t *testing.T, path string, status int, data []byte) (result T) {
	t.Helper()
	if status != 200 {
		t.Fatalf("%s: %d %s", path, status, data)
	}
	if err := json.Unmarshal(data, &result); err != nil {
		t.Fatalf("%s: %v in %s", path, err, data)
	}
	return result
}

func post[T any](t *testing.T, path string, body values) T {
	t.Helper()
	status, data := request(t, "POST", path, nil, body)
	return decode[T](t, path, status, data)
}

func do(t *testing.T, path string, body values) { t.Helper(); post[struct{}](t, path, body) }

func get[T any](t *testing.T, path string, fields values) T {
	t.Helper()
	query := url.Values{}
	for name, value := range fields {
		query.Set(name, fmt.Sprint(value))
	}
	status, data := request(t, "GET", path, query, nil)
	return decode[T](t, path, status, data)
}

type message struct {
	ID      int
	From    int64
	IsBot   bool `json:"is_bot"`
	Name    string
	Text    string
	Edited  bool
	Event   string
	Buttons [][]string
	Content struct {
		Document struct {
			FileID   string `json:"file_id"`
			FileName string `json:"file_name"`
			MIME     string `json:"mime_type"`
		}
	}
}

func ask(t *testing.T, from, to, text string) message {
	t.Helper()
	return post[message](t, "telegram/ask", values{"from": from, "to": to, "text": text, "timeout": patience})
}

func said(t *testing.T, from, to, text string) message {
	t.Helper()
	return post[message](t, "telegram/say", values{"from": from, "to": to, "text": text})
}

// reply is the next message after one that is not an event, such as "Piggy bank removed Mallory".
func reply(t *testing.T, from, to string, id int) message {
	t.Helper()
	for {
		for _, m := range after(t, from, to, id, 1) {
			if id = m.ID; m.Event == "" {
				return m
			}
		}
	}
}

// after waits until the chat has n messages after one.
func after(t *testing.T, from, to string, id, n int) []message {
	t.Helper()
	var all []message
	for deadline := time.Now().Add(patience * time.Second); ; {
		last := id
		if len(all) > 0 {
			last = all[len(all)-1].ID
		}
		all = append(all, get[struct{ Messages []message }](t, "telegram/messages",
			values{"from": from, "to": to, "after": last, "timeout": 5}).Messages...)
		if len(all) >= n {
			return all
		} else if time.Now().After(deadline) {
			t.Fatalf("%d messages, not %d: %+v", len(all), n, all)
		}
	}
}

// sent is a message as it is now, perhaps edited.
func sent(t *testing.T, from, to string, id int) message {
	t.Helper()
	found := get[struct{ Messages []message }](t, "telegram/messages", values{"from": from, "to": to, "after": id - 1})
	if len(found.Messages) == 0 {
		t.Fatalf("no message %d", id)
	}
	return found.Messages[0]
}

func equal[T comparable](t *testing.T, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("got  %v\nwant %v", got, want)
	}
}
