import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import RPCCore
import TransportSupport

/// Asks the gateway's health route.
struct HealthCheck: Sendable {
    private let asking: Asking

    init(_ asking: Asking) {
        self.asking = asking
    }

    func run(deadline: Duration) async throws(CallError) -> HealthReport {
        let start = asking.clock.now
        let message = try await asking.run("the health check", deadline: deadline) { try await ask() }
        return HealthReport(message: message, roundTrip: asking.clock.now - start)
    }

    private func ask() async throws -> String {
        let route = asking.configuration.routes.health
        let response = try await asking.get(route)
        let answer = try await HTTPRefusal(reading: response)
        if (400..<500).contains(response.status.code), ![401, 403].contains(response.status.code) {
            return "no health route (HTTP \(response.status.code))"
        }
        guard response.status == .ok else {
            throw answer.callError(
                on: asking.server.path(of: route), at: .server, now: asking.clock.wallTime)
        }
        if let coding = response.headers.contentCoding { throw CallError.codedBody(coding) }
        return try Self.judge(answer.body)
    }

    /// Reads `{"data":{"healthy":true,"message":"…"}}` or the bare object.
    static func judge(_ body: ByteBuffer) throws(CallError) -> String {
        guard body.withUnsafeReadableBytes({ JSONCheck.fault(in: $0) }) == nil,
            let envelope = try? JSONDecoder().decode(Envelope.self, from: Data(buffer: body)),
            let isHealthy = envelope.data?.healthy ?? envelope.healthy
        else {
            throw CallError(
                .internal, "the health route gives no state: \(Quote.beginning(of: body.readableBytesView))",
                at: .decode,
                advice: "check the health route")
        }
        let message = (envelope.data?.message ?? envelope.message).map(Quote.bounded)
        guard isHealthy else {
            throw CallError(.unavailable, "the service is not healthy: \(message ?? "no reason given")", at: .server)
        }
        return message ?? "healthy"
    }

    private struct Envelope: Decodable {
        var data: State?
        var healthy: Bool?
        var message: String?

        struct State: Decodable {
            var healthy: Bool?
            var message: String?
        }
    }
}
