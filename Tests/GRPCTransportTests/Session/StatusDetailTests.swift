import Foundation
import GRPCWire
import NIOCore
import RPCCore
import RawFrames
import TestSupport
import Testing

@testable import GRPCTransport

@Suite("Details of a status", .timeLimit(.minutes(10)))
struct StatusDetailTests {
    /// A message of protocol buffers.
    private static func message(_ write: (inout ByteBuffer) -> Void) -> ByteBuffer {
        var buffer = ByteBuffer()
        write(&buffer)
        return buffer
    }

    /// A message of texts, by the numbers of their fields.
    private static func texts(_ texts: KeyValuePairs<Int, String>) -> ByteBuffer {
        message { for (number, text) in texts { $0.writeField(number, text) } }
    }

    private static func list(_ items: [ByteBuffer], field: Int = 1) -> ByteBuffer {
        message { for item in items { $0.writeField(field, item) } }
    }

    private static func delay(_ seconds: UInt64, _ nanoseconds: UInt64) -> ByteBuffer {
        list([
            message {
                $0.writeField(1, value: seconds)
                $0.writeField(2, value: nanoseconds)
            }
        ])
    }

    /// A google.rpc.Status with these details, in base64.
    private static func status(_ details: [(type: String, value: ByteBuffer)]) -> String {
        let bytes = message { status in
            status.writeField(1, value: 3)
            status.writeField(2, "why")
            for detail in details {
                status.writeField(
                    3,
                    message {
                        $0.writeField(1, "type.googleapis.com/\(detail.type)")
                        $0.writeField(2, detail.value)
                    })
            }
        }
        return Data(bytes.readableBytesView).base64EncodedString()
    }

    @Test("a type is cut where it is too long, be it one character")
    func longType() throws {
        let details = try #require(
            StatusDetails(base64: Self.status([("e" + String(repeating: "\u{301}", count: 1200), ByteBuffer())])))
        #expect(
            details.details.first?.type.unicodeScalars.count == StatusDetails.textLimit + 1
                - "type.googleapis.com/".count)
    }

    static let known: [(String, ByteBuffer, String)] = [
        (
            "google.rpc.BadRequest",
            list([texts([1: "name", 2: "must not be empty"]), texts([1: "language", 2: "is unknown"])]),
            "BadRequest: name: must not be empty; language: is unknown"
        ),
        ("google.rpc.RetryInfo", delay(1, 500_000_000), "RetryInfo: retry_delay: 1.5s"),
        (
            "google.rpc.ErrorInfo",
            message {
                $0.writeField(1, "QUOTA")
                $0.writeField(2, "greeter.example")
                $0.writeField(3, texts([1: "limit", 2: "10"]))
            }, "ErrorInfo: reason: QUOTA; domain: greeter.example; limit: 10"
        ),
        (
            "google.rpc.Help", list([texts([1: "the manual", 2: "https://greeter.example"])]),
            "Help: the manual: https://greeter.example"
        ),
        ("google.rpc.LocalizedMessage", texts([1: "de", 2: "Nein"]), "LocalizedMessage: de: Nein"),
        (
            "google.rpc.PreconditionFailure", list([texts([1: "TOS", 2: "google.com/cloud", 3: "not accepted"])]),
            "PreconditionFailure: TOS google.com/cloud: not accepted"
        ),
        ("google.rpc.QuotaFailure", list([texts([1: "user:ana", 2: "10 a day"])]), "QuotaFailure: user:ana: 10 a day"),
        (
            "google.rpc.RequestInfo", texts([1: "42", 2: "here"]), "RequestInfo: request_id: 42; serving_data: here"
        ),
        (
            "google.rpc.ResourceInfo", texts([1: "greeting", 2: "hello", 4: "is gone"]),
            "ResourceInfo: resource_type: greeting; resource_name: hello; description: is gone"
        ),
        (
            "google.rpc.DebugInfo",
            message {
                $0.writeField(1, "main")
                $0.writeField(1, "greet")
                $0.writeField(2, "nil")
            }, "DebugInfo: stack: main; stack: greet; detail: nil"
        ),
        ("greeter.Other", ByteBuffer(bytes: [0, 1, 0xFF]), "greeter.Other: hex: 0001ff"),
        // What does not fit its definition is shown as what it is.
        ("google.rpc.Help", ByteBuffer(bytes: [0xFF]), "Help: hex: ff"),
        ("google.rpc.RetryInfo", delay(UInt64.max, 0), "RetryInfo: hex: 0a0d08ffffffffffffffffff011000"),
    ]

    @Test("those of google.rpc are read, and others shown as they are", arguments: known.indices)
    func reads(index: Int) throws {
        let (type, value, text) = Self.known[index]
        let details = try #require(StatusDetails(base64: Self.status([(type, value)])))
        #expect(details.details.map(\.description) == [text])
    }

    @Test("they come with the error of the call, and the time to wait is the server's wish")
    func call() async throws {
        let all = Self.status([
            ("google.rpc.BadRequest", Self.list([Self.texts([1: "name", 2: "no"])])),
            ("google.rpc.RetryInfo", Self.delay(2, 0)),
        ])
        let server = try await ScriptedServer { _, stream in
            [
                .head(stream),
                .fields(
                    ["grpc-status": "3", "grpc-message": "why", "grpc-status-details-bin": all], ends: true,
                    stream: stream),
            ]
        }
        let error = try await error(at: server)
        #expect(error.code == .invalidArgument)
        #expect(error.details.map(\.description) == ["BadRequest: name: no", "RetryInfo: retry_delay: 2s"])
        #expect(error.pushback == .wait(.seconds(2)))
    }

    @Test("what is said of milliseconds goes before what the details say")
    func pushback() async throws {
        let info = Self.status([("google.rpc.RetryInfo", Self.delay(2, 0))])
        let server = try await ScriptedServer { _, stream in
            [
                .head(stream),
                .fields(
                    ["grpc-status": "14", "grpc-status-details-bin": info, "grpc-retry-pushback-ms": "7"], ends: true,
                    stream: stream),
            ]
        }
        #expect(try await error(at: server).pushback == .wait(.milliseconds(7)))
    }

    @Test("what is meant for whoever uses the program goes first")
    func order() throws {
        let all = Self.status(
            ["google.rpc.RequestInfo", "google.rpc.LocalizedMessage", "google.rpc.RequestInfo"].map {
                ($0, Self.texts([1: "a", 2: "b"]))
            })
        let details = try #require(StatusDetails(base64: all)).details
        #expect(details.map(\.description).first == "LocalizedMessage: a: b")
        #expect(details.count == 3)
    }

    @Test("what the service defines is read by that, and anything else is there for whoever finds it out")
    func ofTheService() throws {
        let all = Self.status([("shop.Gone", Self.texts([1: "x"])), ("shop.Other", Self.texts([1: "y"]))])
        let details = try #require(StatusDetails(base64: all, codec: ShopCodec())).details
        #expect(details.map(\.description) == ["shop.Gone: item: x", "shop.Other: hex: 0a0179"])
        #expect(details.map(\.unread) == [[], [0x0A, 1, 0x79]])
    }

    @Test("details that are broken are a notice, and the status is what it is", arguments: ["!", "GgX/", "CAM="])
    func broken(value: String) async throws {
        let server = try await ScriptedServer { _, stream in
            [
                .head(stream),
                .fields(
                    ["grpc-status": "5", "grpc-message": "why", "grpc-status-details-bin": value], ends: true,
                    stream: stream),
            ]
        }
        let log = EventLog()
        try await withScript(server, patient()) { transport in
            let error = await transport.greet(.unary, ["Ana"], log: log).error
            #expect(error?.code == .notFound)
            #expect(error?.details.isEmpty == true)
        }
        // The last of them is a status without details.
        #expect(log.notices.count == (value == "CAM=" ? 0 : 1), "\(log.notices)")
    }

    @Test("without end they are bounded")
    func bounded() throws {
        let long = String(repeating: "é", count: 10_000)
        let field = Self.texts([1: long, 2: long])
        let many = Array(
            repeating: ("google.rpc.BadRequest", Self.list(Array(repeating: field, count: 100))), count: 30)
        let details = try #require(StatusDetails(base64: Self.status(many))).details
        #expect(details.count == 16)
        #expect(details.allSatisfy { $0.fields.count == 32 })
        #expect(details.allSatisfy { $0.fields.allSatisfy { $0.value.unicodeScalars.count == 501 } })
    }

    @Test("what is no status is none", arguments: ["", "!", "/w==", "GgX/"])
    func none(text: String) {
        #expect(StatusDetails(base64: text)?.details.isEmpty ?? true)
    }
}

/// Knows one type beside its own.
private final class ShopCodec: MessageCodec {
    let name = "shop.Item"
    let fields: [MessageField] = []
    let example = MessageValue()

    func write(_ value: MessageValue, as encoding: Payload.Encoding, to bytes: inout [UInt8]) {}
    func value(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> MessageValue? { nil }
    func fits(_ bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> Bool { false }
    func summary(of value: MessageValue) -> String { "" }

    func value(of bytes: UnsafeRawBufferPointer, ofType name: String) -> MessageValue? {
        name == "shop.Gone" ? MessageValue([.init("item", String(decoding: bytes.dropFirst(2), as: UTF8.self))]) : nil
    }
}
