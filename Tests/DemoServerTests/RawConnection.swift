import Dispatch
import Foundation
import RPCCore
import TestSupport

/// A TCP connection that sends and expects literal bytes. Waits on a thread of its own, and never for ever.
final class RawConnection: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    #if os(Linux)
        private static let flags = Int32(MSG_NOSIGNAL)
    #else
        private static let flags: Int32 = 0
    #endif

    private let descriptor: Int32
    private let sending = DispatchQueue(label: "raw-connection.sending")
    private let receiving = DispatchQueue(label: "raw-connection.receiving")

    init(to address: ServerAddress) throws {
        descriptor = try LoopbackSocket.connected(to: address.host, port: address.port)
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        close(descriptor)
    }

    func send(_ bytes: [UInt8]) async throws {
        try await run(on: sending) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Foundation.send(self.descriptor, $0.baseAddress, $0.count, Self.flags)
                }
                guard count > 0 else { throw Failure(description: "cannot send: \(String(cString: strerror(errno)))") }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Sends the same bytes again and again until the other side has taken nothing for a while.
    /// - Parameter limit: The most bytes to send.
    /// - Returns: how many bytes were sent.
    func sendUntilHeldBack(_ bytes: [UInt8], limit: Int) async throws -> Int {
        try await run(on: sending) {
            var count = 0
            while count < limit {
                var polled = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
                guard poll(&polled, 1, 500) > 0 else { break }
                let sent = bytes[(count % bytes.count)...].withUnsafeBytes {
                    Foundation.send(
                        self.descriptor, $0.baseAddress, $0.count,
                        Self.flags | Int32(MSG_DONTWAIT))
                }
                guard sent > 0 || errno == EAGAIN else { throw Failure(description: "cannot send") }
                count += max(0, sent)
            }
            return count
        }
    }

    /// Exactly so many bytes, or fewer when the server closes before.
    func receive(_ count: Int) async throws -> [UInt8] {
        try await run(on: receiving) {
            var bytes: [UInt8] = []
            while bytes.count < count, let more = try self.receiveSome(atMost: count - bytes.count) { bytes += more }
            return bytes
        }
    }

    /// Everything until the server closes.
    func receiveAll() async throws -> [UInt8] {
        try await receive(.max)
    }

    /// Everything up to and including these bytes.
    func receive(through end: String) async throws -> [UInt8] {
        try await run(on: receiving) {
            var bytes: [UInt8] = []
            while !bytes.suffix(end.utf8.count).elementsEqual(end.utf8) {
                guard let byte = try self.receiveSome(atMost: 1) else { break }
                bytes += byte
            }
            return bytes
        }
    }

    /// Whether for so long nothing comes, not even the end.
    func isOpenAndSilent(for time: Duration) async throws -> Bool {
        try await run(on: receiving) {
            var polled = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
            return poll(&polled, 1, Int32(time / .milliseconds(1))) == 0
        }
    }

    private func receiveSome(atMost limit: Int) throws -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: min(limit, 65536))
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw Failure(description: "cannot receive: \(String(cString: strerror(errno)))") }
        return count == 0 ? nil : Array(buffer.prefix(count))
    }

    private func run<Value: Sendable>(
        on queue: DispatchQueue, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }
}

extension RawConnection {
    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }
}
