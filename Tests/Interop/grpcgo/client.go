package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"google.golang.org/grpc"
)

const (
	pairs      = 100000
	unaryCalls = 1000
	pacedPairs = 1000
	pace       = 2 * time.Millisecond
	allMayTake = 4 * time.Minute
)

// Calls a server on one connection, and prints a line for each check: what was done, and how it ended.
func call(address string) {
	ctx, cancel := context.WithTimeout(context.Background(), allMayTake)
	defer cancel()
	connection, err := grpc.DialContext(ctx, address, grpc.WithInsecure(), grpc.WithBlock())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer connection.Close()
	client := client{ctx, connection}
	report("unary", func() (int, error) { return client.unaryCalls(unaryCalls) })
	report("server stream", client.serverStream)
	report("client stream", client.clientStream)
	report("bidirectional", client.bidirectional)
	report("paced", client.paced)
}

// Prints how a check ended: with a count of what was right, or with an error.
func report(name string, check func() (int, error)) {
	count, err := check()
	if err != nil {
		fmt.Printf("%s\t%d\t%v\n", name, count, err)
	} else {
		fmt.Printf("%s\t%d\tOK\n", name, count)
	}
}

type client struct {
	ctx        context.Context
	connection *grpc.ClientConn
}

func (c client) unaryCalls(calls int) (int, error) {
	for count := 0; count < calls; count++ {
		reply := new(HelloReply)
		request := &HelloRequest{Name: fmt.Sprint("User ", count)}
		if err := c.connection.Invoke(c.ctx, "/"+service+"/SayHello", request, reply); err != nil {
			return count, err
		}
		if err := expect(reply, count); err != nil {
			return count, err
		}
	}
	return calls, nil
}

// The demo server greets three times; what matters here is that the stream ends well.
func (c client) serverStream() (int, error) {
	stream, err := c.open("SayHelloStreamReply")
	if err != nil {
		return 0, err
	}
	if err := stream.SendMsg(&HelloRequest{Name: "Ana"}); err != nil {
		return 0, err
	}
	if err := stream.CloseSend(); err != nil {
		return 0, err
	}
	return drain(stream)
}

func (c client) clientStream() (int, error) {
	stream, err := c.open("SayHelloClientStream")
	if err != nil {
		return 0, err
	}
	if err := send(stream, pairs, 0); err != nil && err != io.EOF {
		return 0, err
	}
	return drain(stream)
}

func (c client) bidirectional() (int, error) { return c.converse(pairs, 0) }

func (c client) paced() (int, error) { return c.converse(pacedPairs, pace) }

func (c client) converse(count int, pace time.Duration) (int, error) {
	stream, err := c.open("SayHelloBidiStream")
	if err != nil {
		return 0, err
	}
	sent := make(chan error, 1)
	go func() { sent <- send(stream, count, pace) }()
	for number := 0; ; number++ {
		reply := new(HelloReply)
		err := stream.RecvMsg(reply)
		if err == io.EOF {
			return number, <-sent
		}
		if err != nil {
			return number, err
		}
		if err := expect(reply, number); err != nil {
			return number, err
		}
	}
}

func (c client) open(method string) (grpc.ClientStream, error) {
	description := grpc.StreamDesc{StreamName: method, ServerStreams: true, ClientStreams: true}
	return c.connection.NewStream(c.ctx, &description, "/"+service+"/"+method)
}

// Sends so many requests, with a pause before each, and the half-close.
func send(stream grpc.ClientStream, count int, pause time.Duration) error {
	for number := 0; number < count; number++ {
		time.Sleep(pause)
		if err := stream.SendMsg(&HelloRequest{Name: fmt.Sprint("User ", number)}); err != nil {
			return err
		}
	}
	return stream.CloseSend()
}

// Counts the replies until the server ends the stream.
func drain(stream grpc.ClientStream) (int, error) {
	for count := 0; ; count++ {
		err := stream.RecvMsg(new(HelloReply))
		if err == io.EOF {
			return count, nil
		}
		if err != nil {
			return count, err
		}
	}
}

func expect(reply *HelloReply, number int) error {
	if expected := fmt.Sprintf("Hello, User %d!", number); reply.Message != expected {
		return fmt.Errorf("reply %d says %q instead of %q", number, reply.Message, expected)
	}
	return nil
}
