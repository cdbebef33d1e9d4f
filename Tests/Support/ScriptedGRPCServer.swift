import Foundation
public import RPCCore
import Synchronization

/// A gRPC server, in bytes, that does what no library would: right as HTTP/2 (RFC 9113), and odd as gRPC.
public final class ScriptedGRPCServer: Sendable {
    public let address: ServerAddress
    private let descriptor: Int32

    /// What it does with every stream.
    public enum Script: Sendable {
        /// Answers with a message whose gzip stops short, and never ends the stream.
        case truncatesMessage
        /// Reads one message, answers it, and ends the call well, whatever else there is to come.
        case endsEarly
        /// Knows one type by reflection, and answers every other message with itself, and ends the call well: but for one that begins
        /// with its field 2, which fails with these details (`grpc-status-details-bin`, in base64).
        case describes(type: String, file: [UInt8], details: String)
        /// Has no method: every call ends with UNIMPLEMENTED, in trailers alone; its health check is such a call, too.
        case lacksAll
        /// Takes ten bytes of each stream, until ``widen()``, and never answers.
        case takesTenBytes
    }

    private let streams = Streams()

    /// The streams that were begun, each with its connection. Some have not been read of yet when they are let go on.
    private final class Streams: Sendable {
        private let state = Mutex((waiting: [(connection: Int32, stream: Int)](), isWide: false))

        func begin(_ stream: Int, on connection: Int32) {
            state.withLock { state in
                if state.isWide { widen(stream, on: connection) } else { state.waiting.append((connection, stream)) }
            }
        }

        func widen() {
            state.withLock { state in
                state.isWide = true
                for (connection, stream) in state.waiting { widen(stream, on: connection) }
            }
        }

        private func widen(_ stream: Int, on connection: Int32) {
            send(connection, type: 8, stream: stream, [0, 1, 0, 0])
        }
    }

    /// Lets every stream go on.
    public func widen() {
        streams.widen()
    }

    public init(_ script: Script) throws {
        let (descriptor, port) = try LoopbackSocket.bound()
        self.descriptor = descriptor
        address = ServerAddress(scheme: .grpc, host: "127.0.0.1", port: port)
        Thread.detachNewThread { [streams] in
            while case let connection = accept(descriptor, nil, nil), connection >= 0 {
                Thread.detachNewThread {
                    Self.serve(connection, script) { streams.begin($0, on: connection) }
                }
            }
        }
    }

    deinit {
        // Ends the wait for a connection, too.
        Foundation.shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    // MARK: - The connection

    private static func serve(_ connection: Int32, _ script: Script, began: (Int) -> Void) {
        defer { close(connection) }
        // The client's preface, and then frames (RFC 9113, 3.4).
        guard read(connection, 24) != nil else { return }
        // SETTINGS_INITIAL_WINDOW_SIZE (6.5.2).
        if case .takesTenBytes = script {
            send(connection, type: 4, stream: 0, [0, 4, 0, 0, 0, 10])
        } else {
            send(connection, type: 4, stream: 0, [])
        }
        var answered: Set<Int> = []
        while let head = read(connection, 9) {
            let length = head.prefix(3).reduce(0) { $0 << 8 | Int($1) }
            guard let payload = length == 0 ? [] : read(connection, length) else { return }
            let stream = head.suffix(4).reduce(0) { $0 << 8 | Int($1) }
            // SETTINGS are acknowledged; HEADERS begin a stream, and DATA are its messages.
            switch (head[3], script) {
            case (4, _) where head[4] & 1 == 0: send(connection, type: 4, flags: 1, stream: 0, [])
            case (1, .takesTenBytes): began(stream)
            case (1, .lacksAll):
                let trailers = literal("grpc-status", "12") + literal("grpc-message", "unknown service")
                send(connection, type: 1, flags: 5, stream: stream, Self.head + trailers)
            case (1, .truncatesMessage): sendTruncated(connection, on: stream)
            case (0, .describes(let type, let file, let details)):
                answer(payload, isLast: head[4] & 1 == 1, connection, on: stream, type, file, details)
            case (0, .endsEarly) where answered.insert(stream).inserted: sendAnswer(connection, on: stream)
            default: break
            }
        }
    }

    /// gzip of "hello hello hello …" without its last bytes.
    private static let truncated: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xCB, 0x48, 0xCD, 0xC9,
    ]

    private static func sendTruncated(_ connection: Int32, on stream: Int) {
        send(connection, type: 1, flags: 4, stream: stream, head + literal("grpc-encoding", "gzip"))
        send(connection, type: 0, stream: stream, [1, 0, 0, 0, UInt8(truncated.count)] + truncated)
    }

    private static func sendAnswer(_ connection: Int32, on stream: Int) {
        // The field 1 of HelloReply.
        let text = Array("only one".utf8)
        let message = [0x0A, UInt8(text.count)] + text
        send(connection, type: 1, flags: 4, stream: stream, head)
        send(connection, type: 0, stream: stream, [0, 0, 0, 0, UInt8(message.count)] + message)
        // The trailers end the stream.
        send(connection, type: 1, flags: 5, stream: stream, literal("grpc-status", "0"))
    }

    /// Answers a message behind gRPC's five bytes; the end of a stream without one is that of a question.
    private static func answer(
        _ payload: [UInt8], isLast: Bool, _ connection: Int32, on stream: Int, _ type: String, _ file: [UInt8],
        _ details: String
    ) {
        let message = Array(payload.dropFirst(5))
        let isQuestion = message.first == 0x22
        guard !payload.isEmpty else {
            return send(connection, type: 1, flags: 5, stream: stream, head + literal("grpc-status", "0"))
        }
        if message.first == 0x12 {
            let trailers = literal("grpc-status", "3") + literal("grpc-status-details-bin", details)
            return send(connection, type: 1, flags: 5, stream: stream, head + trailers)
        }
        var answer = message
        if isQuestion {
            // FileDescriptorResponse, or ErrorResponse with NOT_FOUND (reflection.proto).
            let isKnown = message.dropFirst(2).elementsEqual(type.utf8)
            answer = isKnown ? part(4, part(1, file)) : part(7, [0x08, 5])
            answer = part(2, message) + answer
        }
        send(connection, type: 1, flags: 4, stream: stream, head)
        let length = [24, 16, 8, 0].map { UInt8(answer.count >> $0 & 0xFF) }
        send(connection, type: 0, stream: stream, [0] + length + answer)
        if isLast || !isQuestion { send(connection, type: 1, flags: 5, stream: stream, literal("grpc-status", "0")) }
    }

    /// A field of a message that has a length.
    public static func part(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        var (head, rest) = ([number << 3 | 2], bytes.count)
        while rest > 127 {
            head.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return head + [UInt8(rest)] + bytes
    }

    /// `:status: 200` and the content type (RFC 7541, 6.1 and 6.2.2).
    private static var head: [UInt8] {
        let contentType = Array("application/grpc".utf8)
        return [0x88, 0x0F, 0x10, UInt8(contentType.count)] + contentType
    }

    /// A literal field that is not indexed (RFC 7541, 6.2.2).
    private static func literal(_ name: String, _ value: String) -> [UInt8] {
        [0x00, UInt8(name.utf8.count)] + Array(name.utf8) + [UInt8(value.utf8.count)] + Array(value.utf8)
    }

    private static func send(_ connection: Int32, type: UInt8, flags: UInt8 = 0, stream: Int, _ payload: [UInt8]) {
        let length = payload.count
        let head = [UInt8(length >> 16 & 0xFF), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF), type, flags]
        let identifier = [24, 16, 8, 0].map { UInt8(stream >> $0 & 0xFF) }
        _ = (head + identifier + payload).withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
    }

    private static func read(_ connection: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let result = bytes[filled...].withUnsafeMutableBytes { recv(connection, $0.baseAddress, $0.count, 0) }
            guard result > 0 else { return nil }
            filled += result
        }
        return bytes
    }
}
