import Foundation
import HTTP2Session
import NIOCore
import NIOHTTP1
import RPCCore
import TestSupport
import Testing
import TransportSupport

@testable import GRPCTransport
@testable import GatewayTransport

@Suite("The codes of the protocols below, as status codes and as sentences")
struct StatusMappingTests {
    @Test("HTTP statuses from a gateway", arguments: StatusTable.http)
    func http(_ row: StatusTable.Row<Int>) {
        let error = HTTPRefusal(status: HTTPResponseStatus(statusCode: row.given), headers: [:], body: ByteBuffer())
            .callError(on: "/v1", at: .server, now: Date())
        #expect(error.code == row.code)
        #expect(error.cause == row.sentence)
    }

    @Test("close codes of a call that is not complete", arguments: StatusTable.closes)
    func close(_ row: StatusTable.Row<UInt16?>) {
        let ending = StreamEnding(kind: .bidirectional, signal: .marker, quietTime: .seconds(1), order: ReplyOrder())
        let error = ending.endedByClose(code: row.given, reason: "why").error
        #expect(error?.code == row.code)
        #expect(error?.cause == "the server closed the stream (\(row.sentence)) before the call was complete: \"why\"")
    }

    @Test("error codes of a stream that HTTP/2 has reset", arguments: StatusTable.resets)
    func reset(_ row: StatusTable.Row<UInt32>) {
        #expect(StatusMapping.statusCode(ofReset: row.given) == row.code)
        #expect(StatusMapping.describe(reset: row.given) == row.sentence)
        let error = StreamFailure(failure: failure, kind: .unary)
            .verdict(on: .reset(HTTP2ErrorCode(rawValue: row.given), by: .peer), AnswerReader(limit: 1)).error
        #expect(error?.code == row.code)
        #expect(error?.cause == "the server reset the stream (\(row.sentence))")
    }

    @Test("every code of gRPC is itself, in a sentence with the server's message", arguments: StatusCode.allCases)
    func itself(code: StatusCode) {
        let error = failure.callError(code, message: "why", pushback: nil, kind: .unary)
        #expect(error?.code == (code == .ok ? nil : code))
        #expect(error?.cause == (code == .ok ? nil : "the server answered \(code.name): why"))
    }

    @Test("no HTTP status, no close code and no reset means success")
    func neverOK() {
        #expect((100...599).allSatisfy { StatusMapping.statusCode(ofHTTP: $0) != .ok })
        #expect((100...599).allSatisfy { StatusMapping.statusCode(inPlaceOfGRPC: $0) != .ok })
        #expect((0...4999).allSatisfy { StatusMapping.statusCode(ofClose: UInt16($0)) != .ok })
        #expect((0...100).allSatisfy { StatusMapping.statusCode(ofReset: $0) != .ok })
    }

    @Test(
        "a client stream that is not implemented is said to have another name",
        arguments: [
            (
                "helloworld.Greeter/SayHelloClientStream",
                "some servers call this method SayHelloStream: try --method client-stream=SayHelloStream"
            ),
            ("helloworld.Greeter/SayHello", "check the method helloworld.Greeter/SayHello"),
        ])
    func otherName(method: String, advice: String) {
        var failure = GRPCFailure.sample(method)
        failure.ref = Greeter.method(.clientStream).ref
        let error = failure.callError(.unimplemented, message: "", pushback: nil, kind: .clientStream)
        #expect(error?.advice == advice)
    }

    private var failure: GRPCFailure { .sample("helloworld.Greeter/SayHello") }
}
