// Command piggybank is a Telegram bot that saves coins for each chat, and a Twitch helper that
// tells how many there are.
package main

import (
	"fmt"
	"strings"
	"sync"
)

// Bank has the coins of each chat, in memory.
type Bank struct {
	mu    sync.Mutex
	coins map[int64][]int
}

func NewBank() *Bank { return &Bank{coins: map[int64][]int{}} }

func (b *Bank) Add(chat int64, n int) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.coins[chat] = append(b.coins[chat], n)
	return sum(b.coins[chat])
}

func (b *Bank) Sum(chat int64) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return sum(b.coins[chat])
}

func (b *Bank) Empty(chat int64) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer delete(b.coins, chat)
	return sum(b.coins[chat])
}

// Total is what all chats have saved.
func (b *Bank) Total() (total int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, coins := range b.coins {
		total += sum(coins)
	}
	return total
}

func (b *Bank) CSV(chat int64) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	lines := []string{"number,coins"}
	for i, n := range b.coins[chat] {
		lines = append(lines, fmt.Sprintf("%d,%d", i+1, n))
	}
	return strings.Join(lines, "\n") + "\n"
}

func sum(coins []int) (total int) {
	for _, n := range coins {
		total += n
	}
	return total
}
