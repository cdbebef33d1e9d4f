import GRPCCore
import GreeterCore
import TransportSupport

/// Turns what the library reports, and what the server says, into the error of a call.
struct GRPCFailure {
    let context: CallContext
    let method: String

    // MARK: Before there was a stream

    /// The error of a call for which there was no stream.
    /// - Parameter progress: How far the newest connection had come.
    func callError(for error: any Error, at progress: ConnectionProgress.State) async -> CallError {
        if let error = error as? CallError { return error }
        if progress.isFlooded { return flooded }
        let causes = [progress.failure].compactMap { $0 } + Self.causes(of: error)
        for cause in causes {
            if let explained = await context.failure.explain(cause) { return explained }
        }
        if causes.contains(where: Self.isUnresolved) { return context.failure.unresolved }
        if let speech = progress.speech { return foreign(speech) }
        if progress.stage == .tls || progress.stage == .upgrade {
            let isEncrypted = progress.stage == .upgrade
            return context.failure.lostConnection(isEncrypted: isEncrypted) ?? closed
        }
        return CallError(
            .unavailable, "no connection to \(context.server.authority): \(Quote.bounded("\(error)"))",
            at: .connect)
    }

    /// An error and those that it came from, the first cause first.
    private static func causes(of error: any Error) -> [any Error] {
        var causes: [any Error] = []
        var next: (any Error)? = error
        while let error = next, causes.count < 16 {
            causes.append(error)
            next = (error as? RPCError)?.cause ?? (error as? RuntimeError)?.cause
        }
        return causes.reversed()
    }

    /// The library tells only in words that a name has no address.
    private static func isUnresolved(_ error: any Error) -> Bool {
        guard let error = error as? RPCError else { return false }
        return error.message.hasPrefix("Couldn't resolve address") || error.message.hasPrefix("Failed to resolve")
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

    /// The server asked for more signs of life than it took.
    var flooded: CallError {
        CallError(
            .resourceExhausted,
            "the connection was ended: \(context.server.authority) sent more than \(PingAnswerer.limit) PINGs of HTTP/2, "
                + "and did not read the answers", at: .receive,
            advice: "look at what the server, or a proxy in front of it, does with its connections")
    }

    // MARK: On a stream

    /// A stream that ended without any status.
    static let lost = CallError(
        .unavailable, "the connection was lost before the call was complete", at: .receive)

    /// The error of a stream that the connection has taken with it, or that was reset; `nil` for a status of the server's.
    ///
    /// The library makes such a status up, in words of its own and without trailers, which a server always sends.
    func lost(_ status: Status, _ trailers: Metadata) -> CallError? {
        guard status.code == .unavailable, trailers.isEmpty, status.message.hasPrefix("Stream unexpectedly closed")
        else {
            return nil
        }
        guard let code = Self.resetCode(in: status.message) else { return Self.lost }
        return CallError(
            StatusMapping.statusCode(ofReset: code),
            "the server reset the stream (\(StatusMapping.describe(reset: code)))", at: .server)
    }

    private static func resetCode(in message: String) -> UInt32? {
        message.firstRange(of: "(0x").flatMap { range in
            UInt32(message[range.upperBound...].prefix { $0.isHexDigit }, radix: 16)
        }
    }

    /// The error of a call that the server has ended with this status; `nil` for OK.
    func callError(for status: Status, _ trailers: Metadata, kind: CallKind) -> CallError? {
        if let error = httpError(trailers) { return error }
        return callError(StatusCode(status.code), message: status.message, pushback: trailers.pushback, kind: kind)
    }

    /// The same for a code, the server's message, and the time that it asks for before another attempt.
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

    /// A response that is not gRPC's, from a proxy for instance.
    private func httpError(_ trailers: Metadata) -> CallError? {
        func text(_ name: String) -> String? { trailers[stringValues: name].first { _ in true } }
        guard let status = text(":status").flatMap({ Int($0) }), status != 200, text("grpc-status") == nil else {
            return nil
        }
        var error = CallError(
            StatusMapping.statusCode(ofHTTP: status), "the server answered HTTP \(status) instead of gRPC", at: .server,
            advice: "check that the address is that of the gRPC service, and what stands in front of it")
        error.pushback = text("retry-after")
            .flatMap { RetryAfter.duration(of: $0, now: context.clock.wallTime) }.map { .wait($0) }
        return error
    }

    private func advice(on code: StatusCode, _ kind: CallKind) -> String? {
        switch code {
        case .unauthenticated: "check the token"
        case .permissionDenied: "check what the token allows"
        case .unimplemented where method == GRPCMethods().clientStream && kind == .clientStream:
            "some servers call this method \(GRPCMethods.otherClientStream): try --method \(kind.rawValue)=\(GRPCMethods.otherClientStream)"
        case .unimplemented: "check the method \(method)"
        default: nil
        }
    }
}

extension StatusCode {
    /// The same code in the library's words.
    init(_ code: Status.Code) {
        self = StatusCode(rawValue: code.rawValue) ?? .unknown
    }
}
