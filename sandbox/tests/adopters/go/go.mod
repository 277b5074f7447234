module piggybank

go 1.24

require (
	github.com/fluffle/goirc v1.1.1
	github.com/golang/mock v1.6.0
	golang.org/x/net v0.27.0
	gopkg.in/telebot.v3 v3.3.8
)
