import Foundation
import NIOCore
import RPCCore
import TestSupport
import Testing
import TransportSupport

@testable import GatewayTransport

/// Wrong JSON is wrong wherever it comes from and wherever it stands, also where nobody would have looked.
@Suite("Strict JSON")
struct StrictJSONTests {
    /// One text of Tests/Cases/json-parsing.jsonl.
    struct Case: Decodable, Sendable {
        enum Expectation: String, Decodable { case accept, refuse, either }

        var name: String
        var expect: Expectation
        var hex: String
        /// How often `hex` is repeated; once unless given.
        var times: Int?

        var bytes: [UInt8] {
            let digits = Array(hex)
            let once = stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(digits[$0..<$0 + 2]), radix: 16)
            }
            return Array(repeatElement(once, count: times ?? 1).joined())
        }
    }

    enum Path: CaseIterable, Sendable { case webSocket, serverSentEvents, unary }

    static func cases() throws -> [Case] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Cases/json-parsing.jsonl")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .map { try JSONDecoder().decode(Case.self, from: Data($0.utf8)) }
    }

    /// What a body, an event or a message means: the reply's text, or `nil` for a failure.
    static func reply(to bytes: [UInt8], over path: Path) -> String? {
        switch path {
        case .webSocket:
            guard
                case .message(.reply(let place, _), let text) = Arrival(
                    .text(ByteBuffer(bytes: bytes)), by: ReplyReader(Greeter.reply))
            else {
                return nil
            }
            return Payload(Greeter.reply, .json, text[...], message: place).value?["message"]
        case .serverSentEvents:
            var stream = ReplyStream(
                limit: .max, request: 1, replies: 0, reader: ReplyReader(Greeter.reply), clock: SystemClock())
            let lines = bytes.split(omittingEmptySubsequences: false) { $0 == 0x0A || $0 == 0x0D }
            var event: [UInt8] = []
            for line in lines { event += Array("data: ".utf8) + line + [0x0A] }
            event.append(0x0A)
            let (messages, failure) = stream.take(ByteBuffer(bytes: event))
            guard failure == nil, case .reply(let reply) = messages.first?.body else { return nil }
            return reply.message
        case .unary:
            return try? UnaryExchange.decode(ByteBuffer(bytes: bytes), by: ReplyReader(Greeter.reply)).summary
        }
    }

    @Test(
        "What must be refused is refused: alone, as a field that is read, and as one that is ignored",
        arguments: Path.allCases)
    func refuse(path: Path) throws {
        let wrong = try Self.cases().filter { $0.expect == .refuse }
        #expect(wrong.count == 188)
        for given in wrong {
            let bytes = given.bytes
            for (before, after) in [
                ("", ""), (#"{"message":"#, "}"), (#"{"message":"Hi","extra":"#, "}"),
                (#"{"extra":"#, #","message":"Hi"}"#), (#"{"type":"response","data":{"message":"Hi","extra":"#, "}}"),
            ] {
                let text = Array(before.utf8) + bytes + Array(after.utf8)
                #expect(Self.reply(to: text, over: path) == nil, "\(given.name) in \(before)\(after)")
            }
        }
    }

    @Test("What must be accepted is accepted in a field that is ignored", arguments: Path.allCases)
    func accept(path: Path) throws {
        let right = try Self.cases().filter { $0.expect == .accept }
        #expect(right.count == 95)
        for given in right {
            let text = Array(#"{"message":"Hi","extra":"#.utf8) + given.bytes + Array("}".utf8)
            #expect(Self.reply(to: text, over: path) == "Hi", "\(given.name)")
        }
    }

    @Test("What may be either does no harm", arguments: Path.allCases)
    func either(path: Path) throws {
        for given in try Self.cases().filter({ $0.expect == .either }) {
            _ = Self.reply(to: given.bytes, over: path)
            _ = Self.reply(to: Array(#"{"message":"#.utf8) + given.bytes + Array("}".utf8), over: path)
            _ = Self.reply(to: Array(#"{"message":"Hi","extra":"#.utf8) + given.bytes + Array("}".utf8), over: path)
        }
    }

    static let faults: [(text: String, fault: String?)] = [
        (#"{"a":[1,-0.5e+7,true,false,null,"\u00e9\ud83d\ude00"]}"#, nil), ("\u{FEFF}{}", nil), (" 0 ", nil),
        (#"{"a":1,}"#, "no name of a member at byte 7"), ("[1,]", "no value where one must be at byte 3"),
        ("[-01]", "neither a comma nor the end of the array at byte 3"),
        ("[1.]", "no digit where one must be at byte 3"),
        ("[+1]", "no value where one must be at byte 1"), ("[NaN]", "no value where one must be at byte 1"),
        ("[\"a\tb\"]", "a control character in a text at byte 3"), ("{} x", "something after the end at byte 3"),
        (#"["\ud800"]"#, "half of a surrogate pair at byte 2"),
        (#"["\udc00\ud800"]"#, "half of a surrogate pair at byte 2"),
        (#"["\ud800\u0061"]"#, "half of a surrogate pair at byte 2"), (#"["\x"]"#, "an escape that is none at byte 2"),
        (#"["a"#, "the end in a text at byte 3"), (#"{"a" 1}"#, "no colon after a name at byte 5"),
        ("", "the end where a value must be at byte 0"),
    ]

    @Test("A fault is told with its place", arguments: faults)
    func places(text: String, fault: String?) {
        #expect(Array(text.utf8).withUnsafeBytes { JSONCheck.fault(in: $0)?.description } == fault)
    }

    @Test(
        "Bytes that are not UTF-8 are no JSON",
        arguments: [[0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82]])
    func notUTF8(bytes: [UInt8]) {
        let text = Array("[\"".utf8) + bytes + Array("\"]".utf8)
        #expect(text.withUnsafeBytes { JSONCheck.fault(in: $0)?.description } == "bytes that are not UTF-8 at byte 2")
    }

    @Test("Nesting is followed to a depth, and no further")
    func depth() {
        for (count, isRight) in [
            (JSONCheck.depthLimit, true), (JSONCheck.depthLimit + 1, true), (JSONCheck.depthLimit + 2, false),
            (10_000, false),
        ] {
            let text = String(repeating: "[", count: count) + String(repeating: "]", count: count)
            #expect((Array(text.utf8).withUnsafeBytes { JSONCheck.fault(in: $0) } == nil) == isRight, "\(count)")
        }
    }
}
