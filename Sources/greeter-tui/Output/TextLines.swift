import Foundation
import GreeterCore

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

    /// The lines of an event, each with its line end; none for what people need not know.
    func lines(of event: CallEvent) -> [String] {
        switch event {
        case .sent(let messages): messages.map { line("sent", $0) }
        case .received(let messages): messages.map { line("received", $0) }
        case .resent(let numbers) where numbers.count == 1: [line("again", now, "request \(numbers.lowerBound)")]
        case .resent(let numbers):
            [line("again", now, "requests \(numbers.lowerBound) to \(numbers.upperBound)")]
        case .halfClosed(let time): [line("ended", time, "nothing more is sent")]
        case .attemptEnded(let error, let time): [line("failed", time, "\(error)")]
        case .retryScheduled(let retry):
            [line("retry", now, "attempt \(retry.attempt) of \(retry.maximumAttempts) in \(retry.delay.text)")]
        case .pinged(let roundTrip, let time): [line("ping", time, "answered in \(roundTrip.text)")]
        case .attemptStarted, .opened, .acknowledged, .serverFinished, .notice, .ended: []
        }
    }

    private func line(_ what: String, _ message: StreamMessage) -> String {
        let number = String(message.number)
        let padding = String(repeating: " ", count: max(0, 4 - number.count))
        return line(what, message.time, "\(padding)\(number)  \(message.summary)")
    }

    private func line(_ what: String, _ time: Duration, _ text: String) -> String {
        let padding = String(repeating: " ", count: max(0, 8 - what.count))
        return "\(TimeOfDay.text(of: wallStart, after: time - start, in: zone))  \(what)\(padding)  \(inert(text))\n"
    }
}
