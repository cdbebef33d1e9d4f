import Foundation
package import NIOCore
import NIOPosix
import NIOSSL
package import RPCCore

/// Turns what went wrong on the way to a server, before either protocol had its turn, into the error of a call: where it
/// arose, why, and what to try.
package struct ConnectionFailure: Sendable {
    let server: ServerAddress
    let tls: TLSSetup
    let connectTimeout: Duration
    /// How the server is reached to look at its certificate; `nil` for not at all.
    let dialer: Dialer?

    package init(server: ServerAddress, tls: TLSSetup, connectTimeout: Duration, dialer: Dialer?) {
        self.dialer = dialer
        self.server = server
        self.tls = tls
        self.connectTimeout = connectTimeout
    }

    /// The error of a call for an error of resolving, connecting or TLS; `nil` for every other.
    package func explain(_ error: any Error) async -> CallError? {
        switch error {
        case let error as NIOConnectionError: return connectError(error)
        case NIOSSLError.uncleanShutdown: return nil
        case is NIOSSLError, is BoringSSLError: return await TLSFailure(self).callError(for: "\(error)")
        case is NIOSSLExtraError: return await TLSFailure(self).wrongHost()
        case let error as IOError where Self.connectErrors.contains(error.errnoCode): return refused(error)
        case ChannelError.connectTimeout: return timeout(at: .connect)
        default: return nil
        }
    }

    /// No connection within the time allowed for it.
    package func timeout(at stage: CallError.Origin) -> CallError {
        let what =
            switch stage {
            case .resolve: "no address for \(server.host)"
            case .tls: "no end of the TLS handshake with \(server.authority)"
            case .upgrade where server.scheme.dialect == .grpc: "no answer to the beginning of HTTP/2"
            case .upgrade: "no answer to the WebSocket handshake"
            default: "no connection to \(server.authority)"
            }
        return CallError(
            .unavailable, "\(what) within \(connectTimeout.inSeconds)", at: stage,
            advice: "check that the server runs there, and that no firewall is in between")
    }

    /// The host has no address.
    package var unresolved: CallError {
        CallError(
            .unavailable, "no address for \(server.host)", at: .resolve,
            advice: "check the spelling of the host name and the network")
    }

    /// The connection ended before the server had said anything.
    /// - Parameter isEncrypted: Whether the TLS handshake was done by then.
    /// - Returns: what is known of it; `nil` for nothing more than that.
    package func lostConnection(isEncrypted: Bool) -> CallError? {
        guard server.scheme.isSecure else { return nil }
        let failure = TLSFailure(self)
        if failure.lacksCertificate { return failure.missingCertificate }
        return isEncrypted ? nil : failure.lostInHandshake
    }

    /// The errors of the system in a few words.
    package static func describe(_ error: IOError) -> String {
        switch error.errnoCode {
        case ECONNREFUSED: "connection refused"
        case ETIMEDOUT: "timed out"
        case EHOSTUNREACH, ENETUNREACH: "no route to it"
        case ECONNRESET: "connection reset"
        case EPIPE: "broken connection"
        case ENOENT, ENOTDIR: "there is no such socket"
        case EACCES, EPERM: "no permission"
        case ENOTSOCK, EPROTOTYPE: "it is no socket of a server"
        default: "error \(error.errnoCode)"
        }
    }

    private func connectError(_ error: NIOConnectionError) -> CallError {
        guard let failure = error.connectionErrors.first?.error else { return unresolved }
        if case ChannelError.connectTimeout = failure { return timeout(at: .connect) }
        guard let failure = failure as? IOError else {
            return CallError(.unavailable, "no connection to \(server.authority): \(failure)", at: .connect)
        }
        return refused(failure)
    }

    /// Errors of the system that only connecting has.
    private static let connectErrors = [
        ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL, ENOENT, EACCES, ENOTSOCK, EPROTOTYPE, ENOTDIR, EPERM,
    ]

    private func refused(_ error: IOError) -> CallError {
        CallError(
            .unavailable, "no connection to \(server.authority): \(Self.describe(error))", at: .connect,
            advice: "check that the server runs there, and its \(server.socketPath == nil ? "port" : "path")")
    }
}
