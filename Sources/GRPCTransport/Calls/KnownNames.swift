import Synchronization

/// By which names a server has been found to know methods that have several, for as long as the transport lives.
final class KnownNames: Sendable {
    private let names = Mutex<[String: String]>([:])

    /// The name that the server knows a method by; `nil` where that is not known yet.
    subscript(method: String) -> String? { names.withLock { $0[method] } }

    func remember(_ name: String, for method: String) {
        names.withLock { $0[method] = name }
    }
}
