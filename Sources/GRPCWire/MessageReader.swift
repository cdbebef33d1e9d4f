package import NIOCore
package import RPCCore

/// Cuts what comes on a stream into messages: a flag, four bytes of length, and so many bytes
/// (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, Length-Prefixed-Message).
package struct MessageReader {
    /// The longest message that is accepted, in bytes, compressed and not.
    package let limit: Int
    private let sender: MessageSender
    /// The beginning of a message that is not complete.
    private var rest = ByteBuffer()

    /// - Parameter sender: Whose messages they are, for errors.
    package init(limit: Int, from sender: MessageSender = .server) {
        self.limit = limit
        self.sender = sender
    }

    /// Whether a message has begun and not ended.
    package var isInMessage: Bool { rest.readableBytes > 0 }

    /// Bytes that are kept for the message that is not complete.
    package var heldBytes: Int { rest.storageCapacity }

    /// Reads the messages that are complete now; several share a buffer as they came, and none is copied that came whole.
    /// - Parameter body: Is given each, and whether it is compressed.
    /// - Throws: ``CallError`` for a message that is too long, or a flag that means nothing; and what `body` throws.
    package mutating func read(
        _ buffer: ByteBuffer, _ body: (_ isCompressed: Bool, UnsafeRawBufferPointer) throws(CallError) -> Void
    ) throws(CallError) {
        var buffer = buffer
        if rest.readableBytes > 0 {
            rest.writeBuffer(&buffer)
            swap(&rest, &buffer)
            rest = ByteBuffer()
        }
        let used = try walk(buffer, body)
        buffer.moveReaderIndex(forwardBy: used)
        // A slice: what was read before it makes way when more is added. Otherwise a stream on which no read ends where a message
        // does would be kept whole.
        if buffer.readableBytes > 0 { rest = buffer.slice() }
    }

    private func walk(
        _ buffer: ByteBuffer, _ body: (Bool, UnsafeRawBufferPointer) throws(CallError) -> Void
    ) throws(CallError) -> Int {
        let result: Result<Int, CallError> = buffer.withUnsafeReadableBytes { bytes in
            Result { () throws(CallError) in
                var offset = 0
                while bytes.count - offset >= 5 {
                    let flag = bytes[offset]
                    guard flag <= 1 else { throw badFlag(flag) }
                    let length = Int(
                        UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 1, as: UInt32.self)))
                    guard length <= limit else { throw sender.tooLong(length, limit) }
                    guard bytes.count - offset - 5 >= length else { break }
                    try body(flag == 1, UnsafeRawBufferPointer(rebasing: bytes[(offset + 5)..<(offset + 5 + length)]))
                    offset += 5 + length
                }
                return offset
            }
        }
        return try result.get()
    }

    /// How many of the whole messages in a buffer have not ended within its first bytes.
    /// - Parameter sent: The number of those bytes.
    package static func count(in buffer: ByteBuffer, after sent: Int) -> Int {
        var (count, offset) = (0, buffer.readerIndex)
        while let length = buffer.getInteger(at: offset + 1, as: UInt32.self) {
            offset += 5 + Int(length)
            if offset > sent { count += 1 }
        }
        return count
    }

    private func badFlag(_ flag: UInt8) -> CallError {
        CallError(
            .internal, "the \(sender)'s message begins with \(flag), where 0 or 1 must say whether it is compressed",
            at: .decode, advice: "check that the address is that of the gRPC service")
    }
}

/// Whose messages are read.
package enum MessageSender: String, Sendable {
    case server
    case client

    func tooLong(_ length: Int, _ limit: Int) -> CallError {
        var error = CallError(
            .resourceExhausted, "the \(self)'s message has \(length) bytes, and \(limit) are accepted", at: .decode,
            advice: self == .server
                ? "allow larger messages with --max-message-size, or have the server send smaller ones"
                : "have the client send smaller messages")
        error.isOwnLimit = true
        return error
    }
}
