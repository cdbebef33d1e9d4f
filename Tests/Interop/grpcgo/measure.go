package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc"
)

const warmUp = 1000

// What a run took, in the words of streams-benchmark: seconds, and KiB.
type figures struct {
	Kind      string  `json:"kind"`
	Requests  int     `json:"requests"`
	Replies   int     `json:"replies"`
	Seconds   float64 `json:"seconds"`
	Processor float64 `json:"processor"`
	Peak      int64   `json:"peak"`
}

// Makes one stream, or so many unary calls on one connection, and prints what it took. What is done only once in the life of a
// process is done before.
func measure(kind, count, address, authority string) {
	number, err := strconv.Atoi(count)
	if err != nil || number < 1 {
		fail(fmt.Errorf("%q is no count", count))
	}
	target := strings.TrimPrefix(strings.TrimPrefix(address, "grpc://"), "grpcs://")
	connection, err := grpc.Dial(target, credentialsOf(authority), grpc.WithBlock())
	if err != nil {
		fail(err)
	}
	client := client{context.Background(), connection}
	run := map[string]func(int) (int, error){
		"unary": client.unaryCalls, "server-stream": client.streamReplies,
		"client-stream": client.streamRequests, "bidi": func(count int) (int, error) { return client.converse(count, 0) },
	}[kind]
	if run == nil {
		fail(fmt.Errorf("there is no kind %q", kind))
	}
	if _, err := run(warmUp); err != nil {
		fail(err)
	}
	start, before := time.Now(), processorTime()
	replies, err := run(number)
	if err != nil {
		fail(err)
	}
	result := figures{kind, number, replies, time.Since(start).Seconds(), (processorTime() - before).Seconds(), usage().Maxrss}
	json.NewEncoder(os.Stdout).Encode(result)
}

// Replies that one request asks for by its name.
func (c client) streamReplies(count int) (int, error) {
	stream, err := c.open("SayHelloStreamReply")
	if err != nil {
		return 0, err
	}
	if err := stream.SendMsg(&HelloRequest{Name: strconv.Itoa(count)}); err != nil {
		return 0, err
	}
	if err := stream.CloseSend(); err != nil {
		return 0, err
	}
	return drain(stream)
}

func (c client) streamRequests(count int) (int, error) {
	stream, err := c.open("SayHelloClientStream")
	if err != nil {
		return 0, err
	}
	if err := send(stream, count, 0); err != nil {
		return 0, err
	}
	return drain(stream)
}

func usage() (usage syscall.Rusage) {
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return
}

// Of all processors, the system's on behalf of the program included.
func processorTime() time.Duration {
	usage := usage()
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "greeter-go:", err)
	os.Exit(1)
}
