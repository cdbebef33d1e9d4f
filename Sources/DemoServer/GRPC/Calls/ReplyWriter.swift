import GRPCWire
import HTTP2Session
import NIOCore
import RPCCore

/// The answer to a call: a header block, messages in batches, and trailers.
final class ReplyWriter {
    /// Bytes of replies that are gathered before they are written.
    private static let batchSize = 64 * 1024
    /// Bytes of replies that are held back where headers are to come late.
    private static let holdLimit = 256 * 1024

    private let stream: HTTP2Stream
    private let faults: DemoFaults
    private let isCompressing: Bool
    /// `nil` once it is sent.
    private var head: HTTP2Headers?
    private var buffer = ByteBuffer()

    /// - Parameter isCompressing: Whether replies are compressed, with gzip.
    init(_ stream: HTTP2Stream, isCompressing: Bool, faults: DemoFaults) {
        self.stream = stream
        self.faults = faults
        self.isCompressing = isCompressing
        head = Self.head(isCompressing: isCompressing, faults)
    }

    private static func head(isCompressing: Bool, _ faults: DemoFaults) -> HTTP2Headers {
        var head: HTTP2Headers = [
            ":status": "200", "content-type": "application/grpc", "grpc-accept-encoding": MessageEncoding.accepted,
            "server": "greeter-tui",
        ]
        if isCompressing { head.add("grpc-encoding", MessageEncoding.gzip.rawValue) }
        head.fields += faults.paddingFields
        return head
    }

    /// Sends the header block, unless it is to come late.
    func begin() {
        guard !faults.sendsHeadersLate, let head = head.take() else { return }
        stream.respond(head)
    }

    /// Whether so much is gathered that it should be written.
    var isFull: Bool { buffer.readableBytes >= Self.batchSize }

    /// Adds a message to the batch.
    /// - Parameters:
    ///   - isBroken: Whether its last byte is left out, so that it cannot be read.
    ///   - write: Appends the message.
    func append(isBroken: Bool = false, _ write: (inout ByteBuffer) -> Void) throws(CallError) {
        let start = buffer.writerIndex
        buffer.writeRepeatingByte(0, count: 5)
        write(&buffer)
        if isBroken, buffer.writerIndex > start + 5 { buffer.moveWriterIndex(to: buffer.writerIndex - 1) }
        if isCompressing { try compress(from: start) }
        buffer.setInteger(UInt32(buffer.writerIndex - start - 5), at: start + 1)
    }

    /// Sends what was gathered, and the header block before it. Waits while the client does not take what was sent before.
    func flush() async throws {
        if faults.sendsHeadersLate, head != nil, buffer.readableBytes < Self.holdLimit { return }
        if let head = head.take() { stream.respond(head) }
        guard buffer.readableBytes > 0 else { return }
        let batch = buffer
        buffer = ByteBuffer()
        try await stream.write(batch)
    }

    /// Ends the call with OK.
    func conclude(_ metadata: [HTTP2Field]) {
        conclude(trailers: [HTTP2Field("grpc-status", "0")] + metadata)
    }

    /// Ends the call with a failure: in one block where nothing was sent before it.
    func conclude(_ status: GRPCStatus) {
        let fields =
            [
                HTTP2Field("grpc-status", String(status.code.rawValue)),
                HTTP2Field("grpc-message", PercentText.encoded(status.message)),
            ] + status.metadata
        guard head != nil, buffer.readableBytes == 0 else { return conclude(trailers: fields) }
        stream.respond(
            HTTP2Headers(
                [HTTP2Field(":status", "200"), HTTP2Field("content-type", "application/grpc")]
                    + faults.altered(fields)),
            ends: true)
    }

    private func conclude(trailers fields: [HTTP2Field]) {
        stream.conclude(buffer, after: head.take(), trailers: HTTP2Headers(faults.altered(fields)))
    }

    private func compress(from start: Int) throws(CallError) {
        let message = buffer.viewBytes(at: start + 5, length: buffer.writerIndex - start - 5)
        let packed = message?.withUnsafeBytes { bytes in
            Result { () throws(CallError) in try MessageCompression.gzip(bytes) }
        }
        guard let packed = try packed?.get() else { return }
        buffer.moveWriterIndex(to: start)
        buffer.writeInteger(1 as UInt8)
        buffer.writeInteger(0 as UInt32)
        buffer.writeBytes(packed)
    }
}
