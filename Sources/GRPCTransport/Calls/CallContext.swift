import RPCCore
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
