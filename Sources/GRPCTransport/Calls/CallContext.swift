import GreeterCore
import TransportSupport

/// What every call to one server needs.
struct CallContext: Sendable {
    let server: ServerAddress
    let configuration: GRPCConfiguration
    let headers: RequestHeaders
    let tls: TLSSetup
    let dialer: Dialer
    let connections: GRPCConnections
    let names: KnownNames
    let clock: any CallClock
    /// Where what travels is told of.
    var wire: WireTap?
    /// Of the loop of every connection.
    let executor: EventLoopExecutor
    /// The name by which the server is called, and its port where that is not the usual one.
    let authority: String

    var failure: ConnectionFailure {
        ConnectionFailure(server: server, tls: tls, connectTimeout: configuration.connectTimeout, dialer: dialer)
    }
}

/// How a call ended, before its counts are added.
struct CallEnding: Sendable {
    /// Why it failed; `nil` when it succeeded.
    var error: CallError?
    /// The rule that ended the call, in words.
    var rule: String
    /// The number of the reply that is the result.
    var result: Int?
    var trailers: [MetadataEntry] = []
    /// Whether the server knows no method of that name: it has said so before anything else.
    var isUnknownMethod = false
    /// Whether the server has certainly processed nothing of what it has not answered: it can be sent again.
    var isUnprocessed = false
    /// Of the requests that were told of, how many have not left this side.
    var withdrawn = 0

    static func failure(_ error: CallError, rule: String, trailers: [MetadataEntry] = []) -> CallEnding {
        CallEnding(error: error, rule: rule, trailers: trailers)
    }

    static let cancelled = CallEnding.failure(
        CallError(.cancelled, "the call was cancelled", at: .cancellation), rule: "cancelled by this side")
}
