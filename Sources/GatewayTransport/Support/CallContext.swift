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
    /// Where what travels is told of.
    var wire: WireTap?

    var clock: any CallClock { recorder.clock }
    /// The server under the name that it is asked for.
    var address: ServerAddress { server.named(by: configuration.tls) }
    var url: String { address.url(of: route) }
    var route: String { server.path(of: ownRoute ?? configuration.routes[call.kind]) }
    /// The route that the call asks for.
    var ownRoute: String? { call.options.method.flatMap { $0.hasPrefix("/") ? $0 : nil } }
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
