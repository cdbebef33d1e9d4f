import Foundation
import RPCCore
import Synchronization

/// Prints a call as it goes: data to standard output, what is for people to standard error.
final class CallPrinter: CallObserver {
    /// What goes to standard output.
    enum Style {
        /// The replies, for programs.
        case replies(ReplyFormat)
        /// What is sent and received as lines for people.
        case text
        /// The replies alone, as text.
        case conversation
        /// Everything that happens as JSON Lines.
        case events
        /// Nothing: what travels on the wire is there instead.
        case wire

        /// Whether what goes to standard output tells people of refusals.
        fileprivate var showsRefusals: Bool { if case .text = self { true } else { false } }
    }

    private struct State {
        var attempt = 0
        /// When the first attempt began.
        var firstAttempt: Duration?
        var wallStart: Date?
        var isOpen = false
        var refusals = 0
        /// By which rules answers belong to requests, and the answers of a short call.
        var pairings = Pairings()
        var listed = ListedAnswers()
        /// Whether a pair was shown that is a guess.
        var hasGuess = false
        /// Whether a reply was written.
        var hasReply = false

        mutating func note(_ messages: [StreamMessage]) {
            listed.observe(messages)
            guard !hasGuess, let last = messages.last(where: { $0.place != nil }) else { return }
            hasGuess = pairings.pair(of: last)?.isGuess == true
        }
    }

    /// So many refusals are reported one by one on standard error.
    private static let refusalLimit = 10

    private let style: Style
    /// The prompt of a conversation, which everything is printed above.
    private let prompt: Prompt?
    private let clock: any CallClock
    /// Whether events have the fields of a message apart: those of other services may have any name.
    private let keepsMessagesApart: Bool
    /// When it was made, which is when the call begins.
    let start: Duration
    let sink = OutputSink(descriptor: STDOUT_FILENO)
    private let state = Mutex(State())

    init(style: Style, above prompt: Prompt?, keepsMessagesApart: Bool = false, clock: any CallClock) {
        self.style = style
        self.keepsMessagesApart = keepsMessagesApart
        self.prompt = prompt
        self.clock = clock
        start = clock.now
    }

    /// From when on it is counted how long the call takes: the start of its first attempt.
    var callStart: Duration { state.withLock { $0.firstAttempt } ?? start }

    /// Whether the call is open: the server has accepted it, and it is not half-closed.
    var isOpen: Bool { state.withLock { $0.isOpen } }

    /// Whether nothing more can be written to standard output.
    var isClosed: Bool { sink.isClosed }

    /// Why that is, where it is not for want of a reader.
    var outputProblem: String? { sink.problem }

    /// Sets what is to happen when nobody reads standard output any more.
    func whenClosed(_ body: @escaping @Sendable () -> Void) {
        sink.whenClosed(body)
    }

    func observe(_ event: CallEvent) async {
        let attempt = note(event)
        tell(event)
        var output = JSONText(isTerminalSafe: true)
        switch (style, event) {
        case (.events, _):
            let (pairings, listed) = state.withLock { ($0.pairings, $0.listed) }
            EventLines(
                start: start, firstAttempt: callStart, now: clock.now, attempt: attempt,
                keepsMessagesApart: keepsMessagesApart,
                pairings: pairings, listed: listed
            ).append(event, to: &output)
        case (.replies(let format), .received(let messages)):
            return await write(messages.filter { $0.role == .response }.map(\.payload), as: format)
        case (.text, _):
            for line in textLines.lines(of: event) { output.append(raw: line) }
        case (.conversation, .received(let messages)):
            for message in messages where message.role == .response {
                output.append(raw: inert(message.summary) + "\n")
            }
        default: break
        }
        await write(output.bytes)
    }

    private func write(_ replies: [Payload], as format: ReplyFormat) async {
        guard !replies.isEmpty else { return }
        let isFirst = state.withLock { state in
            defer { state.hasReply = true }
            return !state.hasReply
        }
        var bytes: [UInt8] = []
        for (index, reply) in replies.enumerated() {
            format.append(reply, isFirst: isFirst && index == 0, to: &bytes)
        }
        await write(bytes)
    }

    private func write(_ bytes: [UInt8]) async {
        guard !bytes.isEmpty else { return }
        prompt?.hide()
        await sink.write(bytes)
        prompt?.show()
    }

    private var textLines: TextLines {
        let now = clock.now
        return state.withLock { state in
            TextLines(
                start: start, wallStart: state.wallStart ?? clock.wallTime, zone: .current, now: now,
                pairings: state.pairings, listed: state.hasGuess ? state.listed : nil)
        }
    }

    /// - Returns: the number of the attempt that the event belongs to.
    private func note(_ event: CallEvent) -> Int {
        state.withLock { state in
            switch event {
            case .attemptStarted(let attempt):
                state.attempt = attempt.number
                state.firstAttempt = state.firstAttempt ?? attempt.start
                state.wallStart =
                    state.wallStart ?? attempt.wallTime.addingTimeInterval((start - attempt.start) / .seconds(1))
                state.isOpen = false
            case .opened: state.isOpen = true
            case .halfClosed, .ended: state.isOpen = false
            case .paired(let rule): state.pairings.apply(rule)
            case .received(let messages): state.note(messages)
            default: break
            }
            return state.attempt
        }
    }

    /// What people are told besides the replies.
    private func tell(_ event: CallEvent) {
        switch event {
        case .notice(let text): note(text)
        case .received(let messages) where !style.showsRefusals:
            for case .rejection(let reason) in messages.map(\.role) {
                let count = state.withLock { state in
                    state.refusals += 1
                    return state.refusals
                }
                if count <= Self.refusalLimit { say("refused: \(reason)") }
                if count == Self.refusalLimit { say("further refusals are not shown; use --events to see them") }
            }
        default: break
        }
    }

    /// Tells people a fact about the call.
    func note(_ text: String) { say("note: \(text)") }

    private func say(_ text: String) {
        if let prompt {
            prompt.say(text)
        } else {
            Exit.write(inert("greeter-tui: \(text)"), to: STDERR_FILENO)
        }
    }
}
