import GRPCWire
import HTTP2Session
import NIOCore
import NIOPosix
import RPCCore
import Synchronization
import TestSupport

/// A gRPC service of one method, under whatever name, that greets all requests of a call together.
final class NamedService: Sendable {
    private let path: String
    private let seen = Mutex<[[String]]>([])
    /// The name of the metadata that it sends back in its trailers.
    private let echo: String?
    private let heard = Mutex<[String]>([])

    /// - Parameters:
    ///   - service: What stands before the second slash of the path.
    ///   - method: What stands after it.
    ///   - echo: The name of metadata that come back in the trailers.
    init(_ service: String = "helloworld.Greeter", method: String, echoing echo: String? = nil) {
        path = "/\(service)/\(method)"
        self.echo = echo
    }

    /// The names of each call that has ended.
    var calls: [[String]] { seen.withLock { $0 } }

    /// The values that came of the metadata that are sent back.
    var echoed: [String] { heard.withLock { $0 } }

    /// Runs `body` with the address of a server that has this service.
    /// - Parameters:
    ///   - socket: The socket that it listens at; a port where there is none.
    ///   - port: The port that it listens at; any that is free where it is 0.
    func serve(at socket: String? = nil, port: Int = 0, _ body: (ServerAddress) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        HTTP2SessionHandler(role: .server { stream in Task { try? await self.answer(stream) } }))
                }
            }
        let result: Result<Void, any Error>
        do {
            let listener =
                if let socket { try await bootstrap.bind(unixDomainSocketPath: socket).get() } else {
                    try await bootstrap.bind(host: "127.0.0.1", port: port).get()
                }
            let address =
                socket.map { ServerAddress(scheme: .grpc, socketPath: $0) }
                ?? ServerAddress(scheme: .grpc, host: "127.0.0.1", port: listener.localAddress?.port ?? 0)
            result = .success(try await body(address))
        } catch {
            result = .failure(error)
        }
        try await group.shutdownGracefully()
        try result.get()
    }

    private func answer(_ stream: HTTP2Stream) async throws {
        var names: [String] = []
        var messages = MessageReader(limit: 1 << 20)
        while let batch = try await stream.next() {
            for event in batch {
                switch event {
                case .head(let block) where block.headers[":path"] != path:
                    return stream.respond(
                        [":status": "200", "content-type": "application/grpc", "grpc-status": "12"], ends: true)
                case .head(let block):
                    let values = echo.map { block.headers.values(of: $0) } ?? []
                    heard.withLock { $0 += values }
                case .data(let bytes):
                    try messages.read(bytes) { _, message throws(CallError) in
                        names.append(Greeter.request.value(of: message, as: .protobuf)?["name"] ?? "")
                    }
                case .end(.complete): try await greet(names, stream)
                default: break
                }
            }
        }
    }

    private func greet(_ names: [String], _ stream: HTTP2Stream) async throws {
        seen.withLock { $0.append(names) }
        let reply = HelloReply(message: "Hello, \(names.joined(separator: ", "))!")
        var message = ByteBuffer(bytes: Payload(reply.value, Greeter.reply, .protobuf).bytes)
        var framed = ByteBuffer(bytes: [0])
        framed.writeInteger(UInt32(message.readableBytes))
        framed.writeBuffer(&message)
        stream.respond([":status": "200", "content-type": "application/grpc"])
        try await stream.write(framed)
        var trailers: HTTP2Headers = ["grpc-status": "0"]
        if let echo { for value in echoed { trailers.add(echo, value) } }
        stream.finish(trailers: trailers)
    }
}
