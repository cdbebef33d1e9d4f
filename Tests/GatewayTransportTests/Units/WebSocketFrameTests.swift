import NIOCore
import Testing

@testable import WebSocketClient

@Suite("WebSocket frames")
struct WebSocketFrameTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var bytes: [UInt8]
        var expected: [WebSocketInbound]

        init(_ name: String, _ bytes: [UInt8], _ expected: [WebSocketInbound]) {
            self.name = name
            self.bytes = bytes
            self.expected = expected
        }

        var testDescription: String { name }
    }

    static func text(_ text: String) -> WebSocketInbound { .text(ByteBuffer(string: text)) }

    static func broken(_ cause: String, _ section: String) -> WebSocketInbound {
        .violation(.frame(cause, section: section))
    }

    static let long = String(repeating: "x", count: 126)
    static let longer = String(repeating: "y", count: 65_536)

    static let cases = [
        Case("text (RFC 6455, 5.7)", [0x81, 5, 0x48, 0x65, 0x6C, 0x6C, 0x6F], [text("Hello")]),
        Case("empty text", [0x81, 0], [text("")]),
        Case("length in two bytes", serverFrame(long), [text(long)]),
        Case("length in eight bytes", serverFrame(longer), [text(longer)]),
        Case(
            "fragments with a ping between (RFC 6455, 5.7)",
            [0x01, 3, 0x48, 0x65, 0x6C, 0x89, 1, 7, 0x00, 0, 0x80, 2, 0x6C, 0x6F],
            [.ping(ByteBuffer(bytes: [7])), text("Hello")]),
        Case("pong", [0x8A, 1, 7], [.pong(ByteBuffer(bytes: [7]))]),
        Case("binary", [0x82, 2, 1, 2], [.binary(ByteBuffer(bytes: [1, 2]))]),
        Case("close", closeFrame(1001, "bye"), [.close(code: 1001, reason: "bye")]),
        Case("close without a code", [0x88, 0], [.close(code: nil, reason: "")]),
        Case("half a close code", [0x88, 1, 3], [broken("the server sent a CLOSE frame with half a code", "5.5.1")]),
        Case("masked", serverFrame([0x61], mask: true), [broken("the server sent a masked frame", "5.1")]),
        Case(
            "reserved bit 1", [0xC1, 0], [broken("the server set reserved bits of a frame without an extension", "5.2")]
        ),
        Case(
            "reserved bit 3", [0x91, 0], [broken("the server set reserved bits of a frame without an extension", "5.2")]
        ),
        Case("opcode 3", [0x83, 0], [broken("the server sent a frame with the unknown opcode 3", "5.2")]),
        Case("opcode 11", [0x8B, 0], [broken("the server sent a frame with the unknown opcode 11", "5.2")]),
        Case("fragmented ping", [0x09, 0], [broken("the server sent a fragmented control frame", "5.5")]),
        Case(
            "ping of 126 bytes", serverFrame(long, first: 0x89),
            [broken("the server sent a control frame of 126 bytes, more than 125", "5.5")]),
        Case(
            "continuation of nothing", [0x80, 0],
            [broken("the server continued a message that it had not begun", "5.4")]),
        Case(
            "message in a message", [0x01, 0, 0x81, 0],
            [broken("the server began a message before it had finished another", "5.4")]),
        Case(
            "length longer than needed", [0x81, 126, 0, 5],
            [broken("the server wrote a length longer than needed", "5.2")]),
        Case(
            "length in eight bytes longer than needed", [0x81, 127, 0, 0, 0, 0, 0, 0, 1, 0],
            [broken("the server wrote a length longer than needed or allowed", "5.2")]),
        Case(
            "length with the highest bit", [0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0],
            [broken("the server wrote a length longer than needed or allowed", "5.2")]),
        Case(
            "over the limit, known from the header", [0x81, 127, 0, 0, 0, 0, 0, 1, 0x86, 0xA1],
            [.violation(.oversize(100_001, limit: 100_000))]),
        Case(
            "fragments over the limit", serverFrame(longer, first: 0x01) + serverFrame(longer, first: 0x00),
            [.violation(.oversize(131_072, limit: 100_000))]),
    ]

    @Test("Every input gives its messages, wherever it is cut", arguments: cases)
    func parse(_ given: Case) {
        for cut in Set(Array(0...min(20, given.bytes.count)) + [given.bytes.count / 2, given.bytes.count]) {
            var parser = WebSocketParser(limit: 100_000)
            var unread = ByteBuffer(bytes: given.bytes[..<cut])
            var parsed = Self.all(&parser, &unread)
            if case .violation = parsed.last {
            } else {
                unread.writeBytes(given.bytes[cut...])
                parsed += Self.all(&parser, &unread)
            }
            #expect(parsed == given.expected, "cut at \(cut)")
        }
    }

    static func all(_ parser: inout WebSocketParser, _ unread: inout ByteBuffer) -> [WebSocketInbound] {
        var parsed: [WebSocketInbound] = []
        do {
            while let next = try parser.next(from: &unread) { if let inbound = next { parsed.append(inbound) } }
        } catch {
            parsed.append(.violation(error))
        }
        return parsed
    }

    @Test(
        "Frames are written masked, with the length in as few bytes as it needs",
        arguments: [0, 1, 3, 4, 5, 125, 126, 65_535, 65_536])
    func write(count: Int) {
        let text = String((0..<count).map { Character(Unicode.Scalar(UInt8(0x20 + $0 % 64))) })
        var frames = WebSocketFrames()
        frames.append(text: text)
        var bytes = frames.finish()
        #expect(bytes.readInteger(as: UInt8.self) == 0x81)
        let head = bytes.readInteger(as: UInt8.self) ?? 0
        #expect(head & 0x80 != 0)
        switch count {
        case ...125: #expect(Int(head & 0x7F) == count)
        case ...65_535: #expect(head & 0x7F == 126 && bytes.readInteger(as: UInt16.self) == UInt16(count))
        default: #expect(head & 0x7F == 127 && bytes.readInteger(as: UInt64.self) == UInt64(count))
        }
        let key = bytes.readBytes(length: 4) ?? []
        let payload = (bytes.readBytes(length: count) ?? []).enumerated().map { $1 ^ key[$0 % 4] }
        #expect(payload == Array(text.utf8))
        #expect(bytes.readableBytes == 0)
    }

    @Test("Every frame has a masking key of its own")
    func keys() {
        var frames = WebSocketFrames()
        for _ in 0..<100 { frames.append(text: "") }
        var bytes = frames.finish()
        var keys: Set<UInt32> = []
        while bytes.readInteger(as: UInt16.self) != nil { keys.insert(bytes.readInteger(as: UInt32.self) ?? 0) }
        #expect(keys.count == 100)
    }

    @Test("What has been read is left behind, though messages still point into it")
    func leftOvers() {
        var unread = ByteBuffer()
        var messages: [ByteBuffer?] = []
        for _ in 0..<1000 {
            unread.writeOrTake(ByteBuffer(repeating: 0x61, count: 1000))
            messages.append(unread.readSlice(length: 999))
        }
        #expect(unread == ByteBuffer(repeating: 0x61, count: 1000))
        #expect(unread.storageCapacity <= 4096)
    }

    @Test("The check value of a handshake is that of RFC 6455, 1.3")
    func handshake() {
        #expect(acceptKey(for: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }
}
