import DequeModule
import Synchronization

/// Watches a call, and makes the report of it.
///
/// Memory: ``RunReport/replyLimit`` replies, and the sending times of ``sentLimit`` requests.
final class RunMeter: CallObserver {
    /// Requests whose sending times are kept, the newest: replies to older ones have no time.
    static let sentLimit = 65_536

    fileprivate struct State {
        var start: Duration?
        var transport: String?
        /// When requests were sent; the first of them has the number `firstSent`.
        var sent = Deque<Duration>()
        var firstSent = 1
        var firstReply: Duration?
        var times = TimeHistogram()
        var replies: [String] = []
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    }

    private let state = Mutex(State())

    func observe(_ event: CallEvent) async {
        state.withLock { state in
            switch event {
            case .attemptStarted(let attempt): state.start = state.start ?? attempt.start
            case .opened(let info): state.transport = info.transport
            case .sent(let messages): for message in messages { state.sent(message) }
            case .received(let messages): for message in messages { state.received(message) }
            default: break
            }
        }
    }

    func report(of outcome: CallOutcome, from server: ServerAddress) -> RunReport {
        state.withLock { state in
            RunReport(
                server: "\(server)", transport: state.transport, outcome: outcome,
                elapsed: outcome.time - (state.start ?? outcome.time), firstReply: state.firstReply,
                times: state.times, replies: state.replies, digest: state.digest)
        }
    }
}

extension RunMeter.State {
    fileprivate mutating func sent(_ message: StreamMessage) {
        sent.append(message.time)
        if sent.count > RunMeter.sentLimit {
            sent.removeFirst()
            firstSent += 1
        }
    }

    fileprivate mutating func received(_ message: StreamMessage) {
        // The greeting of the end marker is no answer to anybody.
        if case .markerEcho = message.body { return }
        if firstReply == nil, let start { firstReply = message.time - start }
        let text = message.summary
        if replies.count < RunReport.replyLimit { replies.append(text) }
        // FNV-1a, with a byte between replies that is in no text.
        for byte in text.utf8 { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
        digest = (digest ^ 0xFF) &* 0x100_0000_01B3
        let index = message.answers.map { $0 - firstSent } ?? sent.count - 1
        if sent.indices.contains(index) { times.add(message.time - sent[index]) }
    }
}
