import Dispatch
import Foundation
import RPCCore
import Synchronization
import TestSupport

/// A server that takes connections and never says anything.
final class SilentServer: Sendable {
    let address: ServerAddress
    private let queue = DispatchQueue(label: "silent-server", attributes: .concurrent)
    private let connections: AsyncStream<Int32>
    /// The listener, and the connections; `nil` once they are closed.
    private let open: Mutex<[Int32]?>

    init() throws {
        let (listener, port) = try LoopbackSocket.bound()
        address = ServerAddress(scheme: .http, host: "127.0.0.1", port: port)
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        connections = stream
        open = Mutex([listener])
        queue.async { [self] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                let isOpen = open.withLock { open in
                    open?.append(connection)
                    return open != nil
                }
                if !isOpen { close(connection) }
                continuation.yield(connection)
            }
        }
    }

    /// Waits for a connection, and for the first bytes on it.
    func nextConnection() async -> Int32 {
        for await connection in connections {
            await run {
                var byte: UInt8 = 0
                _ = recv(connection, &byte, 1, 0)
            }
            return connection
        }
        return -1
    }

    /// Waits until the client has closed a connection.
    func waitUntilClosed(_ connection: Int32) async {
        await run {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while recv(connection, &buffer, buffer.count, 0) > 0 {}
        }
    }

    /// Closes every connection. May be called again.
    func stop() {
        let descriptors = open.withLock { open -> [Int32] in
            defer { open = nil }
            return open ?? []
        }
        for descriptor in descriptors {
            shutdown(descriptor, Int32(SHUT_RDWR))
            close(descriptor)
        }
    }

    private func run(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            queue.async {
                body()
                continuation.resume()
            }
        }
    }
}
