import GRPCWire
import HTTP2Session
import NIOCore
import RPCCore
import TransportSupport

/// What a server has answered on a stream so far.
struct AnswerReader {
    var head: HTTP2HeaderBlock?
    var trailers: HTTP2HeaderBlock?
    private var messages: MessageReader
    /// The beginning of an answer that is not gRPC's.
    private(set) var text = ""
    /// Bytes of the messages as they travelled.
    private(set) var encodedBytes = 0

    init(limit: Int) {
        messages = MessageReader(limit: limit)
    }

    /// Whether a message was cut short.
    var isInMessage: Bool { messages.isInMessage }

    /// Reads messages, decompressed.
    mutating func read(
        _ bytes: ByteBuffer, _ body: (UnsafeRawBufferPointer) throws(CallError) -> Void
    ) throws(CallError) {
        let headers = head?.headers ?? HTTP2Headers()
        guard StreamFailure.isGRPC(headers) else {
            if text.utf8.count < 256 { text += String(decoding: bytes.readableBytesView.prefix(256), as: UTF8.self) }
            return
        }
        let (encoding, limit) = (headers["grpc-encoding"], messages.limit)
        try messages.read(bytes) { isCompressed, message throws(CallError) in
            encodedBytes += message.count
            guard isCompressed else { return try body(message) }
            let plain = try Self.inflate(message, encoding, limit)
            var result = Result<Void, CallError>.success(())
            plain.withUnsafeBytes { plain in
                result = Result { () throws(CallError) in try body(plain) }
            }
            try result.get()
        }
    }

    private static func inflate(
        _ message: UnsafeRawBufferPointer, _ encoding: String?, _ limit: Int
    ) throws(CallError) -> [UInt8] {
        switch encoding.flatMap(MessageEncoding.init) {
        case .gzip, .deflate: return try MessageCompression.inflate(message, limit: limit)
        case .identity, nil:
            let name = encoding.map { "in \(Quote.bounded($0))" } ?? "without a grpc-encoding"
            throw CallError(
                .internal, "the server's message is compressed \(name)", at: .decode,
                advice: "check the server: gzip and deflate are understood")
        }
    }
}
