import Foundation
import GreeterCore
import GreeterRetry
import GreeterUI

/// Opens ways to servers as the command line's options say.
///
/// Credentials were given for one server: those that are chosen on screen later get neither the token nor the headers.
struct OptionsConnector: ServerConnector {
    private let options: ServerOptions
    private let surroundings: Surroundings

    /// - Throws: ``Exit`` where the options are wrong.
    init(_ options: ServerOptions, in surroundings: Surroundings) throws(Exit) {
        let address = try options.address()
        _ = try options.gatewayConfiguration(environment: surroundings.environment)
        _ = try options.demoConfiguration()
        if surroundings.repetition != nil, address.scheme != .demo { throw .usage(Self.noServerElsewhere) }
        self.options = options
        self.surroundings = surroundings
    }

    /// Nobody can tell when a server elsewhere is at rest.
    private static let noServerElsewhere =
        "a tape whose runs are alike plays with the demo server only; --real-time plays with any"

    var isInsecure: Bool { options.insecure }

    func connect(
        to name: String, retry: @escaping @Sendable () -> RetryPolicy
    ) async throws(CallError) -> any GreeterTransport {
        var options = options
        var surroundings = surroundings
        if surroundings.repetition != nil, name != "demo:" {
            throw CallError(.failedPrecondition, Self.noServerElsewhere, at: .connect)
        }
        if name != options.server {
            options.server = name
            options.header = []
            options.tokenFile = nil
            surroundings.environment = [:]
            if name != "demo:" { options.removeDemoOptions() }
        }
        do {
            return ConnectedTransport(
                try await ServerConnection.open(options, in: surroundings, retry: retry))
        } catch {
            throw CallError(.invalidArgument, error.lines.joined(separator: " "), at: .connect)
        }
    }
}

/// The transport of a connection, which takes the demo server with it when it is shut down.
private struct ConnectedTransport: GreeterTransport {
    private let connection: ServerConnection

    init(_ connection: ServerConnection) {
        self.connection = connection
    }

    var server: ServerAddress { connection.transport.server }

    func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        await connection.transport.perform(call, observer: observer)
    }

    func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        try await connection.transport.checkHealth(deadline: deadline)
    }

    func shutdown() async {
        await connection.close()
    }
}
