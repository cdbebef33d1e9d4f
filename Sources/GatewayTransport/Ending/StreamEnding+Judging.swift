import RPCCore
import TransportSupport

// What follows from what has happened.
extension StreamEnding {
    /// The verdict once everything that was owed has come; `nil` as long as that cannot be known.
    ///
    /// A server that answers every message owes one answer for each request and one for the end marker.
    var settled: CallEnding? {
        guard kind == .clientStream, isPerMessage, isHalfClosed, answers >= requests + markers else { return nil }
        return success("every message was answered: \(tally)")
    }

    /// Whether the call is over once nothing has come for ``quietTime``.
    ///
    /// Only when nothing can be missing but what cannot be counted: a request without any answer is waited for,
    /// since a server may take its time and a CLOSE would lose the reply.
    var mayEndByQuiet: Bool {
        guard isHalfClosed else { return false }
        if signal == .close { return true }
        if kind == .bidirectional { return completes > 0 || hasEveryAnswer }
        if isPerMessage { return answers >= requests }
        return completes > 0 || hasOnlyBareReplies || (requests == 0 && signal == .nothing)
    }

    /// Whether replies to what has been sent may be on their way though the send direction is open.
    var expectsReplies: Bool {
        guard let order, !order.isStopped else {
            return (kind == .bidirectional || isPerMessage) && replies + refusals < requests
        }
        return replies < order.ratio * (requests - refusals)
    }

    /// Whether every request of a bidirectional stream has an answer. What a guess makes of the replies does not count here: they
    /// may be fewer for each.
    private var hasEveryAnswer: Bool {
        let ratio = order.flatMap { $0.isEstablished ? $0.ratio : nil } ?? 1
        return (replies + ratio - 1) / ratio + refusals >= requests
    }

    /// How long it must be quiet then. Ten times as long where the replies make no whole number for each request, whether the
    /// last of them answered the end marker or not: a slow server may owe some.
    var quietNeeded: Duration {
        let open = requests - refusals
        let isEven = [replies, replies + held.count].contains { open > 0 && $0.isMultiple(of: open) }
        let isComplete = kind != .bidirectional || completes > 0 || order?.isStopped == true || replies == 0 || isEven
        return isComplete ? quietTime : quietTime * 10
    }

    /// The verdict when ``mayEndByQuiet`` holds and it has been quiet.
    var endedByQuiet: CallEnding {
        let since =
            switch signal {
            case .marker: "the end marker"
            case .close: "our CLOSE"
            case .nothing: "the last request"
            }
        return success("quiet for \(quietNeeded.inSeconds) after \(since)")
    }

    /// The verdict on a CLOSE frame.
    func endedByClose(code: UInt16?, reason: String) -> CallEnding {
        let frame = StatusMapping.describe(close: code)
        if isComplete || (endsByBareClose && [nil, 1000, 1005].contains(code)) {
            let said = completes > 0 ? "said complete and closed" : "closed the stream"
            return success("the server \(said) (\(code.map(String.init) ?? "no code"))")
        }
        var cause = "the server closed the stream (\(frame)) before the call was complete"
        if !reason.isEmpty { cause += ": " + Quote.beginning(of: reason) }
        return .failure(
            CallError(
                StatusMapping.statusCode(ofClose: code), cause, at: .server, advice: adviceOnEarlyEnd,
                closeCode: code.map(Int.init)),
            rule: "the server closed the stream (\(frame))")
    }

    /// The verdict on a connection that ended without a CLOSE frame.
    /// - Parameter detail: What is known of it, appended to the sentence.
    func endedByDisconnect(_ detail: String = "") -> CallEnding {
        let cause = "connection closed by the server without a CLOSE frame\(detail)"
        if isComplete {
            return success("the server said complete; the \(cause)")
        }
        return .failure(CallError(.unavailable, cause, at: .receive, advice: adviceOnEarlyEnd), rule: cause)
    }

    /// Whether waiting for the server's CLOSE would be in vain: this is how servers behave that know no end of the stream.
    var neverCloses: Bool { isPerMessage || echoes > 0 || order?.ratio ?? 1 > 1 }

    private var markers: Int { signal == .marker ? 1 : 0 }

    /// Messages answered by a server that answers each by itself: with `complete` where it knows that, or with a refusal.
    private var answers: Int {
        (completes == 0 ? replies + echoes : completes) + refusals
    }

    private var hasOnlyBareReplies: Bool { hasBareReply && completes == 0 }

    /// Whether the server has said all that it can be expected to say.
    private var isComplete: Bool {
        guard kind == .clientStream, isPerMessage else { return completes > 0 }
        return isHalfClosed && answers >= requests
    }

    /// Whether a normal CLOSE ends the call well without `complete`: where we asked for it, or the server never says it.
    private var endsByBareClose: Bool {
        isHalfClosed && (signal == .close ? kind == .bidirectional || replies > 0 || requests == 0 : hasOnlyBareReplies)
    }

    private var adviceOnEarlyEnd: String? {
        signal == .close && isHalfClosed
            ? "many servers drop outstanding replies when they are sent CLOSE; signal the end with the marker instead"
            : nil
    }

    private var tally: String {
        var parts = [replies.counted("reply", "replies")]
        if refusals > 0 { parts.append(refusals.counted("refusal", "refusals")) }
        let sent = requests.counted("request", "requests")
        return parts.joined(separator: " and ") + " for " + sent + (markers > 0 ? " and one for the end marker" : "")
    }

    /// The call went to its end. A client stream of at least one request must have a result, too.
    private func success(_ rule: String) -> CallEnding {
        guard kind == .clientStream else { return CallEnding(rule: rule) }
        if lastReply == nil && requests > 0 {
            let error =
                refusals > 0
                ? CallError(
                    .invalidArgument, "the server refused every request: " + Quote.beginning(of: lastRefusal),
                    at: .server, isRefusal: true)
                : CallError(
                    .internal, "the server ended the call without a reply", at: .server, advice: adviceOnEarlyEnd)
            return .failure(error, rule: rule)
        }
        return CallEnding(rule: rule, result: lastReply)
    }
}
