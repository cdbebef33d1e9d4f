import Foundation
import RPCCore

/// Events as lines for people: when it was, what it was, the number of the message, and the text.
///
/// Nothing in a line acts on a terminal, whatever the server says.
struct TextLines {
    /// The start of the call, as ``CallClock/now``, and by the clock on the wall.
    let start: Duration
    let wallStart: Date
    let zone: TimeZone
    /// The time of events that carry none.
    let now: Duration
    /// The rules by which answers belong to requests.
    var pairings = Pairings()
    /// The answers whose pairs are told again when the rule becomes another; `nil` where nothing has to be corrected.
    var listed: ListedAnswers?

    /// The lines of an event, each with its line end; none for what people need not know.
    func lines(of event: CallEvent) -> [String] {
        switch event {
        case .sent(let messages): messages.map { line("sent", $0) }
        case .received(let messages): messages.map { line("received", $0) }
        case .resent(let numbers, let time) where numbers.count == 1:
            [line("again", time, "request \(numbers.lowerBound)")]
        case .resent(let numbers, let time):
            [line("again", time, "requests \(numbers.lowerBound) to \(numbers.upperBound)")]
        case .halfClosed(let time): [line("ended", time, "nothing more is sent")]
        case .attemptEnded(let error, let time): [line("failed", time, "\(error)")]
        case .retryScheduled(let retry):
            [line("retry", now, "attempt \(retry.attempt) of \(retry.maximumAttempts) in \(retry.delay.text)")]
        case .pinged(let roundTrip, let time): [line("ping", time, "answered in \(roundTrip.text)")]
        case .paired(let rule): paired(rule)
        case .ended(let outcome): (outcome.error?.details ?? []).map { line("says", outcome.time, "\($0)") }
        case .attemptStarted, .opened, .acknowledged, .serverFinished, .notice: []
        }
    }

    private func line(_ what: String, _ message: StreamMessage) -> String {
        let number = String(message.number).rightAligned(to: 4)
        return line(what, message.time, "\(number)  \(message.summary)\(pair(message))")
    }

    /// The request that an answer of a stream is taken to answer, with a mark where that is a guess.
    private func pair(_ message: StreamMessage) -> String {
        let saysItself = pairings.correlation != nil && message.role == .response
        guard saysItself || message.place != nil else { return "" }
        guard let pair = pairings.pair(of: message) else { return saysItself ? "  (no request)" : "" }
        return "  (\(pair.isGuess ? "≈ " : "")request \(pair.request))"
    }

    /// What a rule says of the pairs that were told before.
    private func paired(_ rule: Pairing) -> [String] {
        guard let listed else { return [] }
        if let contradiction = rule.contradiction {
            return [line("paired", now, "no reply any more: \(contradiction)")]
        }
        let pairs = listed.pairs(pairings)
        let requests = pairs.map { "\($0.request)" }.joined(separator: ",")
        let certainty = rule.isProven ? "" : "≈ "
        guard let first = pairs.first, let last = pairs.last else {
            return [line("paired", now, "\(certainty)\(rule.ratioText)")]
        }
        return [
            line(
                "paired", now,
                "\(certainty)replies \(first.reply) to \(last.reply) answer requests \(requests): \(rule.ratioText)")
        ]
    }

    private func line(_ what: String, _ time: Duration, _ text: String) -> String {
        let moment = TimeOfDay.text(of: wallStart, after: time - start, in: zone)
        return "\(moment)  \(what.padded(to: 8))  \(inert(text))\n"
    }
}
