package main

import (
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// How a client meets its server: in plain text, or trusting the certificates of a file.
func credentialsOf(authority string) grpc.DialOption {
	if authority == "" {
		return grpc.WithInsecure()
	}
	trusted, err := credentials.NewClientTLSFromFile(authority, "")
	if err != nil {
		fail(err)
	}
	return grpc.WithTransportCredentials(trusted)
}

// How a server meets its clients: in plain text, or with a certificate.
func identity(files []string) []grpc.ServerOption {
	if len(files) == 0 {
		return nil
	}
	own, err := credentials.NewServerTLSFromFile(files[0], files[1])
	if err != nil {
		fail(err)
	}
	return []grpc.ServerOption{grpc.Creds(own)}
}
