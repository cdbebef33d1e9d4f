import GatewayTransport
import RPCCore
import Testing

@Suite("Health check", .timeLimit(.minutes(10)))
struct HealthTests {
    static func check(_ server: ServerAddress, deadline: Duration = .seconds(30)) async throws(CallError)
        -> HealthReport
    {
        let transport = GatewayTransport(server: server, configuration: configuration())
        defer { Task { await transport.shutdown() } }
        return try await transport.checkHealth(deadline: deadline)
    }

    @Test(
        "A healthy server is reported in its own words",
        arguments: [
            (
                "200 OK", #"{"code":0,"message":"success","data":{"healthy":true,"message":"Service is healthy"}}"#,
                "Service is healthy"
            ),
            ("200 OK", #"{"healthy":true}"#, "healthy"),
            ("404 Not Found", #"{"detail":"Not Found"}"#, "no health route (HTTP 404)"),
        ])
    func healthy(status: String, body: String, message: String) async throws {
        try await withServer { peer, _ in
            #expect(try await peer.readRequest().line == "GET /health HTTP/1.1")
            try await peer.respond(status, body)
        } _: { server in
            let report = try await Self.check(server)
            #expect(report.message == message)
            #expect(report.roundTrip > .zero)
        }
    }

    @Test(
        "A server that is not well is an error",
        arguments: [
            (
                "200 OK", #"{"data":{"healthy":false,"message":"no database"}}"#, StatusCode.unavailable,
                "the service is not healthy: no database"
            ),
            ("200 OK", "OK", .internal, "the health route gives no state: \"OK\""),
            ("200 OK", #"{"healthy":true,}"#, .internal, #"the health route gives no state: "{"healthy":true,}""#),
            ("503 Service Unavailable", "", .unavailable, "the server answered HTTP 503"),
        ])
    func unhealthy(status: String, body: String, code: StatusCode, cause: String) async throws {
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.respond(status, body)
        } _: { server in
            let error = await #expect(throws: CallError.self) { try await Self.check(server) }
            #expect(error?.code == code)
            #expect(error?.cause == cause)
        }
    }

    @Test("A server that does not answer is an error in time")
    func silent() async throws {
        try await withServer { peer, _ in
            try await peer.idle()
        } _: { server in
            let error = await #expect(throws: CallError.self) {
                try await Self.check(server, deadline: .milliseconds(50))
            }
            #expect(error?.code == .deadlineExceeded)
        }
    }

    @Test("A server that is not there is an error")
    func absent() async throws {
        try await withClosedPort { server in
            let error = await #expect(throws: CallError.self) { try await Self.check(server) }
            #expect(error?.code == .unavailable)
            #expect(error?.origin == .connect)
        }
    }
}
