import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf
import GreeterCore
import GreeterProtos

/// Streams through the library alone: its client, its protocol buffers, and a loop.
struct Bare: Sendable {
    private static let batch = 256

    let client: GRPCClient<HTTP2ClientTransport.Posix>

    /// Sends so many requests, and reads every reply.
    func run(_ kind: CallKind, requests: Int) async throws {
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
        let replies = try await client.bidirectionalStreaming(
            request: request, descriptor: method, serializer: ProtobufSerializer<Helloworld_HelloRequest>(),
            deserializer: ProtobufDeserializer<Helloworld_HelloReply>(), options: .defaults
        ) { response in
            var count = 0
            for try await _ in response.messages { count += 1 }
            return count
        }
        guard replies == (kind == .clientStream ? 1 : requests) else { throw Incomplete(replies: replies) }
    }
}

/// A stream that did not bring what it should.
struct Incomplete: Error {
    var replies: Int
}
