import Foundation
import RPCCore
import TransportSupport

/// What every part of one call needs.
struct CallContext: Sendable {
    let server: ServerAddress
    let configuration: GatewayConfiguration
    let call: Call
    let headers: RequestHeaders
    let dialer: Dialer
    let recorder: CallRecorder
    /// Where requests go.
    let path: CallRoute
    /// Reads what comes back.
    let reader: ReplyReader
    /// Where what travels is told of.
    var wire: WireTap?

    var clock: any CallClock { recorder.clock }
    /// The server under the name that it is asked for.
    var address: ServerAddress { server.named(by: configuration.tls) }
    /// The path as it is written, for errors.
    var route: String { server.path(of: path.text) }
    /// What is to be tried where the server refuses.
    var hints: RefusalHints {
        RefusalHints(style: call.method.routes.isEmpty ? nil : call.method.routeStyle, path: path)
    }
}

extension ServerAddress {
    /// The path of a route, below the base path.
    func path(of route: String) -> String {
        basePath + (route.hasPrefix("/") ? route : "/" + route)
    }

    func url(of path: String) -> String {
        guard let socketPath else { return "\(scheme)://\(connectAuthority)\(path)" }
        // As the client library names a socket: where a host would be.
        let place = socketPath.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return "\(scheme)+unix://\(place)\(path)"
    }
}
