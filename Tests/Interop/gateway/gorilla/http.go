package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

func health(writer http.ResponseWriter, _ *http.Request) {
	answer(writer, http.StatusOK, map[string]interface{}{"healthy": true, "message": "Service is healthy"})
}

func unary(writer http.ResponseWriter, incoming *http.Request) {
	request, ok := take(writer, incoming)
	if !ok {
		return
	}
	if *request.Name == "drop" {
		drop()
	}
	answer(writer, http.StatusOK, greeting(*request.Name))
}

func serverStream(writer http.ResponseWriter, incoming *http.Request) {
	request, ok := take(writer, incoming)
	if !ok {
		return
	}
	count, err := strconv.Atoi(*request.Name)
	if err != nil {
		count = 3
	}
	writer.Header().Set("Content-Type", "text/event-stream")
	writer.Header().Set("X-Accel-Buffering", "no")
	data, _ := json.Marshal(greeting(*request.Name))
	for number := 0; number < count; number++ {
		fmt.Fprintf(writer, "data: %s\r\n\r\n", data)
		writer.(http.Flusher).Flush()
		if *request.Name == "drop" {
			drop()
		}
	}
}

// The request in a body; what cannot be greeted is answered here.
func take(writer http.ResponseWriter, incoming *http.Request) (request, bool) {
	body, err := io.ReadAll(incoming.Body)
	if err != nil {
		return request{}, false
	}
	request, err := read(body)
	if err != nil {
		writer.Header().Set("grpc-message", err.Error())
		answer(writer, http.StatusBadRequest, struct{}{})
	}
	return request, err == nil
}

func answer(writer http.ResponseWriter, status int, data interface{}) {
	writer.Header().Set("Content-Type", "application/json")
	writer.WriteHeader(status)
	json.NewEncoder(writer).Encode(envelope{0, "success", data})
}
