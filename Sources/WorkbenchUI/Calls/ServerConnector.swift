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

    /// What the server of a transport has to be called.
    /// - Parameter remembered: Told, before the server is asked, what it had when it was asked last, where that is known.
    /// - Throws: ``CallError`` where it cannot be asked, or does not say.
    func methods(
        over transport: any Transport, remembered: @Sendable (MethodList) -> Void
    ) async throws(CallError) -> MethodList

    /// What is wrong with the order of a fault, as one sentence without a full stop; `nil` where a demo server can obey it.
    func problem(with order: FaultOrder) -> String?

    /// Whether certificates go unchecked.
    var isInsecure: Bool { get }
}

extension ServerConnector {
    /// No more than the program knows by itself.
    public func methods(
        over transport: any Transport, remembered: @Sendable (MethodList) -> Void
    ) async throws(CallError) -> MethodList { MethodList() }
}
