public import GreeterCore

/// A transport that says nothing secret of what another receives: a server that repeats a token does not put it on a screen.
///
/// What is sent goes as it is; only what the observer is told of is changed.
public struct RedactedTransport: GreeterTransport {
    private let transport: any GreeterTransport
    private let redaction: Redaction

    public init(_ transport: any GreeterTransport, _ redaction: Redaction) {
        self.transport = transport
        self.redaction = redaction
    }

    public var server: ServerAddress { transport.server }

    @discardableResult
    public func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        let redacted = RedactedObserver(observer: observer, redaction: redaction)
        return redaction.redacted(await transport.perform(call, observer: redacted))
    }

    public func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        do {
            var report = try await transport.checkHealth(deadline: deadline)
            report.message = redaction.redacted(report.message)
            return report
        } catch {
            throw redaction.redacted(error)
        }
    }

    public func shutdown() async { await transport.shutdown() }
}

private struct RedactedObserver: CallObserver {
    let observer: any CallObserver
    let redaction: Redaction

    func observe(_ event: CallEvent) async {
        switch event {
        case .opened(var info):
            info.metadata = info.metadata.map(redaction.redacted)
            await observer.observe(.opened(info))
        case .received(let messages): await observer.observe(.received(messages.map(redaction.redacted)))
        case .attemptEnded(let error, let time):
            await observer.observe(.attemptEnded(redaction.redacted(error), at: time))
        case .notice(let text): await observer.observe(.notice(redaction.redacted(text)))
        case .ended(let outcome): await observer.observe(.ended(redaction.redacted(outcome)))
        case .attemptStarted, .sent, .resent, .acknowledged, .halfClosed, .serverFinished, .retryScheduled,
            .pinged:
            await observer.observe(event)
        }
    }
}

extension Redaction {
    fileprivate func redacted(_ message: StreamMessage) -> StreamMessage {
        var message = message
        message.wire = message.wire.map(redacted)
        switch message.body {
        case .reply(let reply): message.body = .reply(redacted(reply))
        case .markerEcho(let reply): message.body = .markerEcho(redacted(reply))
        case .refusal(let reason): message.body = .refusal(redacted(reason))
        case .request: break
        }
        return message
    }

    private func redacted(_ reply: HelloReply) -> HelloReply {
        HelloReply(message: redacted(reply.message), language: reply.language.map(redacted))
    }

    fileprivate func redacted(_ entry: MetadataEntry) -> MetadataEntry {
        MetadataEntry(entry.name, redacted(entry.value))
    }

    fileprivate func redacted(_ error: CallError) -> CallError {
        var error = error
        error.cause = redacted(error.cause)
        error.advice = error.advice.map(redacted)
        return error
    }

    fileprivate func redacted(_ outcome: CallOutcome) -> CallOutcome {
        var outcome = outcome
        outcome.error = outcome.error.map(redacted)
        outcome.rule = redacted(outcome.rule)
        outcome.trailers = outcome.trailers.map(redacted)
        return outcome
    }
}
