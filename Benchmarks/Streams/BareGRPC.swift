import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf
import GreeterCore
import GreeterProtos

/// Streams through grpc-swift-2 alone: its client, its protocol buffers, and a loop.
struct BareGRPC: StreamClient {
    private static let batch = 256

    private let client: GRPCClient<HTTP2ClientTransport.Posix>
    private let connections: Task<Void, any Error>

    init(server: ServerAddress) throws {
        let client = GRPCClient(
            transport: try .http2NIOPosix(
                target: .ipv4(address: server.host, port: server.connectPort), transportSecurity: .plaintext))
        self.client = client
        connections = Task { try await client.runConnections() }
    }

    func run(_ kind: CallKind, requests: Int) async throws -> Tally {
        let method =
            kind == .clientStream
            ? Helloworld_Greeter.Method.SayHelloClientStream.descriptor
            : Helloworld_Greeter.Method.SayHelloBidiStream.descriptor
        let request = StreamingClientRequest<Helloworld_HelloRequest> { writer in
            for start in stride(from: 1, through: requests, by: Self.batch) {
                let end = min(start + Self.batch, requests + 1)
                try await writer.write(
                    contentsOf: (start..<end).map { number in
                        .with {
                            $0.name = "User \(number)"
                            $0.language = "en"
                        }
                    })
            }
        }
        return try await client.bidirectionalStreaming(
            request: request, descriptor: method, serializer: ProtobufSerializer<Helloworld_HelloRequest>(),
            deserializer: ProtobufDeserializer<Helloworld_HelloReply>(), options: .defaults
        ) { response in
            var tally = Tally(sent: requests)
            for try await reply in response.messages {
                tally.replies += 1
                tally.last = reply.message
            }
            return tally
        }
    }

    func finish(_ tally: Tally) async throws -> Double? {
        client.beginGracefulShutdown()
        try await connections.value
        return nil
    }
}
