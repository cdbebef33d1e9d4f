import Dispatch
import Foundation
import RPCCore
import Synchronization
import Waiting

/// Writes messages into a named pipe as fast as somebody reads them, on a thread of its own.
///
/// It never waits for a reader for good: whoever has run the reader stops it.
final class MessageFeed: Sendable {
    /// How long it waits at a time before it looks whether it was stopped, in milliseconds.
    private static let patience: Int32 = 50

    private let path: String
    private let isStopped = Mutex(false)
    private let queue = DispatchQueue(label: "messages for a command")

    /// - Parameter path: Of a named pipe.
    init(into path: String) {
        self.path = path
    }

    /// Ends it: nobody reads any more, or will.
    func stop() { isStopped.withLock { $0 = true } }

    /// Writes all of it, or as much as is wanted.
    /// - Returns: why some of it could not be read; `nil` where that is not so.
    func write(_ reader: ExcerptReader) async -> String? {
        var reader = reader
        let descriptor = await queue.run { [self] in openPipe() }
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        do {
            while let bytes = try await reader.next() {
                guard await queue.run({ [self] in write(bytes, to: descriptor) }) else { return nil }
            }
            return nil
        } catch {
            return "\(error)"
        }
    }

    private var goesOn: Bool { isStopped.withLock { !$0 } }

    /// Waits for a reader. Opening without waiting fails until there is one.
    private func openPipe() -> Int32 {
        while goesOn {
            let descriptor = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
            if descriptor >= 0 || errno != ENXIO && errno != EINTR { return descriptor }
            poll(nil, 0, 5)
        }
        return -1
    }

    /// - Returns: whether all of it was taken.
    private func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty, goesOn {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count < 0, errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, Self.patience)
            } else if errno != EINTR {
                return false
            }
        }
        return rest.isEmpty
    }
}
