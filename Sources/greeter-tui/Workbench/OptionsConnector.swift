import Foundation
import GreeterCore
import GreeterRetry
import GreeterUI
import GreeterViewModel

/// Opens ways to servers as the command line's options say.
///
/// Credentials were given for one server: those that are chosen on screen later get neither the token nor the headers.
struct OptionsConnector: ServerConnector {
    private let options: ServerOptions

    /// - Throws: ``Exit`` where the options are wrong.
    init(_ options: ServerOptions) throws(Exit) {
        _ = try options.address()
        _ = try options.gatewayConfiguration(environment: ProcessInfo.processInfo.environment)
        _ = try options.demoConfiguration()
        self.options = options
    }

    var isInsecure: Bool { options.insecure }

    func problem(with order: FaultOrder) -> String? { order.problem }

    func connect(
        to name: String, faults: [FaultOrder], retry: @escaping @Sendable () -> RetryPolicy
    ) async throws(CallError) -> any GreeterTransport {
        var options = options
        var environment = ProcessInfo.processInfo.environment
        if name != options.server {
            options.server = name
            options.header = []
            options.tokenFile = nil
            environment = [:]
            if name != "demo:" { options.removeDemoOptions() }
        }
        options.faultOptions.fault = faults.map(\.text)
        do {
            return ConnectedTransport(
                try await ServerConnection.open(
                    options, environment: environment, retry: retry, clock: SystemClock()))
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
        try await connection.checkHealth(deadline: deadline)
    }

    func shutdown() async {
        await connection.close()
    }
}
