import NIOCore
import NIOPosix
import NIOSSL
import RPCCore
import Synchronization
import TestSupport

/// What a scripted server does with one connection; they are numbered from 0.
typealias Script = @Sendable (Peer, Int) async throws -> Void

/// Runs a server on loopback for as long as `body` takes: every connection is handed to `script`, and closed after it.
func withServer<Result: Sendable>(
    tls: NIOSSLContext? = nil, host: String = "127.0.0.1", script: @escaping Script,
    _ body: @Sendable (ServerAddress) async throws -> Result
) async throws -> Result {
    let connections = Connections(script)
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                connections.serve(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
            }
        }
        .bind(host: "127.0.0.1", port: 0).get()
    let address = ServerAddress(
        scheme: tls == nil ? .http : .https, host: host, port: listener.localAddress?.port ?? 0)
    do {
        let result = try await body(address)
        try await listener.close()
        await connections.end()
        return result
    } catch {
        try? await listener.close()
        await connections.end()
        throw error
    }
}

/// The connections of a scripted server, each with a task of its own.
private final class Connections: Sendable {
    private let script: Script
    private let tasks = Mutex<[Task<Void, Never>]>([])

    init(_ script: @escaping Script) {
        self.script = script
    }

    func serve(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>) {
        tasks.withLock { tasks in
            let index = tasks.count
            tasks.append(
                Task { [script] in
                    // A script ends when its client goes away, too.
                    try? await connection.executeThenClose { inbound, outbound in
                        try await script(Peer(connection.channel, inbound, outbound), index)
                    }
                })
        }
    }

    func end() async {
        let tasks = tasks.withLock { $0 }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }
}

/// An address on which nobody listens, and nobody else can meanwhile.
func withClosedPort<Result: Sendable>(_ body: @Sendable (ServerAddress) async throws -> Result) async throws -> Result {
    let port = try ClosedPort()
    defer { withExtendedLifetime(port) {} }
    return try await body(port.address)
}
