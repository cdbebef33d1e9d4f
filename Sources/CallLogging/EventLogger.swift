import Logging
import RPCCore
import Synchronization

/// Logs what an observer is told, and tells it.
final class EventLogger: CallObserver {
    private let observer: any CallObserver
    private let log: CallLog
    private let call: Int
    /// When the call began, as ``CallClock/now``.
    private let start = Mutex<Duration?>(nil)

    init(_ observer: any CallObserver, to log: CallLog, call: Int) {
        self.observer = observer
        self.log = log
        self.call = call
    }

    func observe(_ event: CallEvent) async {
        note(event)
        await observer.observe(event)
    }

    private func note(_ event: CallEvent) {
        switch event {
        case .sent(let messages), .received(let messages):
            guard log.level <= .debug else { return }
            let name: Logger.Message = if case .sent = event { "sent" } else { "received" }
            let cost = messages.reduce(0) { $0 + $1.size + 512 }
            submit(cost: cost) { logger, start in
                for message in messages {
                    logger.debug(name, metadata: message.logMetadata.at(message.time - start))
                }
            }
        case .attemptStarted(let attempt):
            start.withLock { $0 = $0 ?? attempt.start }
            at(attempt.start, .info, "attempt", ["attempt": "\(attempt.number)"])
        case .opened(let info):
            at(
                info.time, .info, "opened",
                ["transport": "\(info.transport)", "route": "\(info.route)", "headers": "\(info.metadata.text)"])
        case .resent(let numbers, _):
            say(.info, "sent again", ["from": "\(numbers.lowerBound)", "to": "\(numbers.upperBound)"])
        case .acknowledged(let number): say(.trace, "acknowledged", ["up-to": "\(number)"])
        case .paired(let rule): say(.info, "paired", rule.logMetadata)
        case .halfClosed(let time): at(time, .debug, "half-closed", [:])
        case .serverFinished(let time): at(time, .debug, "server finished", [:])
        case .attemptEnded(let error, let time): at(time, .info, "attempt failed", error.logMetadata)
        case .retryScheduled(let retry):
            say(
                .info, "retry",
                [
                    "attempt": "\(retry.attempt)", "of": "\(retry.maximumAttempts)", "delay": "\(retry.delay.text)",
                    "formula": "\(retry.formula)", "tokens": "\(retry.throttle)",
                ])
        case .pinged(let roundTrip, let time): at(time, .debug, "pinged", ["round-trip": "\(roundTrip.secondsText)"])
        case .notice(let text): say(.info, "notice", ["text": "\(text)"])
        case .ended(let outcome): at(outcome.time, .info, "ended", outcome.logMetadata)
        }
    }

    private func at(_ time: Duration, _ level: Logger.Level, _ message: Logger.Message, _ metadata: Logger.Metadata) {
        guard log.level <= level else { return }
        submit { logger, start in logger.log(level: level, message, metadata: metadata.at(time - start)) }
    }

    private func say(_ level: Logger.Level, _ message: Logger.Message, _ metadata: Logger.Metadata) {
        guard log.level <= level else { return }
        submit { logger, _ in logger.log(level: level, message, metadata: metadata) }
    }

    private func submit(cost: Int = 512, _ body: @escaping @Sendable (Logger, _ start: Duration) -> Void) {
        let start = start.withLock { $0 } ?? .zero
        log.submit(cost: cost) { [call] logger in
            var logger = logger
            logger[metadataKey: "call"] = "\(call)"
            body(logger, start)
        }
    }
}

extension Logger.Metadata {
    /// With the time since the start of the call.
    fileprivate func at(_ elapsed: Duration) -> Logger.Metadata {
        var metadata = self
        metadata["elapsed"] = "\(elapsed.secondsText)"
        return metadata
    }
}

extension StreamMessage {
    fileprivate var logMetadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "number": "\(number)", "size": "\(size)", "form": "\(form.rawValue)", "text": "\(text)",
        ]
        if let place { metadata["place"] = "\(place.replies)+\(place.refusals)" }
        if let answers { metadata["answers"] = "\(answers)" }
        return metadata
    }
}

extension Pairing {
    fileprivate var logMetadata: Logger.Metadata {
        if let correlation { return ["request-key": "\(correlation.request)", "reply-key": "\(correlation.reply)"] }
        var metadata: Logger.Metadata = [
            "from-reply": "\(firstReply)", "from-request": "\(firstRequest)", "ratio": "\(ratio)",
            "proven": "\(isProven)",
        ]
        if let contradiction { metadata["stopped"] = "\(contradiction)" }
        return metadata
    }
}

extension CallOutcome {
    fileprivate var logMetadata: Logger.Metadata {
        var metadata = error?.logMetadata ?? ["code": "\(code.name)"]
        metadata["rule"] = "\(rule)"
        metadata["sent"] = "\(delivery.sent)"
        metadata["answered"] = "\(delivery.answered)"
        metadata["uncertain"] = "\(delivery.uncertain)"
        metadata["received"] = "\(delivery.received)"
        if delivery.isCutShort { metadata["cut_short"] = "true" }
        if let unsent = delivery.unsent { metadata["unsent"] = "\(unsent)" }
        return metadata
    }
}
