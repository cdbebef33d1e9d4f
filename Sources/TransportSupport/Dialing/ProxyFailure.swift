import NIOCore
import NIOPosix
import NIOSSL
package import RPCCore

/// Says what a proxy has to do with it that there is no connection: which one, who named it, and what to try.
package struct ProxyFailure: Sendable {
    let proxy: ProxyAddress
    let server: ServerAddress
    let limit: Duration

    package init(proxy: ProxyAddress, server: ServerAddress, limit: Duration) {
        self.proxy = proxy
        self.server = server
        self.limit = limit
    }

    /// `the proxy 10.0.0.1:3128 (HTTPS_PROXY)`
    private var name: String { "the proxy \(proxy.authority) (\(proxy.origin))" }

    func callError(for error: any Error) -> CallError {
        switch error {
        case let error as CallError: return error
        case let error as TunnelRefusal: return refusal(error)
        case let error as NIOConnectionError:
            guard let cause = error.connectionErrors.first?.error else {
                return unavailable("no address for \(name)", "check the spelling of the proxy's name and the network")
            }
            if case ChannelError.connectTimeout = cause { return timeout(at: nil) }
            let reason = (cause as? IOError).map { ConnectionFailure.describe($0) } ?? "\(cause)"
            return unavailable("no connection to \(name): \(reason)", Self.advice)
        case ChannelError.connectTimeout: return timeout(at: nil)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            return CallError(
                .failedPrecondition, "no TLS with \(name): \(Quote.bounded("\(error)"))", at: .proxy,
                advice: "if it speaks plain text, use http://; trust its authority with --ca FILE")
        case let error as IOError:
            return unavailable("\(name) ended the connection: \(ConnectionFailure.describe(error))", Self.advice)
        default:
            return unavailable("\(name) closed the connection without an answer", Self.advice)
        }
    }

    /// - Parameter stage: What the proxy was asked last; `nil` where it was not connected to.
    package func timeout(at stage: String?) -> CallError {
        let what = stage.map { "no answer of \(name) to \($0)" } ?? "no connection to \(name)"
        return unavailable("\(what) within \(limit.inSeconds)", Self.advice)
    }

    private static let advice = "check the proxy; --proxy none goes without it, --proxy URL through another"

    private func refusal(_ refusal: TunnelRefusal) -> CallError {
        let code: StatusCode =
            switch refusal.kind {
            case .credentials: .unauthenticated
            case .forbidden: .permissionDenied
            case .unreachable: .unavailable
            case .foreign: .failedPrecondition
            }
        return CallError(
            code, "\(name) \(refusal.cause); it was asked for \(server.authority)", at: .proxy, advice: refusal.advice,
            isRefusal: true)
    }

    private func unavailable(_ cause: String, _ advice: String) -> CallError {
        CallError(.unavailable, cause, at: .proxy, advice: advice)
    }
}
