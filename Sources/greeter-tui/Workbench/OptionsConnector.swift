import CallLogging
import DemoServer
import History
import ProtobufSchema
import RPCCore
import Retry
import Synchronization
import WorkbenchModel
import WorkbenchUI

/// Opens ways to servers as the settings say.
///
/// Credentials were given for one server: those that are chosen on screen later get neither the token nor the headers.
struct OptionsConnector: ServerConnector {
    let session: SessionConfiguration
    private let surroundings: Surroundings
    private let history: HistoryStore?
    /// Where services are defined that the server does not tell of.
    private let schema: SchemaOptions
    private let lists = KnownMethods()
    /// The servers that were reached, in this run and in earlier ones.
    let recent: RecentServers
    /// Where its transports tell what travels.
    let wire: WireTap

    /// - Parameter history: Where calls are recorded.
    /// - Throws: ``Exit`` where the server of the settings is none for these surroundings.
    init(
        _ setup: Setup, _ loaded: LoadedSettings, in surroundings: Surroundings, history: HistoryStore? = nil,
        schema: SchemaOptions = SchemaOptions()
    ) throws(Exit) {
        self.schema = schema
        self.history = history
        self.surroundings = surroundings
        wire = WireTap(clock: surroundings.clock, redaction: setup.redaction)
        session = SessionConfiguration(loaded, setup)
        recent = RecentServers(folder: surroundings.stateFolder)
        try checkServer(setup.server.address)
    }

    var isInsecure: Bool { session.setup.gateway.tls.isInsecure }

    func problem(with order: FaultOrder) -> String? { order.problem }

    func configure(_ request: ConfigurationRequest) async throws(ConfigurationRefusal) -> ConfigurationAnswer {
        let answer = try await session.answer(request)
        wire.hide(session.setup.redaction)
        return answer
    }

    func remember(_ server: String) { recent.remember(server) }

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
            let setup = session.setup(to: name)
            let isOther = name != setup.server.settingText
            let address = isOther ? try Self.address(name) : nil
            if let address { try checkServer(address) }
            return try await ServerConnection.open(
                setup, to: address, faults: Self.faults(faults), in: surroundings, history: history, wire: wire,
                reflecting: schema, retry: retry)
        } catch {
            throw CallError(.invalidArgument, error.lines.joined(separator: " "), at: .connect)
        }
    }

    func services(over transport: any Transport) async throws(CallError) -> any ServiceReading {
        let connection = transport as? ServerConnection
        let memory = connection.flatMap { connection in
            SchemaMemory(of: connection.server, isDemo: connection.isDemo, in: surroundings)
        }
        do throws(Exit) {
            let loader = try await SchemaLoader(
                schema, RouteSettings(session.setup.settings, connection?.definitions ?? []),
                over: connection?.bare ?? transport, memory: memory, clock: surroundings.clock)
            return LoadedServices(loader: loader, lists: lists, server: transport.server)
        } catch {
            throw CallError(error)
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

/// The methods that servers have told of since the program was started.
final class KnownMethods: Sendable {
    typealias Known = (files: [DescriptorFile], methods: MethodList)

    private let known = Mutex<[ServerAddress: Known]>([:])

    func list(of server: ServerAddress) -> Known? { known.withLock { $0[server] } }

    func keep(_ list: Known, of server: ServerAddress) { known.withLock { $0[server] = list } }
}
