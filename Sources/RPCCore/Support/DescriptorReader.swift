import Dispatch
import Foundation

/// Reads a descriptor in chunks, on a thread that may block, and stops waiting when it is cancelled.
///
/// Works for whatever can be read: a pipe, a terminal, a file, a socket, blocking or not.
package final class DescriptorReader: Sendable {
    /// The most that one read brings, in bytes.
    static let chunkSize = 64 * 1024

    /// Why a descriptor cannot be read.
    package struct Failure: Error, CustomStringConvertible {
        let errorNumber: Int32
        package var description: String { String(cString: strerror(errorNumber)) }
    }

    private let descriptor: Int32
    private let closesDescriptor: Bool
    private let queue = DispatchQueue(label: "greeter.descriptor-reader")
    /// A byte in this pipe ends a wait, and every later one. `nil` where none could be made.
    private let wake: (reading: Int32, writing: Int32)?

    /// - Parameter closesDescriptor: Whether the descriptor is closed with the last use of the reader.
    package init(descriptor: Int32, closesDescriptor: Bool = false) {
        self.descriptor = descriptor
        self.closesDescriptor = closesDescriptor
        var ends: [Int32] = [-1, -1]
        wake = pipe(&ends) == 0 ? (ends[0], ends[1]) : nil
    }

    deinit {
        if closesDescriptor { close(descriptor) }
        guard let wake else { return }
        close(wake.reading)
        close(wake.writing)
    }

    /// The next bytes, as soon as there are any; `nil` at the end of the file.
    /// - Throws: ``Failure``, and `CancellationError` when the task is cancelled, after which nothing more can be read.
    package func read() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<[UInt8]?, any Error>) in
                queue.async { continuation.resume(with: Result { try self.readBlocking() }) }
            }
        } onCancel: {
            guard let wake else { return }
            _ = write(wake.writing, "x", 1)
        }
    }

    private func readBlocking() throws -> [UInt8]? {
        while true {
            try waitUntilReadable()
            var failure: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { buffer, count in
                let result = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
                failure = result < 0 ? errno : 0
                count = max(0, result)
            }
            switch failure {
            case 0: return chunk.isEmpty ? nil : chunk
            case EINTR, EAGAIN: continue
            default: throw Failure(errorNumber: failure)
            }
        }
    }

    private func waitUntilReadable() throws {
        guard let wake else { throw Failure(errorNumber: EMFILE) }
        var polled = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake.reading, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&polled, nfds_t(polled.count), -1) < 0 {
            guard errno == EINTR else { throw Failure(errorNumber: errno) }
        }
        if polled[1].revents != 0 { throw CancellationError() }
        if polled[0].revents & Int16(POLLNVAL) != 0 { throw Failure(errorNumber: EBADF) }
    }
}
