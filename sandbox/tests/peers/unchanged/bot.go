// A bot with Go's standard library, as many of its frameworks send their requests.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
)

type update struct {
	ID      int `json:"update_id"`
	Message struct {
		Text string
		Chat struct{ ID int }
	}
}

func call(method string, values any) (result struct{ Result json.RawMessage }) {
	body, _ := json.Marshal(values)
	url := "https://api.telegram.org/bot" + os.Getenv("BOT_TOKEN") + "/" + method
	response, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	json.NewDecoder(response.Body).Decode(&result)
	return result
}

func main() {
	for offset := 0; ; {
		var updates []update
		json.Unmarshal(call("getUpdates", map[string]int{"offset": offset, "timeout": 30}).Result, &updates)
		for _, one := range updates {
			offset = one.ID + 1
			text := fmt.Sprintf("you said %s", one.Message.Text)
			call("sendMessage", map[string]any{"chat_id": one.Message.Chat.ID, "text": text})
		}
	}
}
