import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import RPCCore
import TransportSupport

/// Turns what the libraries below report into the error of a call: where it arose, why, and what to try.
struct TransportFailure {
    private let server: ServerAddress
    private let connection: ConnectionFailure

    init(server: ServerAddress, tls: TLSSetup, configuration: GatewayConfiguration, dialer: Dialer) {
        self.server = server
        connection = ConnectionFailure(
            server: server, tls: tls, connectTimeout: configuration.connectTimeout, dialer: dialer)
    }

    /// How far an exchange had come when it failed.
    enum Progress {
        /// Nothing was sent: there was no connection yet.
        case connecting
        case sending
        /// The head of a response had come.
        case answered
    }

    func callError(for error: any Error, after progress: Progress) async -> CallError {
        if let error = error as? CallError { return error }
        if let explained = await connection.explain(error) { return explained }
        return switch error {
        case let error as HTTPClientError: clientError(error, after: progress)
        case HTTPParserError.headerOverflow: HeadLimit.error(at: .receive)
        case HTTPParserError.invalidEOFState: connectionLost(nil, after: progress)
        case is HTTPParserError: parserError(after: progress)
        case let error as IOError: connectionLost(ConnectionFailure.describe(error), after: progress)
        case is ChannelError, is NIOSSLError: connectionLost(nil, after: progress)
        default: CallError(.unavailable, "the connection failed: \(error)", at: .receive)
        }
    }

    /// No connection within the time allowed for it.
    func connectTimeout(at stage: CallError.Origin) -> CallError { connection.timeout(at: stage) }

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
        if progress != .answered, let error = connection.lostConnection(isEncrypted: progress == .sending) {
            return error
        }
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
}
