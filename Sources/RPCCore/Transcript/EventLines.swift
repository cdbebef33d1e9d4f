import Foundation

/// Events as JSON Lines: one for each event, and one for each message of a batch.
///
/// Every line begins with `time` (seconds since the start, six decimals), `event` and `attempt`. The other keys are
/// those that the help of `call` lists; a key without a value is left out. Names and order of keys do not change.
///
/// Complete lines say more, so that ``EventLine`` makes the same event of them again: times to the nanosecond, the payload as
/// it travelled (`wire`), and the keys that are written only where ``isComplete`` is asked for.
package struct EventLines: Sendable {
    /// The start of the call, as ``CallClock/now``.
    let start: Duration
    /// The start of its first attempt, from which on it is counted how long the call took.
    let firstAttempt: Duration
    /// The time of events that carry none.
    let now: Duration
    let attempt: Int
    let isComplete: Bool
    /// Whether the fields of a message stand apart (`content`), so that none has the key of something else, and the bytes of one
    /// that is no text beside them (`bytes`).
    let keepsMessagesApart: Bool
    /// The rules by which answers belong to requests.
    let pairings: Pairings
    /// The answers whose pairs are listed with a rule.
    let listed: ListedAnswers

    package init(
        start: Duration, firstAttempt: Duration? = nil, now: Duration, attempt: Int, isComplete: Bool = false,
        keepsMessagesApart: Bool = false, pairings: Pairings = Pairings(), listed: ListedAnswers = ListedAnswers()
    ) {
        self.start = start
        self.firstAttempt = firstAttempt ?? start
        self.now = now
        self.attempt = attempt
        self.isComplete = isComplete
        self.keepsMessagesApart = keepsMessagesApart
        self.pairings = pairings
        self.listed = listed
    }

    package func append(_ event: CallEvent, to output: inout JSONText) {
        switch event {
        case .attemptStarted(let attempt):
            line("attempt_started", at: attempt.start, &output) {
                let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
                $0.field("wall_time", attempt.wallTime.formatted(style))
                if isComplete { $0.number("wall_clock", "\(attempt.wallTime.timeIntervalSince1970)") }
            }
        case .opened(let info):
            line("opened", at: info.time, &output) {
                $0.field("transport", info.transport)
                $0.field("route", info.route)
                $0.field("subprotocol", info.subprotocol)
                $0.field("metadata", info.metadata)
            }
        case .sent(let messages):
            for message in messages { append(message, as: "sent", to: &output) }
        case .received(let messages):
            for message in messages { append(message, as: "received", to: &output) }
        case .resent(let numbers, let time):
            line("resent", at: time, &output) {
                $0.field("from", numbers.lowerBound)
                $0.field("to", numbers.upperBound)
            }
        case .attemptEnded(let error, let time):
            line("attempt_ended", at: time, &output) {
                $0.field("code", error.code.rawValue)
                $0.field("status", error.code.name)
                $0.field("sent", error.delivery.sent)
                $0.field("received", error.delivery.received)
                append(error, to: &$0)
            }
        case .retryScheduled(let retry): append(retry, to: &output)
        case .acknowledged(let number):
            line("acknowledged", at: now, &output) { $0.field("up_to", number) }
        case .paired(let rule): append(rule, to: &output)
        case .halfClosed(let time): line("half_closed", at: time, &output) { _ in }
        case .serverFinished(let time): line("server_finished", at: time, &output) { _ in }
        case .pinged(let roundTrip, let time):
            line("pinged", at: time, &output) { $0.number("round_trip", text(roundTrip)) }
        case .notice(let text): line("notice", at: now, &output) { $0.field("text", text) }
        case .ended(let outcome): append(outcome, to: &output)
        }
    }

    private func append(_ message: StreamMessage, as event: StaticString, to output: inout JSONText) {
        line(event, at: message.time, &output) {
            $0.field("number", message.number)
            $0.field("size", message.size)
            $0.field("form", message.form.rawValue)
            if case .request = message.role {
            } else {
                $0.field("body", message.role.word)
                append(pairings.pair(of: message), to: &$0)
            }
            if case .rejection(let reason) = message.role {
                $0.field("reason", reason)
            } else if keepsMessagesApart {
                appendContent(of: message.payload, to: &$0)
            } else {
                for field in message.payload.value?.fields ?? [] { $0.field(field) }
            }
            guard isComplete else { return }
            $0.field("replies_before", message.place?.replies)
            $0.field("refusals_before", message.place?.refusals)
            if !message.payload.bytes.isEmpty { $0.field("wire", message.payload.text) }
        }
    }

    private func appendContent(of payload: Payload, to output: inout JSONText) {
        if payload.encoding == .protobuf { output.field("bytes", Data(payload.message).base64EncodedString()) }
        guard let value = payload.value else { return }
        output.append(raw: ",\"content\":")
        output.append(value)
    }

    private func append(_ pair: AnswerPair?, to output: inout JSONText) {
        output.field("answers", pair?.request)
        if pair?.isGuess == true { output.field("pairing", "guess") }
    }

    private func append(_ rule: Pairing, to output: inout JSONText) {
        line("paired", at: now, &output) {
            if let correlation = rule.correlation {
                $0.field("pairing", "key")
                $0.field("request_key", correlation.request)
                $0.field("reply_key", correlation.reply)
                return
            }
            $0.field("pairing", rule.contradiction != nil ? "stopped" : rule.isProven ? "proven" : "guess")
            $0.field("ratio", rule.ratio)
            $0.field("ratio_at_most", rule.largestRatio)
            $0.field("from_reply", rule.firstReply)
            $0.field("from_request", rule.firstRequest)
            $0.field("up_to", rule.answered)
            $0.field("reason", rule.contradiction)
            let pairs = listed.pairs(pairings)
            guard !isComplete, !pairs.isEmpty else { return }
            let texts = pairs.map { "[\($0.reply),\($0.request)]" }
            $0.number("pairs", "[\(texts.joined(separator: ","))]")
        }
    }

    private func append(_ outcome: CallOutcome, to output: inout JSONText) {
        line("ended", at: outcome.time, &output) {
            $0.field("code", outcome.code.rawValue)
            $0.field("status", outcome.code.name)
            $0.field("rule", outcome.rule)
            $0.field("attempts", outcome.attempts)
            $0.number("elapsed", text(outcome.time - firstAttempt))
            $0.field("sent", outcome.delivery.sent)
            $0.field("answered", outcome.delivery.answered)
            $0.field("likely", outcome.delivery.likelyIfMore)
            $0.field("refused", outcome.delivery.refused)
            $0.field("unprocessed", outcome.delivery.unprocessed)
            $0.field("uncertain", outcome.delivery.uncertain)
            $0.field("received", outcome.delivery.received)
            if outcome.delivery.isCutShort { $0.append(raw: ",\"cut_short\":true") }
            $0.field("unsent", outcome.delivery.unsent)
            $0.field("result", outcome.result)
            if !outcome.trailers.isEmpty { $0.field("trailers", outcome.trailers) }
            if let error = outcome.error { append(error, to: &$0) }
        }
    }

    private func append(_ error: CallError, to output: inout JSONText) {
        output.append(raw: ",\"error\":{\"origin\":")
        output.append(error.origin.rawValue)
        output.field("cause", error.cause)
        output.field("advice", error.advice)
        output.append(raw: error.isSafeToRetry ? ",\"safe_to_retry\":true" : ",\"safe_to_retry\":false")
        output.field("close_code", error.closeCode)
        switch error.pushback {
        case .wait(let pause):
            output.number("retry_after", text(pause))
        case .stop: output.append(raw: ",\"retry_forbidden\":true")
        case nil: break
        }
        if let payload = error.undecoded {
            output.append(raw: ",\"undecoded\":{\"size\":\(payload.size)")
            output.field("fault", payload.fault)
            output.field("start", payload.start)
            output.field("hex", payload.hexText)
            output.append(raw: "}")
        }
        append(error.details, to: &output)
        if isComplete {
            if error.isRefusal { output.append(raw: ",\"refusal\":true") }
            output.append(raw: ",\"delivery\":{\"sent\":\(error.delivery.sent)")
            output.field("answered", error.delivery.answered)
            output.field("likely", error.delivery.likelyIfMore)
            output.field("refused", error.delivery.refused)
            output.field("unprocessed", error.delivery.unprocessed)
            output.field("received", error.delivery.received)
            output.append(raw: "}")
        }
        output.append(raw: "}")
    }

    private func append(_ details: [StatusDetail], to output: inout JSONText) {
        guard !details.isEmpty else { return }
        output.append(raw: ",\"details\":[")
        for (index, detail) in details.enumerated() {
            output.append(raw: index == 0 ? "{\"type\":" : ",{\"type\":")
            output.append(detail.type)
            output.field("fields", detail.fields)
            output.append(raw: "}")
        }
        output.append(raw: "]")
    }

    private func append(_ retry: RetrySchedule, to output: inout JSONText) {
        line("retry_scheduled", at: now, &output) {
            $0.field("next_attempt", retry.attempt)
            $0.field("maximum_attempts", retry.maximumAttempts)
            $0.number("delay", text(retry.delay))
            $0.number("at_most", text(retry.bound))
            $0.field("formula", retry.formula)
            $0.field("first_request", retry.firstRequest)
            $0.field("throttle", "\(retry.throttle)")
            if isComplete {
                $0.number("start", text(retry.start - start))
                $0.number("tokens", "\(retry.throttle.tokens)")
                $0.number("tokens_maximum", "\(retry.throttle.maximum)")
            }
        }
    }

    private func line(
        _ event: StaticString, at time: Duration, _ output: inout JSONText, _ fields: (inout JSONText) -> Void
    ) {
        output.append(raw: "{\"time\":")
        output.append(raw: text(time - start))
        output.append(raw: ",\"event\":\"")
        output.append(raw: event)
        output.append(raw: "\"")
        output.field("attempt", attempt)
        fields(&output)
        output.append(raw: "}\n")
    }

    private func text(_ duration: Duration) -> String {
        isComplete ? duration.exactSecondsText : duration.secondsText
    }
}
