import RPCCore
import TransportSupport

/// Turns what keeps a call from its server, and what the server says, into the error of the call.
struct GRPCFailure {
    let context: CallContext
    let method: String
    /// What is known of the method, unless another was chosen.
    var ref: MethodRef?

    /// What else servers call the method, without its service.
    private var otherName: String? { ref?.fullName == method ? ref?.otherName : nil }

    // MARK: Before there was a stream

    /// The error of a call for which there was no stream.
    /// - Parameter progress: How far the newest connection had come.
    func callError(for error: any Error, at progress: ConnectionProgress.State) async -> CallError {
        if let error = error as? CallError { return error }
        for cause in [progress.failure, error].compactMap(\.self) {
            if let explained = await context.failure.explain(cause) { return explained }
        }
        if let speech = progress.speech { return foreign(speech) }
        if case .violation(let violation)? = (error as? GRPCConnection.NotReady)?.end.reason {
            return StreamFailure.error(of: violation, at: .upgrade)
        }
        if progress.stage == .tls || progress.stage == .upgrade {
            let isEncrypted = progress.stage == .upgrade
            return context.failure.lostConnection(isEncrypted: isEncrypted) ?? closed
        }
        return CallError(
            .unavailable, "no connection to \(context.server.authority): \(Quote.bounded("\(error)"))",
            at: .connect)
    }

    private func foreign(_ speech: ConnectionProgress.Speech) -> CallError {
        let server = context.server
        switch speech {
        case .http1:
            return CallError(
                .failedPrecondition, "\(server.authority) speaks HTTP/1.1, and no gRPC", at: .upgrade,
                advice: "a gateway is spoken to with \(server.beginning(in: server.scheme.otherDialect)); "
                    + "for gRPC give the port of the service behind it")
        case .tls:
            return CallError(
                .failedPrecondition, "\(server.authority) speaks TLS, and is spoken to in plain text", at: .upgrade,
                advice: "use \(server.beginning(in: server.scheme.secured))")
        }
    }

    /// The connection ended before HTTP/2 had begun.
    private var closed: CallError {
        CallError(
            .unavailable, "\(context.server.authority) closed the connection before it spoke HTTP/2", at: .upgrade,
            advice: context.server.scheme.isSecure
                ? "check that the port is that of a gRPC service"
                : "check that the port is that of a gRPC service; if it speaks TLS, use grpcs://")
    }

    // MARK: On a stream

    /// A stream that ended without any status.
    static let lost = CallError(
        .unavailable, "the connection was lost before the call was complete", at: .receive)

    /// The error of a call that the server has ended with this status; `nil` for OK.
    /// - Parameters:
    ///   - message: What the server says of it.
    ///   - pushback: The time that it asks for before another attempt.
    func callError(_ code: StatusCode, message: String, pushback: Pushback?, kind: CallKind) -> CallError? {
        guard code != .ok else { return nil }
        let reason = message.isEmpty ? "" : ": " + Quote.bounded(message)
        return CallError(
            code, "the server answered \(code.name)\(reason)", at: .server, advice: advice(on: code, kind),
            pushback: pushback, isRefusal: Self.refusals.contains(code))
    }

    /// Codes with which a service turns a call down for what it is, and has not done its work.
    private static let refusals: Set<StatusCode> = [
        .invalidArgument, .notFound, .alreadyExists, .permissionDenied, .failedPrecondition, .outOfRange,
        .unimplemented, .unauthenticated,
    ]

    private func advice(on code: StatusCode, _ kind: CallKind) -> String? {
        switch code {
        case .unauthenticated: "check the token"
        case .permissionDenied: "check what the token allows"
        case .unimplemented:
            otherName.map { "some servers call this method \($0): try --method \(kind.rawValue)=\($0)" }
                ?? "check the method \(method)"
        default: nil
        }
    }
}
