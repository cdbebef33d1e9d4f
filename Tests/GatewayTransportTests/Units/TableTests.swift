import Foundation
import NIOCore
import NIOHTTP1
import RPCCore
import TestSupport
import Testing
import TransportSupport

@testable import GatewayTransport

@Suite("Tables and small rules")
struct TableTests {
    @Test(
        "Retry-After is read as seconds or as a date",
        arguments: [
            ("3", Duration.seconds(3)), (" 0 ", .zero), ("Sun, 22 Nov 2026 12:00:05 GMT", .seconds(5)),
            ("Sunday, 22-Nov-26 12:00:05 GMT", .seconds(5)), ("Sun Nov 22 12:00:05 2026", .seconds(5)),
            ("Sun, 22 Nov 2026 11:00:00 GMT", .zero), ("-1", nil), ("soon", nil), ("", nil),
            ("9223372036854775806", .longest), ("9223372036854775807", .longest), ("9223372036854775808", .longest),
            (String(repeating: "9", count: 10_000), .longest), ("31536001", .longest),
            ("31535999", .seconds(31_535_999)),
            ("-0", nil), ("+5", nil), ("1e308", nil), ("NaN", nil), ("Fri, 31 Dec 9999 23:59:59 GMT", .longest),
        ] as [(String, Duration?)])
    func retryAfter(value: String, expected: Duration?) {
        let noon = Date(timeIntervalSince1970: 1_795_348_800)
        #expect(RetryAfter.duration(of: value, now: noon) == expected)
    }

    @Test(
        "Whatever number stands in a header or in the body of a refusal, it is a failure that can be told",
        arguments: ["Retry-After", "grpc-retry-pushback-ms", "grpc-status", "grpc-message", "Location", ""])
    func extremes(header: String) {
        for number in Extremes.texts {
            for status in [
                HTTPResponseStatus.serviceUnavailable, .custom(code: 999, reasonPhrase: ""), .movedPermanently,
            ] {
                let body = header.isEmpty ? #"{"code":\#(number),"statusCode":\#(number),"message":"x"}"# : ""
                let refusal = HTTPRefusal(
                    status: status, headers: header.isEmpty ? [:] : [header: number], body: ByteBuffer(string: body))
                let error = refusal.callError(on: "/", at: .server, now: Date(timeIntervalSince1970: 1_795_348_800))
                #expect(error.code != .ok && !error.cause.isEmpty)
                if case .wait(let pause) = error.pushback { #expect((.zero ... .longest).contains(pause)) }
            }
        }
    }

    @Test(
        "Whatever number stands in a message, it has a meaning or is no message",
        arguments: ["code", "status", "statusCode", "error"])
    func extremeCodes(field: String) throws {
        for number in Extremes.texts {
            let text = #"{"\#(field)":\#(number),"data":{"message":"Hi"}}"#
            let bytes = Array(text.utf8)
            guard let message = try? ServerMessage.decode(bytes) else { continue }
            switch message {
            case .failure(let error): #expect(!error.callError.cause.isEmpty && error.code != .ok)
            case .reply: #expect(Meaning(message, of: bytes) == .reply(HelloReply(message: "Hi"), isEnveloped: false))
            default: Issue.record("\(message)")
            }
        }
    }

    @Test(
        "Durations are written as people write them",
        arguments: [
            (Duration.milliseconds(800), "0.8 s"), (.seconds(30), "30 s"), (.milliseconds(1), "0.001 s"),
            (.zero, "0 s"),
        ])
    func seconds(duration: Duration, text: String) {
        #expect(duration.inSeconds == text)
    }

    @Test("A secret is masked before a quotation is cut, wherever the cut would go through it")
    func quotedSecret() {
        let secret = "t0ken-of-thirty-two-characters-x"
        Redaction.$current.withValue(Redaction(secrets: [Secret(secret)])) {
            for before in 150...210 {
                let text = String(repeating: "x", count: before) + secret + String(repeating: "y", count: 300)
                for quoted in [Quote.beginning(of: text), Quote.bounded(text), Quote.beginning(of: Array(text.utf8))] {
                    #expect(!quoted.contains("t0"), "\(before)")
                }
            }
            // Masks are shorter than what they hide: what follows moves to the front.
            let many = Array(repeating: secret, count: 100).joined(separator: " ")
            for dropped in 0..<32 { #expect(!Quote.beginning(of: Array(many.utf8.dropFirst(dropped))).contains("t0")) }
        }
    }

    @Test("A quotation is bounded, on one line, and survives bytes that are no text")
    func quote() {
        #expect(Quote.beginning(of: "a\r\nb\tc") == "\"a  b c\"")
        #expect(
            Quote.beginning(of: String(repeating: "é", count: 300)) == "\"" + String(repeating: "é", count: 200) + "…\""
        )
        #expect(Quote.beginning(of: [0x61, 0xFF]) == "\"a\u{FFFD}\"")
        #expect(Quote.beginning(of: Array(repeating: UInt8(0x61), count: 10_000)).count == 203)
    }

    struct Refusal: Sendable {
        var status: HTTPResponseStatus
        var headers: [(String, String)] = []
        var body = ""
        var code: StatusCode
        var cause: String
    }

    @Test(
        "A refusal is told in the server's words",
        arguments: [
            Refusal(
                status: .badRequest, headers: [("grpc-message", "Name cannot be empty")],
                body: #"{"code":0,"message":"success","data":null}"#, code: .invalidArgument,
                cause: "the server answered HTTP 400: Name cannot be empty"),
            Refusal(
                status: .badRequest, headers: [("grpc-message", "100%25 caf%C3%A9"), ("grpc-status", "9")],
                code: .failedPrecondition, cause: "the server answered HTTP 400: 100% café"),
            Refusal(
                status: .unprocessableEntity,
                body:
                    #"{"detail":[{"type":"string_type","loc":["body","name"],"msg":"Input should be a valid string","input":5}]}"#,
                code: .invalidArgument, cause: "the server answered HTTP 422: body.name: Input should be a valid string"
            ),
            Refusal(
                status: .unprocessableEntity,
                body: #"{"detail":[{"loc":["body",0,"name"],"msg":"a"},{"loc":[],"msg":"b"}]}"#, code: .invalidArgument,
                cause: "the server answered HTTP 422: body.0.name: a; b"),
            Refusal(
                status: .notFound, body: #"{"detail":"Not Found"}"#, code: .unimplemented,
                cause: "the server answered HTTP 404: Not Found"),
            Refusal(
                status: .internalServerError, headers: [("content-type", "text/plain")], body: "Internal Server Error",
                code: .unknown, cause: "the server answered HTTP 500: \"Internal Server Error\""),
            Refusal(
                status: .serviceUnavailable, body: #"{"code":14,"message":"down"}"#, code: .unavailable,
                cause: "the server answered HTTP 503: down"),
            Refusal(status: .forbidden, code: .permissionDenied, cause: "the server answered HTTP 403"),
            Refusal(
                status: .temporaryRedirect, headers: [("location", "http://evil.example/x")], code: .failedPrecondition,
                cause: "the server redirects to \"http://evil.example/x\" (HTTP 307), which is not followed"),
        ])
    func refusal(_ given: Refusal) {
        let refusal = HTTPRefusal(
            status: given.status, headers: HTTPHeaders(given.headers), body: ByteBuffer(string: given.body))
        let error = refusal.callError(on: "/v1", at: .server, now: Date())
        #expect(error.code == given.code)
        #expect(error.cause == given.cause)
    }

    static let remote = ServerAddress(scheme: .http, host: "greeter.example", port: 80)
    static let local = ServerAddress(scheme: .http, host: "127.0.0.1", port: 80)

    @Test(
        "A header that could smuggle, or stand in for the client's own, is refused by name",
        arguments: [
            ("X-A", "a\r\nHost: evil", "line break"), ("X-A", "a\nb", "line break"), ("X-A", "a\u{0}", "control"),
            ("X A", "a", "not the name"), ("X\r\nB", "a", "not the name"), ("", "a", "not the name"),
            ("X:", "a", "not the name"),
            ("Host", "evil", "the program sets it itself"), ("sec-websocket-key", "x", "the program sets it itself"),
            ("Transfer-Encoding", "chunked", "the program sets it itself"),
            ("Content-Type", "text/plain", "the program sets it itself"),
        ])
    func smuggling(name: String, value: String, reason: String) {
        let error = #expect(throws: CallError.self) {
            try RequestHeaders(
                server: Self.local, configuration: configuration(), metadata: [MetadataEntry(name, value)])
        }
        #expect(error?.code == .invalidArgument)
        #expect(error?.cause.contains(reason) == true)
        #expect(error?.cause == HeaderRule.problem(with: MetadataEntry(name, value), in: .gateway))
        #expect(error?.cause.contains("evil") == false)
    }

    @Test("A token with a line break is refused without being told")
    func brokenToken() {
        let error = #expect(throws: CallError.self) {
            try RequestHeaders(
                server: Self.local, configuration: configuration { $0.token = Secret("s3cret\r\nx") }, metadata: [])
        }
        #expect(error?.cause.contains("s3cret") == false)
    }

    @Test("A token over plain text goes to loopback only, unless that is allowed")
    func plaintextToken() throws {
        let withToken = configuration { $0.token = Secret("s3cret") }
        #expect(throws: CallError.self) {
            try RequestHeaders(server: Self.remote, configuration: withToken, metadata: [])
        }
        #expect(throws: CallError.self) {
            try RequestHeaders(
                server: Self.remote, configuration: configuration(),
                metadata: [MetadataEntry("authorization", "Basic x")])
        }
        var allowed = withToken
        allowed.allowsPlaintextToken = true
        let secure = ServerAddress(scheme: .https, host: "greeter.example", port: 443)
        for (server, configuration) in [(Self.local, withToken), (secure, withToken), (Self.remote, allowed)] {
            let headers = try RequestHeaders(server: server, configuration: configuration, metadata: [])
            #expect(headers.entries.map(\.value) == ["Bearer s3cret"])
        }
    }
}
