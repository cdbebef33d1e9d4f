// What is kept of a call, or shown, without credentials.
extension Redaction {
    /// Headers without the values of those that must not be written.
    package func redacted(_ entries: [MetadataEntry]) -> [MetadataEntry] {
        entries.map { entry in
            MetadataEntry(entry.name, hides(entry) ? Secret.mask : redactedAddress(entry.value))
        }
    }

    /// An event without credentials.
    package func redacted(_ event: CallEvent) -> CallEvent {
        switch event {
        case .sent(let messages): return .sent(redacted(messages))
        case .received(let messages): return .received(redacted(messages))
        case .opened(var info):
            info.metadata = redacted(info.metadata)
            info.route = redactedAddress(info.route)
            return .opened(info)
        case .attemptEnded(let error, let time): return .attemptEnded(redacted(error), at: time)
        case .notice(let text): return .notice(redactedAddress(text))
        case .ended(let outcome): return .ended(redacted(outcome))
        case .attemptStarted, .resent, .acknowledged, .paired, .halfClosed, .serverFinished, .retryScheduled, .pinged:
            return event
        }
    }

    /// Whether a credential is in an event, be it the value of a header that is never shown or not.
    package func mayHide(in event: CallEvent) -> Bool {
        guard hasSecrets else { return false }
        return switch event {
        case .sent(let messages), .received(let messages): messages.contains(where: mayHide)
        case .opened(let info): mayHide(in: info.route) || info.metadata.contains { mayHide(in: $0.value) }
        case .attemptEnded(let error, _): mayHide(in: error)
        case .notice(let text): mayHide(in: text)
        case .ended(let outcome):
            outcome.error.map(mayHide) == true || mayHide(in: outcome.rule)
                || outcome.trailers.contains { mayHide(in: $0.value) }
        case .attemptStarted, .resent, .acknowledged, .paired, .halfClosed, .serverFinished, .retryScheduled,
            .pinged:
            false
        }
    }

    package func redacted(_ outcome: CallOutcome) -> CallOutcome {
        var outcome = outcome
        outcome.error = outcome.error.map { redacted($0) }
        outcome.rule = redactedAddress(outcome.rule)
        outcome.trailers = redacted(outcome.trailers)
        return outcome
    }

    package func redacted(_ error: CallError) -> CallError {
        var error = error
        error.cause = redactedAddress(error.cause)
        error.advice = error.advice.map { redactedAddress($0) }
        for index in error.details.indices { error.details[index].fields = redacted(error.details[index].fields) }
        return error
    }

    private func mayHide(in error: CallError) -> Bool {
        mayHide(in: error.cause) || error.advice.map { mayHide(in: $0) } == true
            || error.details.contains { $0.fields.contains { mayHide(in: $0.value) } }
    }

    /// Messages without credentials. Nearly all have none, and those are looked at only.
    package func redacted(_ messages: [StreamMessage]) -> [StreamMessage] {
        guard hasSecrets, messages.contains(where: mayHide) else { return messages }
        return messages.map { mayHide(in: $0) ? redacted($0) : $0 }
    }

    /// A message without credentials. A payload that spells one in another way than its message is left out.
    private func redacted(_ message: StreamMessage) -> StreamMessage {
        var message = message
        let before = message.body
        switch message.body {
        case .request(let request):
            message.body = .request(
                HelloRequest(name: redacted(request.name), language: request.language.map { redacted($0) }))
        case .reply(let reply): message.body = .reply(redacted(reply))
        case .refusal(let reason): message.body = .refusal(redacted(reason))
        case .markerEcho(let reply): message.body = .markerEcho(redacted(reply))
        }
        guard let wire = message.wire else { return message }
        let masked = redacted(wire)
        message.wire = masked == wire && message.body != before ? nil : masked
        return message
    }

    private func redacted(_ reply: HelloReply) -> HelloReply {
        HelloReply(message: redacted(reply.message), language: reply.language.map { redacted($0) })
    }

    private func mayHide(in message: StreamMessage) -> Bool {
        if let wire = message.wire, mayHide(in: wire) { return true }
        switch message.body {
        case .request(let request): return mayHide(in: request.name) || request.language.map { mayHide(in: $0) } == true
        case .reply(let reply), .markerEcho(let reply):
            return mayHide(in: reply.message) || reply.language.map { mayHide(in: $0) } == true
        case .refusal(let reason): return mayHide(in: reason)
        }
    }
}
