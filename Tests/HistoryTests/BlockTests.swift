import Foundation
import RPCCore
import TestSupport
import Testing

@testable import History

/// A message of any service, as a block keeps it.
private struct RawMessage: Equatable {
    var number = 1
    var time = Duration.zero
    var size: Int?
    var form = StreamMessage.Form.grpcMessage
    var role = MessageParts.Role.response
    var encoding: Payload.Encoding?
    var payload: [UInt8] = []
    var text: [UInt8]?
    var answers: Int?
    var place: AnswerPlace?

    func withParts(_ body: (MessageParts) -> Void) {
        payload.withUnsafeBytes { payload in
            (text ?? []).withUnsafeBytes { bytes in
                body(
                    MessageParts(
                        number: number, time: time, size: size, form: form, role: role,
                        payload: encoding.map { ($0, payload) },
                        texts: text == nil ? nil : MessageParts.Texts(first: bytes), answers: answers, place: place))
            }
        }
    }

    init(_ parts: MessageParts) {
        (number, time, size, form, role) = (parts.number, parts.time, parts.size, parts.form, parts.role)
        if let payload = parts.payload { (encoding, self.payload) = (payload.encoding, Array(payload.bytes)) }
        text = parts.texts.map { Array($0.first) }
        (answers, place) = (parts.answers, parts.place)
    }

    init(_ number: Int, _ encoding: Payload.Encoding?, _ payload: [UInt8], text: String? = nil) {
        (self.number, self.encoding, self.payload) = (number, encoding, payload)
        self.text = text.map { Array($0.utf8) }
    }
}

@Suite("Blocks of messages")
struct BlockTests {
    private static func block(_ messages: [RawMessage], first: Int = 1) -> Block {
        var encoder = MessageBlockEncoder(.received, first: first)
        for message in messages { message.withParts { encoder.append($0) } }
        return encoder.block
    }

    private static func decoded(_ block: Block) throws -> [RawMessage] { try block.messages { RawMessage($0) } }

    /// `HelloRequest`: a field of each text, with its key and its length.
    private static func protobuf(_ texts: String...) -> [UInt8] {
        texts.enumerated().flatMap { [UInt8(($0 + 1) << 3 | 2), UInt8($1.utf8.count)] + Array($1.utf8) }
    }

    /// Payloads of all sorts, one after the other: alike and not, empty, no UTF-8, with texts in them, beside them and without.
    private static let mixed: [RawMessage] = {
        var messages = [
            RawMessage(1, .protobuf, protobuf("Ana", "en"), text: "Ana"),
            RawMessage(2, .protobuf, protobuf("Bo", "en"), text: "Bo"),
            RawMessage(3, .protobuf, [0x08, 0x96, 0x01, 0xFF, 0xC0]), RawMessage(4, .protobuf, []),
            RawMessage(5, .json, Array(#"{"id": 1}"#.utf8)), RawMessage(6, .json, Array(#"{"id": 12}"#.utf8)),
            RawMessage(7, .json, Array(#"{"m":"\u0041"}"#.utf8), text: "A"),
            RawMessage(8, .json, Array(#"{"m":"A"}"#.utf8), text: "A"),
            RawMessage(9, .json, Array(#"{"m":"A","l":"pt-BR"}"#.utf8), text: "A"),
            RawMessage(10, nil, [], text: "no payload"), RawMessage(11, nil, []),
            RawMessage(12, .json, Array("aaaa".utf8)), RawMessage(13, .json, Array("aaa".utf8)),
            RawMessage(14, .json, Array("aaaaa".utf8), text: ""), RawMessage(15, .json, [], text: ""),
            RawMessage(16, .protobuf, (0..<255).map { UInt8($0) } + [7, 7]),
        ]
        messages[2].answers = 2
        messages[3].place = AnswerPlace(replies: 3, refusals: 1)
        (messages[4].role, messages[4].time, messages[4].size) = (.rejection, .nanoseconds(-5), 1 << 40)
        (messages[5].role, messages[5].form) = (.noise, .serverSentEvent)
        return messages
    }()

    @Test("payloads of either encoding are read as they travelled, with or without texts")
    func roundTrip() throws {
        let block = Self.block(Self.mixed)
        #expect(block.data.first == 3)
        #expect(block.count == Self.mixed.count)
        #expect(try Self.decoded(block) == Self.mixed)
    }

    @Test("payloads that are alike take little", arguments: [Payload.Encoding.json, .protobuf])
    func alike(_ encoding: Payload.Encoding) throws {
        let messages = (1...512).map { number in
            let name = "User \(100_000 + number)"
            let payload =
                encoding == .protobuf ? Self.protobuf(name, "en") : Array(#"{"name":"\#(name)","language":"en"}"#.utf8)
            return RawMessage(number, encoding, payload, text: name)
        }
        let block = Self.block(messages)
        // Flags, time, what is shared, and two digits.
        #expect(block.data.count < 512 * 8)
        #expect(try Self.decoded(block) == messages)
    }

    @Test("a block is full by what its payloads take in memory, however little is written")
    func full() {
        var encoder = MessageBlockEncoder(.received, first: 1)
        let message = RawMessage(1, .protobuf, [UInt8](repeating: 1, count: 8 << 10))
        for _ in 1...7 {
            message.withParts { encoder.append($0) }
            #expect(!encoder.isFull)
        }
        message.withParts { encoder.append($0) }
        #expect(encoder.isFull)
        #expect(encoder.byteCount < 9 << 10)
    }

    @Test(
        "what is cut or changed is damage, or reads as something; a block that would take more memory than any is damage"
    )
    func damage() throws {
        let block = Self.block(Self.mixed)
        for count in 0..<block.data.count {
            var cut = block
            cut.data = Array(block.data.prefix(count))
            #expect(throws: BlockDamage.self) { try Self.decoded(cut) }
        }
        for index in block.data.indices {
            for value in [0, 1, 3, 0x7F, 0x80, 0xFF] as [UInt8] {
                var changed = block
                changed.data[index] = value
                _ = try? Self.decoded(changed)
            }
        }
        var bomb = Self.block([RawMessage(1, .protobuf, [UInt8](repeating: 1, count: 40 << 10))])
        // Twice more the same payload: no bytes of its own.
        for _ in 2...4 { bomb.data += [0x10, 0, 0, 0x80, 0xC0, 2, 0, 0] }
        for count in 2...4 {
            bomb.count = count
            var part = bomb
            part.data.removeLast((4 - count) * 8)
            if count == 2 {
                #expect(try Self.decoded(part).count == 2)
            } else {
                #expect(throws: BlockDamage.self) { try Self.decoded(part) }
            }
        }
    }

    @Test(
        "blocks of version 2, which have texts beside or in the payloads, are read with the payloads that they keep or make"
    )
    func version2() throws {
        let names = ["Ana", #"Bo "b""#, #"Çé\n"#]
        let sent = try Self.earlier(
            """
            021830b8eba83000001e7b226e616d65223a22416e61222c226c616e6775616765223a22656e227d000912010402981000091208426f205c
            22625c2206426f2022622202656e581000091207c387c3a95c5c6e06c387c3a95c6e
            """, .sent)
        #expect(sent.map(\.body) == names.map { .request(HelloRequest(name: $0, language: "en")) })
        #expect(sent.first?.wire == #"{"name":"Ana","language":"en"}"#)
        let received = try Self.earlier(
            """
            02193bbcdcfa300000447b2274797065223a22726573706f6e7365222c2264617461223a7b226d657373616765223a2248656c6c6f2c2041
            6e6121222c226c616e6775616765223a22656e227d7d00261301050300009913002d1408426f205c22625c220e48656c6c6f2c20426f2022
            62222102656e5913002d1407c387c3a95c5c6e0e48656c6c6f2c20c387c3a95c6e21
            """, .received)
        let replies = names.map { HelloReply(message: "Hello, \($0)!", language: "en") }
        #expect(received.map(\.body) == replies.map { .reply($0) })
        #expect(received.first?.wire == #"{"type":"response","data":{"message":"Hello, Ana!","language":"en"}}"#)
        #expect(
            received.first.map { String(decoding: $0.payload.message, as: UTF8.self) }
                == #"{"message":"Hello, Ana!","language":"en"}"#)
        // gRPC, of which only the texts are there.
        let calls = try Self.earlier(
            "028c1480f2a23003416e6102656e094c140006426f202262220c4c140006c387c3a95c6e0c", .sent)
        #expect(
            calls.map(\.payload)
                == names.map { Payload(Greeter.request($0, language: "en"), Greeter.request, .protobuf) })
        #expect(calls.map(\.size) == calls.map(\.payload.bytes.count))
    }

    private static func earlier(_ hex: String, _ stream: BlockStream) throws -> [StreamMessage] {
        let digits = Array(hex.filter(\.isHexDigit))
        let data = stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
        return try Block(stream: stream, first: 1, count: 3, firstTime: 0, lastTime: 0, data: data)
            .messages(of: Greeter.method(.bidirectional))
    }
}
