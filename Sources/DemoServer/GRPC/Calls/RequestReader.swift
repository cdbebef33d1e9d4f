import GRPCWire
import HTTP2Session
import NIOCore
import RPCCore

/// The requests of a call, in the batches in which they come. What was not asked for holds the client back: credit follows
/// consumption.
final class RequestReader {
    /// The longest message that is taken, in bytes, compressed and not.
    static let messageLimit = 16 * 1024 * 1024

    private let stream: HTTP2Stream
    private var events: ArraySlice<HTTP2StreamEvent>
    private var reader = MessageReader(limit: messageLimit, from: .client)
    private let encoding: MessageEncoding
    /// What is wrong behind the messages that were given out.
    private var failure: CallError?
    private var isOver = false

    /// - Parameters:
    ///   - events: What has come behind the header block.
    ///   - encoding: How messages are compressed that say that they are.
    init(_ stream: HTTP2Stream, _ events: ArraySlice<HTTP2StreamEvent>, encoding: MessageEncoding) {
        self.stream = stream
        self.events = events
        self.encoding = encoding
    }

    /// Waits for messages, and decodes all that a piece of what was read brings.
    /// - Returns: at least one; `nil` after the half-close.
    /// - Throws: ``CallError`` for what is no message; `CancellationError` when the client has left, or the task is cancelled.
    func next<Message>(_ decode: (UnsafeRawBufferPointer) throws(CallError) -> Message) async throws -> [Message]? {
        try await next(decode) { try await stream.next() }
    }

    /// The same, for so long at most.
    /// - Parameter time: `nil` for as long as it takes.
    /// - Returns: none where there was silence.
    func next<Message>(
        within time: Duration?, on clock: any CallClock,
        _ decode: (UnsafeRawBufferPointer) throws(CallError) -> Message
    ) async throws -> [Message]? {
        guard let time else { return try await next(decode) }
        return try await next(decode) { try await stream.next(within: time, on: clock) }
    }

    /// - Parameter read: Waits for what comes on the stream; nothing ends the waiting.
    private func next<Message>(
        _ decode: (UnsafeRawBufferPointer) throws(CallError) -> Message,
        read: () async throws -> [HTTP2StreamEvent]?
    ) async throws -> [Message]? {
        while true {
            if let failure { throw failure }
            while let event = events.popFirst() {
                switch event {
                case .data(let bytes):
                    let batch = try messages(in: bytes, decode)
                    if !batch.isEmpty { return batch }
                case .end(.complete):
                    guard !reader.isInMessage else {
                        throw CallError(.internal, "the client ended the call within a message", at: .decode)
                    }
                    isOver = true
                case .end: throw CancellationError()
                case .head, .interim, .trailers: break
                }
            }
            if isOver { return nil }
            guard let news = try await read() else { throw CancellationError() }
            if news.isEmpty { return [] }
            events = news[...]
        }
    }

    /// The request of a kind that has one.
    func only<Message>(_ decode: (UnsafeRawBufferPointer) throws(CallError) -> Message) async throws -> Message {
        var all: [Message] = []
        while let batch = try await next(decode) {
            all += batch
            if all.count > 1 { break }
        }
        guard all.count == 1 else {
            // https://grpc.github.io/grpc/core/md_doc_statuscodes.html, cardinality violations.
            throw GRPCStatus(.unimplemented, "There is \(all.isEmpty ? "no request" : "more than one request")")
        }
        return all[0]
    }

    /// - Returns: what is complete. What is wrong behind that is kept for later, so that what came before it is served.
    private func messages<Message>(
        in bytes: ByteBuffer, _ decode: (UnsafeRawBufferPointer) throws(CallError) -> Message
    ) throws(CallError) -> [Message] {
        var batch: [Message] = []
        do throws(CallError) {
            try reader.read(bytes) { isCompressed, message throws(CallError) in
                batch.append(try isCompressed ? inflated(message, decode) : decode(message))
            }
        } catch {
            if batch.isEmpty { throw error }
            failure = error
        }
        return batch
    }

    private func inflated<Message>(
        _ message: UnsafeRawBufferPointer, _ decode: (UnsafeRawBufferPointer) throws(CallError) -> Message
    ) throws(CallError) -> Message {
        guard encoding != .identity else {
            throw CallError(.internal, "a message is compressed without a grpc-encoding", at: .decode)
        }
        let plain = try MessageCompression.inflate(message, limit: Self.messageLimit, from: .client)
        let result = plain.withUnsafeBytes { plain in
            Result { () throws(CallError) in try decode(plain) }
        }
        return try result.get()
    }
}

extension HTTP2Stream {
    /// What comes within a time; nothing where nothing does.
    fileprivate func next(within time: Duration, on clock: any CallClock) async throws -> [HTTP2StreamEvent]? {
        let reading = Task { try await next() }
        let timer = Task {
            try await clock.sleep(for: time)
            reading.cancel()
        }
        defer { timer.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await reading.value
            } onCancel: {
                reading.cancel()
            }
        } catch let error as CancellationError {
            if Task.isCancelled { throw error }
            return []
        }
    }
}
