package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// A server of the four kinds. It greets once for each request; a server stream as often as the name says.
type greeter struct{}

func greet(request *HelloRequest) *HelloReply {
	return &HelloReply{Message: "Hello, " + request.Name + "!", Language: "en"}
}

func (greeter) unary(request *HelloRequest) (*HelloReply, error) {
	if request.Name == "fail" {
		return nil, status.Error(codes.InvalidArgument, "not this one")
	}
	return greet(request), nil
}

func (greeter) serverStream(stream grpc.ServerStream) error {
	request := new(HelloRequest)
	if err := stream.RecvMsg(request); err != nil {
		return err
	}
	count, err := strconv.Atoi(request.Name)
	if err != nil {
		return status.Error(codes.InvalidArgument, "the name must be a number")
	}
	for number := 0; number < count; number++ {
		if err := stream.SendMsg(greet(request)); err != nil {
			return err
		}
	}
	return nil
}

func (greeter) clientStream(stream grpc.ServerStream) error {
	count := 0
	for {
		err := stream.RecvMsg(new(HelloRequest))
		if err == io.EOF {
			return stream.SendMsg(&HelloReply{Message: fmt.Sprintf("Hello, all %d!", count)})
		}
		if err != nil {
			return err
		}
		count++
	}
}

func (greeter) bidirectional(stream grpc.ServerStream) error {
	for {
		request := new(HelloRequest)
		err := stream.RecvMsg(request)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		reply, err := greeter{}.unary(request)
		if err != nil {
			return err
		}
		if err := stream.SendMsg(reply); err != nil {
			return err
		}
	}
}

const service = "helloworld.Greeter"

var description = grpc.ServiceDesc{
	ServiceName: service,
	HandlerType: (*interface{})(nil),
	Methods:     []grpc.MethodDesc{{MethodName: "SayHello", Handler: sayHello}},
	Streams: []grpc.StreamDesc{
		stream("SayHelloStreamReply", greeter.serverStream),
		stream("SayHelloClientStream", greeter.clientStream),
		stream("SayHelloBidiStream", greeter.bidirectional),
	},
}

func sayHello(
	service interface{}, _ context.Context, decode func(interface{}) error, _ grpc.UnaryServerInterceptor,
) (interface{}, error) {
	request := new(HelloRequest)
	if err := decode(request); err != nil {
		return nil, err
	}
	return service.(greeter).unary(request)
}

func stream(name string, run func(greeter, grpc.ServerStream) error) grpc.StreamDesc {
	return grpc.StreamDesc{
		StreamName: name, ServerStreams: true, ClientStreams: true,
		Handler: func(service interface{}, stream grpc.ServerStream) error { return run(service.(greeter), stream) },
	}
}

func serve(certificate []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(listener.Addr())
	server := grpc.NewServer(identity(certificate)...)
	server.RegisterService(&description, greeter{})
	go func() {
		io.Copy(io.Discard, os.Stdin)
		server.Stop()
	}()
	if err := server.Serve(listener); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
