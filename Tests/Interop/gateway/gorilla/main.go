// The dialect on gorilla/websocket and Go's own HTTP server: see dialect.py, of which this is the translation. It is built with
// Debian's packages, so with GO111MODULE=off and GOPATH=/usr/share/gocode.
//
//	gateway-go BEHAVIOUR      prints its port, and serves until its standard input ends
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	if len(os.Args) != 2 || (os.Args[1] != "guide" && os.Args[1] != "observed") {
		fmt.Fprintln(os.Stderr, "usage: gateway-go guide|observed")
		os.Exit(64)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	streams := streams{marked: os.Args[1] == "guide"}
	http.HandleFunc("/v1/helloworld", unary)
	http.HandleFunc("/v1/helloworld/stream", serverStream)
	http.HandleFunc("/v1/helloworld/client_stream", streams.serve(streams.clientStream))
	http.HandleFunc("/v1/helloworld/ws", streams.serve(streams.bidirectional))
	http.HandleFunc("/health", health)
	fmt.Fprintln(os.Stderr, http.Serve(listener, nil))
	os.Exit(1)
}

// Ends the server when what was written before has had time to leave it.
func drop() {
	time.Sleep(200 * time.Millisecond)
	os.Exit(70)
}
