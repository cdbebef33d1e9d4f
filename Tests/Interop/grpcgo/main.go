// The Greeter service in the words of grpc-go: a server, and a client that checks one. It is built with Debian's packages, so
// with GO111MODULE=off and GOPATH=/usr/share/gocode. Nothing of it was generated.
//
//	greeter-go serve [CERTIFICATE KEY]            prints its address, and serves until its standard input ends
//	greeter-go call ADDRESS                       calls a server, and prints what came of it, a line for each check
//	greeter-go measure KIND COUNT ADDRESS [CA]    makes one stream, or so many unary calls, and prints what it took
package main

import (
	"fmt"
	"os"
)

func main() {
	command := ""
	if len(os.Args) > 1 {
		command = os.Args[1]
	}
	switch count := len(os.Args) - 2; {
	case command == "serve" && (count == 0 || count == 2):
		serve(os.Args[2:])
	case command == "call" && count == 1:
		call(os.Args[2])
	case command == "measure" && count == 3:
		measure(os.Args[2], os.Args[3], os.Args[4], "")
	case command == "measure" && count == 4:
		measure(os.Args[2], os.Args[3], os.Args[4], os.Args[5])
	default:
		fmt.Fprintln(os.Stderr, "usage: greeter-go serve [CERTIFICATE KEY] | call ADDRESS | measure KIND COUNT ADDRESS [CA]")
		os.Exit(64)
	}
}
