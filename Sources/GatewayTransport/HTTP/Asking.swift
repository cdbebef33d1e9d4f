import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import RPCCore
import TransportSupport

/// Asks the gateway for what is no call: its health, a document.
struct Asking: Sendable {
    let server: ServerAddress
    let configuration: GatewayConfiguration
    let headers: RequestHeaders
    let http: HTTPConnections
    let tls: TLSSetup
    let dialer: Dialer
    let clock: any CallClock

    /// Sends a GET, as far as the head of the response.
    func get(_ route: String) async throws -> HTTPClientResponse {
        let address = server.named(by: configuration.tls)
        return try await http.execute {
            var request = HTTPClientRequest(url: address.url(of: server.path(of: route)))
            request.headers.add(headers, for: address, accepting: "application/json")
            return request
        }
    }

    /// Runs what asks, within a time.
    /// - Parameter what: What the server is asked for, in words.
    func run<Answer: Sendable>(
        _ what: String, deadline: Duration, _ ask: @escaping @Sendable () async throws -> Answer
    ) async throws(CallError) -> Answer {
        let late = CallError(.deadlineExceeded, "no answer to \(what) within \(deadline.inSeconds)", at: .deadline)
        do {
            return try await TimeLimit(clock: clock, instant: clock.now + deadline, error: late).run(ask)
        } catch let error as CallError {
            throw error
        } catch {
            if Task.isCancelled { throw CallError(.cancelled, "\(what) was cancelled", at: .cancellation) }
            throw await TransportFailure(server: server, tls: tls, configuration: configuration, dialer: dialer)
                .callError(for: error, after: .sending)
        }
    }

    /// - Returns: `nil` where there is none.
    func document(at path: String, limit: Int, deadline: Duration) async throws(CallError) -> [UInt8]? {
        try await run("the request for \(path)", deadline: deadline) {
            let response = try await get(path)
            guard response.status == .ok else {
                let refusal = try await HTTPRefusal(reading: response)
                let isMissing = (300..<500).contains(response.status.code)
                if isMissing, response.status != .unauthorized, response.status != .forbidden { return nil }
                throw refusal.callError(on: server.path(of: path), at: .server, now: clock.wallTime)
            }
            if let coding = response.headers.contentCoding { throw CallError.codedBody(coding) }
            var document: [UInt8] = []
            for try await part in response.body {
                document += part.readableBytesView
                guard document.count <= limit else { throw HTTPExchange.oversize(document.count, limit: limit) }
            }
            return document
        }
    }
}
