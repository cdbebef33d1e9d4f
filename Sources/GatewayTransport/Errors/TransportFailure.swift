import AsyncHTTPClient
import Foundation
import GreeterCore
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Turns what the libraries below report into the error of a call: where it arose, why, and what to try.
struct TransportFailure {
    let server: ServerAddress
    let tls: TLSSetup
    let configuration: GatewayConfiguration

    /// How far an exchange had come when it failed.
    enum Progress {
        /// Nothing was sent: there was no connection yet.
        case connecting
        case sending
        /// The head of a response had come.
        case answered
    }

    func callError(for error: any Error, after progress: Progress) async -> CallError {
        switch error {
        case let error as CallError: error
        case let error as NIOConnectionError: connectError(error)
        case let error as NIOSSLError: await tlsError(error, after: progress)
        case is NIOSSLExtraError: wrongHost
        case let error as HTTPClientError: clientError(error, after: progress)
        case HTTPParserError.invalidEOFState: connectionLost(nil, after: progress)
        case is HTTPParserError: parserError(after: progress)
        case let error as IOError where Self.connectErrors.contains(error.errnoCode): refused(error)
        case let error as IOError: connectionLost(Self.describe(error), after: progress)
        case ChannelError.connectTimeout: connectTimeout(at: .connect)
        case is ChannelError: connectionLost(nil, after: progress)
        default: CallError(.unavailable, "the connection failed: \(error)", at: .receive)
        }
    }

    /// No connection within the time allowed for it.
    func connectTimeout(at stage: CallError.Origin) -> CallError {
        let what =
            switch stage {
            case .resolve: "no address for \(server.host)"
            case .tls: "no end of the TLS handshake with \(server.authority)"
            case .upgrade: "no answer to the WebSocket handshake"
            default: "no connection to \(server.authority)"
            }
        return CallError(
            .unavailable, "\(what) within \(configuration.connectTimeout.inSeconds)", at: stage,
            advice: "check that the server runs there, and that no firewall is in between")
    }

    private func connectError(_ error: NIOConnectionError) -> CallError {
        guard let failure = error.connectionErrors.first?.error else {
            return CallError(
                .unavailable, "no address for \(server.host)", at: .resolve,
                advice: "check the spelling of the host name and the network")
        }
        if case ChannelError.connectTimeout = failure { return connectTimeout(at: .connect) }
        guard let failure = failure as? IOError else {
            return CallError(.unavailable, "no connection to \(server.authority): \(failure)", at: .connect)
        }
        return refused(failure)
    }

    /// Errors of the system that only connecting has.
    private static let connectErrors = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL]

    private func refused(_ error: IOError) -> CallError {
        CallError(
            .unavailable, "no connection to \(server.authority): \(Self.describe(error))", at: .connect,
            advice: "check that the server runs there, and its port")
    }

    private func clientError(_ error: HTTPClientError, after progress: Progress) -> CallError {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout: connectTimeout(at: .connect)
        case .tlsHandshakeTimeout: connectTimeout(at: .tls)
        case .remoteConnectionClosed, .uncleanShutdown: connectionLost(nil, after: progress)
        case .alreadyShutdown: CallError(.failedPrecondition, "the transport is shut down", at: .connect)
        default: CallError(.internal, "the exchange failed: \(error.shortDescription)", at: .receive)
        }
    }

    private func connectionLost(_ reason: String?, after progress: Progress) -> CallError {
        if progress == .connecting && server.scheme.isSecure { return lostInHandshake }
        let what =
            progress == .answered ? "the response was cut short" : "the server closed the connection without an answer"
        return CallError(
            .unavailable, what + (reason.map { ": \($0)" } ?? ""), at: .receive,
            advice: progress == .answered ? nil : schemeAdvice)
    }

    private func parserError(after progress: Progress) -> CallError {
        if progress == .answered { return connectionLost("it is no complete HTTP", after: progress) }
        return CallError(
            .internal, "the server's answer is not HTTP/1.1", at: .receive, advice: schemeAdvice)
    }

    /// A server that speaks TLS answers plain text with nothing, or with bytes that are no HTTP.
    private var schemeAdvice: String? {
        server.scheme.isSecure ? nil : "if the server speaks TLS, use https://"
    }

    private func tlsError(_ error: NIOSSLError, after progress: Progress) async -> CallError {
        if case .uncleanShutdown = error { return connectionLost(nil, after: progress) }
        let description = "\(error)"
        if description.contains("CERTIFICATE_VERIFY_FAILED") { return await untrusted() }
        if ["WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNEXPECTED_RECORD"].contains(where: description.contains) {
            return CallError(
                .failedPrecondition, "\(server.authority) does not speak TLS", at: .tls,
                advice: "if the server speaks plain text, use http://")
        }
        if description.contains("EOF") || description.contains("ConnectionReset") {
            return lostInHandshake
        }
        return CallError(.unavailable, "the TLS handshake with \(server.authority) failed: \(description)", at: .tls)
    }

    private var lostInHandshake: CallError {
        CallError(.unavailable, "\(server.authority) closed the connection during the TLS handshake", at: .tls)
    }

    private func untrusted() async -> CallError {
        let advice = "trust its authority with --ca FILE, or, to try things out only, skip the check with --insecure"
        let validity = await CertificateProbe(server: server, tls: tls).certificateValidity()
        let now = Int(SystemClock().wallTime.timeIntervalSince1970)
        if let validity, validity.end < now {
            return CallError(
                .failedPrecondition, "the certificate of \(server.host) has expired", at: .tls,
                advice: "renew the certificate on the server")
        }
        if let validity, validity.start > now {
            return CallError(
                .failedPrecondition, "the certificate of \(server.host) is not valid yet", at: .tls,
                advice: "check the clocks of both machines")
        }
        return CallError(
            .failedPrecondition, "the certificate of \(server.host) is not trusted: its authority is unknown here",
            at: .tls, advice: advice)
    }

    private var wrongHost: CallError {
        CallError(
            .failedPrecondition, "the certificate is not for \(server.host)", at: .tls,
            advice: "use a name that the certificate is for")
    }

    private static func describe(_ error: IOError) -> String {
        switch error.errnoCode {
        case ECONNREFUSED: "connection refused"
        case ETIMEDOUT: "timed out"
        case EHOSTUNREACH, ENETUNREACH: "no route to it"
        case ECONNRESET: "connection reset"
        case EPIPE: "broken connection"
        default: "error \(error.errnoCode)"
        }
    }
}
