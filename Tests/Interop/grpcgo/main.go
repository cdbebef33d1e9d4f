// The Greeter service in the words of grpc-go: a server, and a client that checks one. It is built with Debian's packages, so
// with GO111MODULE=off and GOPATH=/usr/share/gocode. Nothing of it was generated.
//
//	greeter-go serve          prints its address, and serves until its standard input ends
//	greeter-go call ADDRESS   calls a server, and prints what came of it, a line for each check
package main

import (
	"fmt"
	"os"
)

func main() {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "serve":
		serve()
	case len(os.Args) == 3 && os.Args[1] == "call":
		call(os.Args[2])
	default:
		fmt.Fprintln(os.Stderr, "usage: greeter-go serve | greeter-go call ADDRESS")
		os.Exit(64)
	}
}
