public import RPCCore
public import Retry
public import WorkbenchModel

/// Opens ways to servers. The composition root knows how; the workbench only knows that it can be done.
public protocol ServerConnector: Sendable {
    /// Opens a way to a server.
    /// - Parameters:
    ///   - name: The address as a user writes it, such as `demo:` or `http://127.0.0.1:8000`.
    ///   - faults: How a demo server is to fail.
    ///   - retry: Asked at the start of each call for the policy by which it is made again when it fails.
    /// - Throws: ``CallError`` when the address is wrong or its server cannot be started.
    func connect(
        to name: String, faults: [FaultOrder], retry: @escaping @Sendable () -> RetryPolicy
    ) async throws(CallError) -> any Transport

    /// What tells which services the server of a transport has.
    /// - Throws: ``CallError`` where the server cannot be asked.
    func services(over transport: any Transport) async throws(CallError) -> any ServiceReading

    /// What is wrong with the order of a fault, as one sentence without a full stop; `nil` where a demo server can obey it.
    func problem(with order: FaultOrder) -> String?

    /// Changes what the configuration says, for this session or for good.
    /// - Throws: ``ConfigurationRefusal`` where nothing was changed.
    func configure(_ request: ConfigurationRequest) async throws(ConfigurationRefusal) -> ConfigurationAnswer

    /// Remembers a server for later runs of the program.
    func remember(_ server: String)

    /// Whether certificates go unchecked.
    var isInsecure: Bool { get }
}

/// What tells of the services of a server, and of what they have. It remembers what it was told.
public protocol ServiceReading: Sendable {
    /// Which services there are, with their methods where those are known without asking for each.
    /// - Parameter remembered: Told, before the server is asked, what it had when it was asked last, where that is known.
    /// - Throws: ``CallError`` where nobody says.
    func services(remembered: @Sendable (MethodList) -> Void) async throws(CallError) -> MethodList

    /// What some services have; of others, too, where that is known then.
    /// - Throws: ``CallError`` where the server cannot be asked at all.
    func methods(of services: [String]) async throws(CallError) -> MethodList
}

extension ServerConnector {
    public func configure(_ request: ConfigurationRequest) async throws(ConfigurationRefusal) -> ConfigurationAnswer {
        throw .none
    }

    public func remember(_ server: String) {}

    /// No more than the program knows by itself.
    public func services(over transport: any Transport) async throws(CallError) -> any ServiceReading { NoServices() }
}

private struct NoServices: ServiceReading {
    func services(remembered: @Sendable (MethodList) -> Void) -> MethodList { MethodList() }
    func methods(of services: [String]) -> MethodList { MethodList() }
}
