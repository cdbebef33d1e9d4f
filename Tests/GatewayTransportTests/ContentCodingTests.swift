import GatewayTransport
import RPCCore
import TestSupport
import Testing

/// A body in a coding is not a body without replies.
@Suite("Content codings", .timeLimit(.minutes(10)))
struct ContentCodingTests {
    static let kinds = [CallKind.unary, .serverStream]

    /// Answers every request with a body that says how it is coded.
    static func answer(_ status: String, _ coding: String) -> Script {
        { peer, _ in
            while true {
                let request = try await peer.readRequest()
                #expect(request.header("accept-encoding") == "identity")
                let isStream = request.header("accept") == "text/event-stream"
                let body =
                    isStream ? #"data: {"message":"a"}"# + "\n\n" : #"{"message":"a","healthy":true}"#
                try await peer.respond(
                    status, body,
                    headers: [
                        "content-encoding: \(coding)",
                        "content-type: \(isStream ? "text/event-stream" : "application/json")",
                    ])
            }
        }
    }

    @Test(
        "A coding that was not asked for fails the call and is named", arguments: kinds,
        ["gzip", "br", "identity, zstd"])
    func foreign(kind: CallKind, coding: String) async throws {
        try await withServer(script: Self.answer("200 OK", coding)) { server in
            let call = await perform(kind, at: server)
            let name = coding == "identity, zstd" ? "zstd" : coding
            #expect(
                call.error?.cause
                    == "the response is in the content coding \(name), which was not asked for (RFC 9110, 8.4)")
            #expect(call.error?.code == .internal)
            #expect(call.error?.origin == .decode)
            #expect(call.received.isEmpty)
        }
    }

    @Test("No coding by its name, or none at all, is none", arguments: kinds, ["identity", "Identity", ""])
    func identity(kind: CallKind, coding: String) async throws {
        try await withServer(script: Self.answer("200 OK", coding)) { server in
            let call = await perform(kind, at: server)
            #expect(call.error == nil)
            #expect(call.received == ["a"])
        }
    }

    @Test("What a refusal says in a coding is not quoted", arguments: kinds)
    func refusal(kind: CallKind) async throws {
        try await withServer(script: Self.answer("404 Not Found", "gzip")) { server in
            let call = await perform(kind, at: server)
            #expect(call.error?.cause == "the server answered HTTP 404: a body in the content coding gzip")
        }
    }

    @Test("The health check does not guess either")
    func health() async throws {
        try await withServer(script: Self.answer("200 OK", "deflate")) { server in
            let transport = GatewayTransport(server: server, configuration: configuration())
            let error = await #expect(throws: CallError.self) {
                try await transport.checkHealth(deadline: .seconds(100))
            }
            #expect(error?.cause.contains("content coding deflate") == true)
            await transport.shutdown()
        }
    }
}
