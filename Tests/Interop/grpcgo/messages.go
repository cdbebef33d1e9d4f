package main

import "fmt"

// The messages of Protos/helloworld/helloworld.proto. What the library needs to know of them is in the tags.

type HelloRequest struct {
	Name     string `protobuf:"bytes,1,opt,name=name,proto3"`
	Language string `protobuf:"bytes,2,opt,name=language,proto3"`
}

type HelloReply struct {
	Message  string `protobuf:"bytes,1,opt,name=message,proto3"`
	Language string `protobuf:"bytes,2,opt,name=language,proto3"`
}

func (m *HelloRequest) Reset()         { *m = HelloRequest{} }
func (m *HelloRequest) String() string { return fmt.Sprintf("%+v", *m) }
func (*HelloRequest) ProtoMessage()    {}

func (m *HelloReply) Reset()         { *m = HelloReply{} }
func (m *HelloReply) String() string { return fmt.Sprintf("%+v", *m) }
func (*HelloReply) ProtoMessage()    {}
