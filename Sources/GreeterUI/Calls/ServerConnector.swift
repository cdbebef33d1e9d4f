public import GreeterCore
public import GreeterRetry

/// Opens ways to servers. The composition root knows how; the workbench only knows that it can be done.
public protocol ServerConnector: Sendable {
    /// Opens a way to a server.
    /// - Parameters:
    ///   - name: The address as a person writes it, such as `demo:` or `http://127.0.0.1:8000`.
    ///   - retry: Asked at the start of each call for the policy by which it is made again when it fails.
    /// - Throws: ``CallError`` when the address is wrong or its server cannot be started.
    func connect(
        to name: String, retry: @escaping @Sendable () -> RetryPolicy
    ) async throws(CallError) -> any GreeterTransport

    /// Whether certificates go unchecked.
    var isInsecure: Bool { get }
}
