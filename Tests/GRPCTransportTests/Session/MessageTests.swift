import GRPCWire
import NIOCore
import RPCCore
import RawFrames
import TestSupport
import Testing

@testable import GRPCTransport

@Suite("Messages", .timeLimit(.minutes(10)))
struct MessageTests {
    private func read(
        _ pieces: [[UInt8]], limit: Int = 100
    ) throws(CallError) -> [[UInt8]] {
        var (reader, messages) = (MessageReader(limit: limit), [[UInt8]]())
        for piece in pieces {
            try reader.read(ByteBuffer(bytes: piece)) { _, message throws(CallError) in messages.append(Array(message))
            }
        }
        return messages
    }

    @Test("messages come whole, however they were cut", arguments: 1...20)
    func cuts(size: Int) throws {
        let bytes: [UInt8] = [0, 0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 4, 5]
        let pieces = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
        #expect(try read(pieces) == [[1, 2, 3], [], [4, 5]])
    }

    @Test("nothing but the message that is not complete is kept, though no read ends where a message does")
    func keepsNoMore() throws {
        var reader = MessageReader(limit: 100)
        let message: [UInt8] = [0, 0, 0, 0, 95] + [UInt8](repeating: 1, count: 95)
        try reader.read(ByteBuffer(bytes: message.prefix(50))) { _, _ in }
        for _ in 0..<1000 {
            try reader.read(ByteBuffer(bytes: message.dropFirst(50) + message.prefix(50))) { _, _ in }
            #expect(reader.isInMessage)
            #expect(reader.heldBytes <= 512)
        }
    }

    @Test("a message over the limit is refused by its length, and a flag that means nothing at once")
    func refuses() {
        let tooLong = #expect(throws: CallError.self) { try read([[0, 0, 0, 0, 101]]) }
        #expect(tooLong?.code == .resourceExhausted)
        #expect(tooLong?.cause == "the server's message has 101 bytes, and 100 are accepted")
        let flag = #expect(throws: CallError.self) { try read([[2, 0, 0, 0, 0]]) }
        #expect(flag?.code == .internal)
    }

    private func inflate(_ bytes: [UInt8], limit: Int = 1 << 20) throws(CallError) -> [UInt8] {
        let result: Result<[UInt8], CallError> = bytes.withUnsafeBytes { bytes in
            Result { () throws(CallError) in try MessageCompression.inflate(bytes, limit: limit) }
        }
        return try result.get()
    }

    private func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        try bytes.withUnsafeBytes { try MessageCompression.gzip($0) }
    }

    @Test("what is compressed comes back", arguments: [0, 1, 1000, 100_000])
    func roundTrip(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) }
        #expect(try inflate(gzip(bytes)) == bytes)
    }

    @Test("deflate is understood")
    func deflate() throws {
        // zlib.compress(b"Hello") of Python.
        let bytes: [UInt8] = [0x78, 0x9C, 0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x05, 0x8C, 0x01, 0xF5]
        #expect(try inflate(bytes) == Array("Hello".utf8))
    }

    @Test("a message that is cut short anywhere, is corrupt, goes on, or grows too large is refused at once")
    func damaged() throws {
        let whole = try gzip((0..<500).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 3) })
        for count in 0..<whole.count {
            let error = #expect(throws: CallError.self) { try inflate(Array(whole.prefix(count))) }
            #expect(error?.cause == "a compressed message of the server is cut short", "\(count)")
        }
        var corrupt = whole
        corrupt[whole.count - 6] ^= 0xFF
        #expect(throws: CallError.self) { try inflate(corrupt) }
        #expect(throws: CallError.self) { try inflate(whole + [0]) }
        let bomb = try gzip([UInt8](repeating: 0, count: 500_000))
        let error = #expect(throws: CallError.self) { try inflate(bomb, limit: 10_000) }
        #expect(error?.code == .resourceExhausted)
    }

    private func reply(_ bytes: [UInt8]) -> HelloReply? {
        let value = bytes.withUnsafeBytes { Greeter.reply.value(of: $0, as: .protobuf) }
        #expect(bytes.withUnsafeBytes { Greeter.reply.fits($0, as: .protobuf) } == (value != nil))
        return value.map { HelloReply($0) }
    }

    @Test("replies are read as the library reads them, with fields that nobody knows")
    func replies() {
        #expect(reply([]) == HelloReply(message: ""))
        #expect(reply(RawFrame.hello) == HelloReply(message: "Hello"))
        let more: [UInt8] =
            [0x18, 0x96, 0x01, 0x21, 1, 2, 3, 4, 5, 6, 7, 8, 0x2D, 1, 2, 3, 4, 0x32, 1, 0xFF] + RawFrame.hello
            + [0x12, 2] + Array("en".utf8)
        #expect(reply(more) == HelloReply(message: "Hello", language: "en"))
    }

    @Test(
        "bytes that are no reply are refused",
        arguments: [
            [0x0A], [0x0A, 5, 0x48], [0x0A, 1, 0xFF], [0x08, 1], [0x03], [0x00], [0xFF],
            [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
        ] as [[UInt8]])
    func noReplies(bytes: [UInt8]) {
        #expect(reply(bytes) == nil)
    }

    @Test("requests are written as protocol buffers are, and empty fields left out")
    func requests() {
        func written(_ request: HelloRequest) -> [UInt8] {
            Array(Payload(request.value, Greeter.request, .protobuf).bytes)
        }
        #expect(written(HelloRequest(name: "Ana")) == [0x0A, 3] + Array("Ana".utf8))
        #expect(written(HelloRequest(name: "")) == [])
        #expect(written(HelloRequest(name: "", language: "en")) == [0x12, 2] + Array("en".utf8))
        let long = String(repeating: "é", count: 10_000)
        // 20,000 bytes, in groups of seven bits, the lowest first.
        #expect(
            written(HelloRequest(name: long, language: "de"))
                == [0x0A, 0xA0, 0x9C, 0x01] + Array(long.utf8) + [0x12, 2] + Array("de".utf8))
    }
}
