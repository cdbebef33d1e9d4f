import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import RPCCore
import TransportSupport

/// Asks the gateway's health route.
struct HealthCheck: Sendable {
    let server: ServerAddress
    let configuration: GatewayConfiguration
    let headers: RequestHeaders
    let http: HTTPConnections
    let tls: TLSSetup
    let dialer: Dialer
    let clock: any CallClock

    func run(deadline: Duration) async throws(CallError) -> HealthReport {
        let start = clock.now
        let late = CallError(
            .deadlineExceeded, "no answer to the health check within \(deadline.inSeconds)", at: .deadline)
        do {
            let message = try await TimeLimit(clock: clock, instant: start + deadline, error: late).run {
                try await ask()
            }
            return HealthReport(message: message, roundTrip: clock.now - start)
        } catch let error as CallError {
            throw error
        } catch {
            if Task.isCancelled { throw CallError(.cancelled, "the health check was cancelled", at: .cancellation) }
            throw await TransportFailure(server: server, tls: tls, configuration: configuration, dialer: dialer)
                .callError(for: error, after: .sending)
        }
    }

    private func ask() async throws -> String {
        let route = server.path(of: configuration.routes.health)
        let address = server.named(by: configuration.tls)
        let response = try await http.execute {
            var request = HTTPClientRequest(url: address.url(of: route))
            request.headers.add(headers, for: address, accepting: "application/json")
            return request
        }
        let answer = try await HTTPRefusal(reading: response)
        if (400..<500).contains(response.status.code), ![401, 403].contains(response.status.code) {
            return "no health route (HTTP \(response.status.code))"
        }
        guard response.status == .ok else {
            throw answer.callError(on: route, at: .server, now: clock.wallTime)
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
