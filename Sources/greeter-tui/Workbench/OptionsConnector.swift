import CallLogging
import DemoServer
import History
import RPCCore
import Retry
import WorkbenchModel
import WorkbenchUI

/// Opens ways to servers as the settings say.
///
/// Credentials were given for one server: those that are chosen on screen later get neither the token nor the headers.
struct OptionsConnector: ServerConnector {
    private let setup: Setup
    private let surroundings: Surroundings
    private let history: HistoryStore?
    /// Where services are defined that the server does not tell of.
    private let schema: SchemaOptions
    /// Where its transports tell what travels.
    let wire: WireTap

    /// - Parameter history: Where calls are recorded.
    /// - Throws: ``Exit`` where the server of the settings is none for these surroundings.
    init(
        _ setup: Setup, in surroundings: Surroundings, history: HistoryStore? = nil,
        schema: SchemaOptions = SchemaOptions()
    ) throws(Exit) {
        self.schema = schema
        self.setup = setup
        self.history = history
        self.surroundings = surroundings
        wire = WireTap(clock: surroundings.clock, redaction: setup.redaction)
        try checkServer(setup.server.address)
    }

    var isInsecure: Bool { setup.gateway.tls.isInsecure }

    func problem(with order: FaultOrder) -> String? { order.problem }

    /// Nobody can tell when a server elsewhere is at rest.
    private func checkServer(_ address: ServerAddress) throws(Exit) {
        guard surroundings.repetition == nil || address.scheme.isDemo else {
            throw .usage("a tape whose runs are alike plays with the demo server only; --real-time plays with any")
        }
    }

    func connect(
        to name: String, faults: [FaultOrder], retry: @escaping @Sendable () -> RetryPolicy
    ) async throws(CallError) -> any Transport {
        do {
            let isOther = name != setup.server.settingText
            let address = isOther ? try Self.address(name) : nil
            if let address { try checkServer(address) }
            return try await ServerConnection.open(
                setup, to: address, faults: Self.faults(faults), in: surroundings, history: history, wire: wire,
                retry: retry)
        } catch {
            throw CallError(.invalidArgument, error.lines.joined(separator: " "), at: .connect)
        }
    }

    func methods(over transport: any Transport) async throws(CallError) -> MethodList {
        let connection = transport as? ServerConnection
        do throws(Exit) {
            let loader = try await SchemaLoader(
                schema, RouteSettings(setup.settings, connection?.definitions ?? []),
                over: connection?.bare ?? transport,
                clock: surroundings.clock)
            return try await loader.load().methodList
        } catch {
            // On screen nobody asks who says it.
            let lines = error.lines.map { $0.replacing("greeter-tui: ", with: "") }
            throw CallError(.failedPrecondition, lines.joined(separator: "; "), at: .server)
        }
    }

    private static func faults(_ orders: [FaultOrder]) throws(Exit) -> DemoFaults {
        do {
            return try DemoFaults(parsing: orders.map(\.text))
        } catch {
            throw .usage("\(error)")
        }
    }

    private static func address(_ name: String) throws(Exit) -> ServerAddress {
        do {
            return try ServerAddress(parsing: name)
        } catch {
            throw .usage("\(error)")
        }
    }
}
