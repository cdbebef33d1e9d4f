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
    private var messages = MessageReader(limit: messageLimit, from: .client)
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
        while true {
            if let failure { throw failure }
            while let event = events.popFirst() {
                switch event {
                case .data(let bytes):
                    let batch = try read(bytes, decode)
                    if !batch.isEmpty { return batch }
                case .end(.complete):
                    guard !messages.isInMessage else {
                        throw CallError(.internal, "the client ended the call within a message", at: .decode)
                    }
                    isOver = true
                case .end: throw CancellationError()
                case .head, .interim, .trailers: break
                }
            }
            if isOver { return nil }
            guard let news = try await stream.next() else { throw CancellationError() }
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
    private func read<Message>(
        _ bytes: ByteBuffer, _ decode: (UnsafeRawBufferPointer) throws(CallError) -> Message
    ) throws(CallError) -> [Message] {
        var batch: [Message] = []
        do throws(CallError) {
            try messages.read(bytes) { isCompressed, message throws(CallError) in
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
