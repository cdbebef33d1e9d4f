import GreeterCore

extension Redaction {
    /// Headers without the values of those that must not be written.
    func redacted(_ entries: [MetadataEntry]) -> [MetadataEntry] {
        entries.map { entry in
            MetadataEntry(entry.name, hides(entry) ? Secret.mask : redacted(entry.value))
        }
    }

    func redacted(_ head: CallHead) -> CallHead {
        var head = head
        head.options.metadata = redacted(head.options.metadata)
        head.plan = head.plan.map { redacted($0) }
        head.server = redacted(head.server)
        return head
    }

    /// An event that is no batch of messages, without credentials.
    func redacted(_ event: CallEvent) -> CallEvent {
        switch event {
        case .opened(var info):
            info.metadata = redacted(info.metadata)
            info.route = redacted(info.route)
            return .opened(info)
        case .attemptEnded(let error, let time): return .attemptEnded(redacted(error), at: time)
        case .notice(let text): return .notice(redacted(text))
        case .ended(var outcome):
            outcome.error = outcome.error.map { redacted($0) }
            outcome.rule = redacted(outcome.rule)
            outcome.trailers = redacted(outcome.trailers)
            return .ended(outcome)
        case .attemptStarted, .sent, .resent, .received, .acknowledged, .halfClosed, .serverFinished, .retryScheduled,
            .pinged:
            return event
        }
    }

    private func redacted(_ error: CallError) -> CallError {
        var error = error
        error.cause = redacted(error.cause)
        error.advice = error.advice.map { redacted($0) }
        return error
    }

    /// A message without credentials. A payload that spells one in another way than its message is left out.
    func redacted(_ message: StreamMessage) -> StreamMessage {
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
}

extension Redaction {
    /// Messages without credentials. Nearly all have none, and those are looked at only.
    func redacted(_ messages: [StreamMessage]) -> [StreamMessage] {
        guard hasSecrets, messages.contains(where: hides) else { return messages }
        return messages.map { hides($0) ? redacted($0) : $0 }
    }

    private func hides(_ message: StreamMessage) -> Bool {
        if let wire = message.wire, mayHide(in: wire) { return true }
        switch message.body {
        case .request(let request): return mayHide(in: request.name) || request.language.map(mayHide) == true
        case .reply(let reply), .markerEcho(let reply):
            return mayHide(in: reply.message) || reply.language.map(mayHide) == true
        case .refusal(let reason): return mayHide(in: reason)
        }
    }
}
