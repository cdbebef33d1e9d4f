package main

import (
	"encoding/json"
	"errors"
	"strings"
)

type request struct {
	Name     *string `json:"name"`
	Language string  `json:"language"`
	IsMarker bool    `json:"__end_stream__"`
}

type reply struct {
	Message  string `json:"message"`
	Language string `json:"language"`
}

type envelope struct {
	Code    int         `json:"code"`
	Message string      `json:"message"`
	Data    interface{} `json:"data"`
}

// What travels to the client over WebSocket.
type message struct {
	Type  string `json:"type"`
	Data  *reply `json:"data,omitempty"`
	Error string `json:"error,omitempty"`
}

// The request in a text; a name that is missing is the default's.
func read(text []byte) (request, error) {
	var request request
	if err := json.Unmarshal(text, &request); err != nil {
		return request, errors.New("not JSON")
	}
	if request.Name == nil {
		name := "John Doe"
		request.Name = &name
	}
	if strings.TrimSpace(*request.Name) == "" {
		return request, errors.New("Name cannot be empty")
	}
	return request, nil
}

func greeting(name string) *reply { return &reply{"Hello, " + name + "!", "en"} }
