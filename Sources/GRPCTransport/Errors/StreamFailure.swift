import GRPCWire
import HTTP2Session
import RPCCore
import TransportSupport

/// Judges the end of a stream by what came on it: frames and header blocks, never words of a library.
struct StreamFailure {
    let failure: GRPCFailure
    let kind: CallKind
    /// What may know the details of an error.
    var codec: (any MessageCodec)?

    struct Verdict {
        /// `nil` for OK.
        var error: CallError?
        /// Whether the server has given a status, or an HTTP answer in its place.
        var isStatus: Bool
        var trailers: [MetadataEntry] = []
        /// Whether the server has certainly not processed anything.
        var isUnprocessed = false
        /// What people are to be told that fails nothing.
        var notice: String?
    }

    func verdict(on end: HTTP2StreamEnd, _ answer: AnswerReader) -> Verdict {
        switch end {
        case .complete: return complete(answer)
        case .reset(let code, .peer):
            let text = StatusMapping.describe(reset: code.rawValue)
            let error = CallError(
                StatusMapping.statusCode(ofReset: code.rawValue), "the server reset the stream (\(text))", at: .server)
            return Verdict(error: error, isStatus: false)
        case .reset(_, .local): return Verdict(error: CallEnding.cancelled.error, isStatus: false)
        case .refused(let refusal):
            return Verdict(error: error(of: refusal), isStatus: false, isUnprocessed: true)
        case .headersTooLarge(let size, let limit):
            var error = CallError(
                .resourceExhausted, "the server's metadata has \(size) bytes, and \(limit) are accepted", at: .server,
                advice: "allow more with --max-metadata-size, or have the server send less")
            error.isOwnLimit = true
            return Verdict(error: error, isStatus: false)
        case .violation(let violation):
            return Verdict(error: Self.error(of: violation, at: .server), isStatus: false)
        case .connectionLost(let end): return Verdict(error: error(of: end), isStatus: false)
        }
    }

    // MARK: A complete answer

    private func complete(_ answer: AnswerReader) -> Verdict {
        let head = answer.head?.headers ?? HTTP2Headers()
        // In an answer of one block the head is the trailers, too.
        let last = answer.trailers?.headers ?? (answer.head?.endsStream == true ? head : HTTP2Headers())
        let trailers = last.metadata
        if let status = last["grpc-status"] {
            // Messages in another form were not read.
            let isUnread = answer.trailers != nil
            let error = error(status, last, answer) ?? (isUnread ? refusal(of: head, body: answer.text) : nil)
            return Verdict(error: error, isStatus: true, trailers: trailers, notice: brokenDetails(in: last))
        }
        if let refusal = refusal(of: head, body: answer.text) {
            return Verdict(error: refusal, isStatus: true, trailers: trailers)
        }
        let error: CallError
        if let status = head["grpc-status"] {
            error = CallError(
                .internal,
                "the server's status (\(Quote.bounded(status))) came before the end: a proxy has changed the framing",
                at: .server, advice: "check what stands in front of the server")
        } else {
            error = CallError(
                .unknown, "the server ended the call without a status", at: .server,
                advice: "check the server, and what stands in front of it")
        }
        return Verdict(error: error, isStatus: false, trailers: trailers)
    }

    private func error(_ status: String, _ trailers: HTTP2Headers, _ answer: AnswerReader) -> CallError? {
        let all = trailers.values(of: "grpc-status")
        guard all.allSatisfy({ $0 == status }) else {
            return CallError(
                .internal, "the server gives several statuses: \(Quote.bounded(all.joined(separator: ", ")))",
                at: .server)
        }
        guard let number = Int(status), let code = StatusCode(rawValue: number) else {
            return CallError(.unknown, "the server gives a status that is none: \(Quote.bounded(status))", at: .server)
        }
        if code == .ok, answer.isInMessage {
            return CallError(.internal, "the server ended the call within a message", at: .decode)
        }
        guard code != .ok else { return nil }
        let details = details(in: trailers)
        var error = failure.callError(
            code, message: PercentText.decoded(trailers["grpc-message"] ?? ""),
            pushback: trailers.pushback ?? details?.retryDelay.map { .wait($0) }, kind: kind)
        error?.details = details?.details ?? []
        return error
    }

    private static let detailsName = "grpc-status-details-bin"

    private func details(in trailers: HTTP2Headers) -> StatusDetails? {
        trailers[Self.detailsName].flatMap { StatusDetails(base64: $0, codec: codec) }
    }

    private func brokenDetails(in trailers: HTTP2Headers) -> String? {
        guard trailers[Self.detailsName] != nil, details(in: trailers) == nil else { return nil }
        return "the details of the status (\(Self.detailsName)) are no google.rpc.Status, and are passed over"
    }

    // MARK: An answer that is not gRPC's

    /// Whether an answer is to be read as gRPC's.
    static func isGRPC(_ headers: HTTP2Headers) -> Bool {
        guard headers[":status"] == "200", let type = headers["content-type"]?.lowercased() else { return false }
        guard type.hasPrefix("application/grpc") else { return false }
        let rest = type.dropFirst("application/grpc".count)
        return rest.isEmpty || rest.hasPrefix(";") || rest.hasPrefix("+proto")
    }

    /// The error of an answer that is not gRPC's; `nil` for one that is, or that has a status all the same.
    func refusal(of headers: HTTP2Headers, body: String) -> CallError? {
        guard headers["grpc-status"] == nil, !Self.isGRPC(headers) else { return nil }
        let text = body.isEmpty ? "" : ": " + Quote.bounded(body)
        let status = headers[":status"] ?? ""
        guard status == "200" else {
            var error = CallError(
                StatusMapping.statusCode(inPlaceOfGRPC: Int(status) ?? 0),
                "the server answered HTTP \(status) instead of gRPC\(text)", at: .server,
                advice: "check that the address is that of the gRPC service, and what stands in front of it")
            error.pushback = headers["retry-after"]
                .flatMap { RetryAfter.duration(of: $0, now: failure.context.clock.wallTime) }.map { .wait($0) }
            return error
        }
        let type = headers["content-type"].map { Quote.bounded($0) } ?? "no content-type"
        return CallError(
            .unknown, "the server answered with \(type) instead of application/grpc\(text)", at: .server,
            advice: "check that the address is that of the gRPC service, and what stands in front of it")
    }

    // MARK: No answer

    private func error(of refusal: HTTP2Refusal) -> CallError {
        switch refusal {
        case .reset:
            return CallError(
                .unavailable, "the server reset the stream (\(StatusMapping.describe(reset: 7)))", at: .server)
        case .goAway(let goAway):
            return CallError(
                .unavailable, "\(Self.describe(goAway)) before it took the call", at: .receive,
                advice: advice(on: goAway))
        case .notSent:
            return CallError(.unavailable, "the connection was lost before the call was sent", at: .receive)
        }
    }

    /// A rule of HTTP/2 that the server has broken.
    static func error(of violation: HTTP2Violation, at origin: CallError.Origin) -> CallError {
        CallError(
            violation.code == .enhanceYourCalm ? .resourceExhausted : .internal,
            "the server breaks the rules of HTTP/2: \(Quote.bounded(violation.text))", at: origin,
            advice: "check the server, and what stands in front of it")
    }

    private func error(of end: HTTP2ConnectionEnd) -> CallError {
        switch end.reason {
        case .violation(let violation): return Self.error(of: violation, at: .receive)
        case .silent(let limit):
            var lost = GRPCFailure.lost
            lost.cause += ": no answer to a keep-alive PING within \(limit.inSeconds)"
            return lost
        default: break
        }
        guard let goAway = end.goAway, goAway.code != .noError else { return GRPCFailure.lost }
        return CallError(
            .unavailable, "\(Self.describe(goAway)) before the call was complete", at: .receive,
            advice: advice(on: goAway))
    }

    /// What to try where a server finds that it is sent too many PINGs.
    private func advice(on goAway: HTTP2GoAway) -> String? {
        guard goAway.isTooManyPings, let interval = failure.context.connections.keepAlive else { return nil }
        return
            "send keep-alive PINGs less often: --keep-alive was \(interval.text), and the next connection waits twice "
            + "as long"
    }

    private static func describe(_ goAway: HTTP2GoAway) -> String {
        let text = goAway.text.isEmpty ? "" : ": " + Quote.bounded(goAway.text)
        return "the server ended the connection (\(StatusMapping.describe(reset: goAway.code.rawValue))\(text))"
    }
}
