import Foundation
import RPCCore
import TestSupport
import Testing

@testable import GatewayTransport

@Suite("Messages of the dialect")
struct MessageTests {
    static let names = [
        "Ana", "", " ", "\"", "\\", "/", "a\"b\\c", "\n\r\t", "\u{08}\u{0C}\u{0}\u{1F}\u{7F}", "é", "e\u{301}", "👩‍👩‍👧",
        "日本語",
        "\u{2028}\u{2029}", "\u{1B}]0;owned\u{07}", "\u{FEFF}x", "\r\n", String(repeating: "x", count: 70_000),
    ]

    @Test("A request is written as JSON that reads back as the same request", arguments: names)
    func encode(name: String) throws {
        for request in [HelloRequest(name: name), HelloRequest(name: "x", language: name)] {
            let json = Payload(request.value, Greeter.request, .json).bytes
            let object = try JSONDecoder().decode([String: String].self, from: Data(json))
            #expect(object == ["name": request.name, "language": request.language].compactMapValues(\.self))
            #expect(!json.contains { $0 < 0x20 })
        }
    }

    @Test("Escapes are the short ones where there are, and only where they must be")
    func escapes() {
        func encoded(_ request: HelloRequest) -> String? { Payload(request.value, Greeter.request, .json).text }
        let request = HelloRequest(name: "\"\\/\n\r\t\u{1}\u{1F}é", language: "en")
        #expect(encoded(request) == #"{"name":"\"\\/\n\r\t\u0001\u001fé","language":"en"}"#)
        #expect(encoded(HelloRequest(name: "")) == #"{"name":""}"#)
    }

    static let reply = HelloReply(message: "Hi", language: "en")

    static let meanings: [(text: String, meaning: Meaning)] = [
        (#"{"type":"response","data":{"message":"Hi","language":"en"}}"#, .reply(reply, isEnveloped: true)),
        (
            #" { "data" : { "language" : "en" , "message" : "Hi" } , "type" : "response" } "#,
            .reply(reply, isEnveloped: true)
        ),
        (#"{"data":{"message":"Hi","language":"en"}}"#, .reply(reply, isEnveloped: false)),
        (#"{"message":"Hi","language":"en"}"#, .reply(reply, isEnveloped: false)),
        (#"{"message":"Hi","language":null}"#, .reply(HelloReply(message: "Hi"), isEnveloped: false)),
        (#"{"message":"Hi","unknown":[1,{"a":null}],"language":"en"}"#, .reply(reply, isEnveloped: false)),
        (#"{"type":"response","data":{}}"#, .reply(HelloReply(message: ""), isEnveloped: true)),
        (#"{"type":"response","data":{"message":null}}"#, .reply(HelloReply(message: ""), isEnveloped: true)),
        (#"{"message":"\ud83d\ude00\u00e9\n\/"}"#, .reply(HelloReply(message: "😀é\n/"), isEnveloped: false)),
        (#"{"type":"complete"}"#, .complete),
        (#"{"type":"complete","extra":true}"#, .complete),
        (#"{"type":"error","error":"Invalid request: no name"}"#, .refusal("Invalid request: no name")),
        (#"{"type":"error","error":"boom"}"#, .failure(ReportedError("boom"))),
        (#"{"type":"error"}"#, .failure(ReportedError("no reason given"))),
        (#"{"error":"boom"}"#, .failure(ReportedError("boom"))),
        (#"{"type":"progress","data":{}}"#, .unknown(type: "progress")),
        (#"{"type":"progress","code":7,"status":"failed-over"}"#, .unknown(type: "progress")),
        // No error is no error, in whatever way that is said.
        (#"{"message":"Hi","language":"en","error":null}"#, .reply(reply, isEnveloped: false)),
        (#"{"message":"Hi","language":"en","error":""}"#, .reply(reply, isEnveloped: false)),
        (#"{"message":"Hi","language":"en","error":false}"#, .reply(reply, isEnveloped: false)),
        (#"{"message":"Hi","language":"en","error":0}"#, .reply(reply, isEnveloped: false)),
        (#"{"message":"Hi","language":"en","status":"ok","code":null}"#, .reply(reply, isEnveloped: false)),
        (#"{"message":"Hi","language":"en","statusCode":200,"success":true}"#, .reply(reply, isEnveloped: false)),
        (
            #"{"code":0,"message":"success","error":null,"data":{"message":"Hi","language":"en"}}"#,
            .reply(reply, isEnveloped: false)
        ),
        (#"{"code":"0","data":{"message":"Hi","language":"en"}}"#, .reply(reply, isEnveloped: false)),
        (#"{"code":200,"message":"OK","data":{"message":"Hi","language":"en"}}"#, .reply(reply, isEnveloped: false)),
        (
            #"{"type":"response","data":{"message":"Hi","language":"en"},"error":null}"#,
            .reply(reply, isEnveloped: true)
        ),
        (#"{"type":"complete","error":null,"code":0}"#, .complete),
        // One request is refused in words alone; a code of another sort ends the call.
        (
            #"{"type":"error","error":{"code":3,"message":"Invalid request: no name"}}"#,
            .refusal("Invalid request: no name")
        ),
        (
            #"{"type":"error","error":{"code":7,"message":"Invalid request signature"}}"#,
            .failure(ReportedError("Invalid request signature", number: .status(.permissionDenied)))
        ),
    ]

    @Test("Every shape that servers send has its meaning", arguments: meanings)
    func decode(text: String, meaning: Meaning) throws {
        #expect(Meaning(try ServerMessage.decode(Array(text.utf8)), of: text) == meaning)
    }

    static let failures: [(text: String, reason: String)] = [
        ("", "malformed JSON (the end where a value must be at byte 0)"),
        ("{", "malformed JSON (no name of a member at byte 1)"),
        (#"{"message":"Hi"} x"#, "malformed JSON (something after the end at byte 17)"),
        (#"{"message":"Hi}"#, "malformed JSON (the end in a text at byte 15)"),
        (#"{"message":"\x"}"#, "malformed JSON (an escape that is none at byte 12)"),
        ("[]", "not a JSON object"), ("5", "not a JSON object"), (#""x""#, "not a JSON object"),
        (#"{"message":5}"#, "the field 'message' has the wrong type"),
        (#"{"type":"response","data":[]}"#, "the field 'data' has the wrong type"),
        (#"{"type":"response","data":{"message":5}}"#, "the field 'data.message' has the wrong type"),
        (#"{"type":"response"}"#, "a response without data"),
        ("{}", "neither a reply nor an envelope of one"),
        (#"{"code":0,"message":"success"}"#, "neither a reply nor an envelope of one"),
        (#"{"data":null}"#, "neither a reply nor an envelope of one"),
    ]

    @Test("What is no message is refused with its reason", arguments: failures)
    func refuse(text: String, reason: String) {
        #expect(throws: DecodingFailure(reason: reason)) { try ServerMessage.decode(Array(text.utf8)) }
    }

    @Test("The fast reader says what Foundation's parser says, or nothing, over mutations of real messages")
    func fastReaderAgrees() {
        var generator = SplitMix(state: 7)
        let alphabet = Array("{}[]\":,\\nu0aé\u{1}null type data message ".utf8)
        var decided = 0
        for round in 0..<8000 {
            var bytes = Array(Self.meanings[round % 16].text.utf8)
            for _ in 0..<round % 4 {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(alphabet.randomElement(using: &generator) ?? 0, at: place)
                default: bytes[place] = alphabet.randomElement(using: &generator) ?? 0
                }
            }
            let text = Array(String(decoding: bytes, as: UTF8.self).utf8)
            guard let fast = text.withUnsafeBytes({ FastMessageReader.read($0) }) else { continue }
            decided += 1
            let general = try? ServerMessageDecoder.decode(text)
            #expect(
                general.map { Meaning($0, of: text) } == Meaning(fast, of: text),
                "\(String(decoding: text, as: UTF8.self))")
        }
        #expect(decided > 1000)
    }

    @Test("The fast reader does read what servers send all the time")
    func fastReaderReads() {
        func read(_ text: String) -> Meaning? {
            Array(text.utf8).withUnsafeBytes { FastMessageReader.read($0) }.map { Meaning($0, of: text) }
        }
        for given in Self.meanings.prefix(5) { #expect(read(given.text) == given.meaning) }
        #expect(read(#"{"type":"complete"}"#) == .complete)
    }
}

/// What a message means, with what a reply says.
enum Meaning: Hashable, Sendable {
    case reply(HelloReply?, isEnveloped: Bool)
    case complete
    case refusal(String)
    case failure(ReportedError)
    case unknown(type: String)

    init(_ message: ServerMessage, of text: String) { self.init(message, of: Array(text.utf8)) }

    init(_ message: ServerMessage, of text: [UInt8]) {
        self =
            switch message {
            case .reply(let place, let isEnveloped):
                .reply(
                    Payload(Greeter.reply, .json, text[...], message: place).value.map { HelloReply($0) },
                    isEnveloped: isEnveloped)
            case .complete: .complete
            case .refusal(let reason): .refusal(reason)
            case .failure(let error): .failure(error)
            case .unknown(let type): .unknown(type: type)
            }
    }
}

/// A small generator with a seed, so that a failure comes again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
