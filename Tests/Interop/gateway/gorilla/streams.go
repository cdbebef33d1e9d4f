package main

import (
	"fmt"
	"net/http"

	"github.com/gorilla/websocket"
)

// The two kinds over WebSocket: with a marker that ends the requests, or with every message answered by itself.
type streams struct {
	marked bool
}

func (s streams) clientStream(connection *websocket.Conn) error {
	count := 0
	return s.each(connection, func(request request) error {
		count++
		if s.marked {
			return nil
		}
		if err := send(connection, message{Type: "response", Data: greeting(*request.Name)}); err != nil {
			return err
		}
		return send(connection, message{Type: "complete"})
	}, func() error {
		return send(connection, message{Type: "response", Data: greeting(fmt.Sprint("all ", count))})
	})
}

func (s streams) bidirectional(connection *websocket.Conn) error {
	return s.each(connection, func(request request) error {
		err := send(connection, message{Type: "response", Data: greeting(*request.Name)})
		if err == nil && !s.marked {
			processed := reply{"Processed greeting for " + *request.Name, "en"}
			err = send(connection, message{Type: "response", Data: &processed})
		}
		return err
	}, func() error { return nil })
}

// Serves each request of a stream, and its end.
func (s streams) each(connection *websocket.Conn, serve func(request) error, end func() error) error {
	for {
		_, text, err := connection.ReadMessage()
		if err != nil {
			return err
		}
		request, err := read(text)
		switch {
		case err != nil:
			err = send(connection, message{Type: "error", Error: "Invalid request: " + err.Error()})
		case s.marked && request.IsMarker:
			return finish(connection, end)
		case *request.Name == "drop":
			drop()
		default:
			err = serve(request)
		}
		if err != nil {
			return err
		}
	}
}

func finish(connection *websocket.Conn, end func() error) error {
	if err := end(); err != nil {
		return err
	}
	if err := send(connection, message{Type: "complete"}); err != nil {
		return err
	}
	return connection.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""))
}

func send(connection *websocket.Conn, message message) error { return connection.WriteJSON(message) }

func (s streams) serve(run func(*websocket.Conn) error) http.HandlerFunc {
	upgrader := websocket.Upgrader{EnableCompression: true}
	return func(writer http.ResponseWriter, incoming *http.Request) {
		connection, err := upgrader.Upgrade(writer, incoming, nil)
		if err != nil {
			return // The upgrader has answered.
		}
		defer connection.Close()
		_ = run(connection)
		// Until the client has closed, too: what is unread would reset the connection.
		for {
			if _, _, err := connection.NextReader(); err != nil {
				return
			}
		}
	}
}
