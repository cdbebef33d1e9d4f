import RPCCore
import Synchronization

/// Watches a call, and makes the report of it.
///
/// Memory: ``RunReport/replyLimit`` replies, and that of ``TimingMeter``.
final class RunMeter: CallObserver {
    fileprivate struct State {
        var start: Duration?
        var transport: String?
        var firstReply: Duration?
        /// When the last message was, or the server ended its direction.
        var lastTraffic: Duration?
        var meter = TimingMeter()
        var replies: [String] = []
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    }

    private let state = Mutex(State())
    private let comparesJSON: Bool

    /// - Parameter comparesJSON: Whether replies are compared as JSON, and not by the line that is shown of them.
    init(comparesJSON: Bool) {
        self.comparesJSON = comparesJSON
    }

    func observe(_ event: CallEvent) async {
        state.withLock { state in
            state.meter.observe(event)
            switch event {
            case .attemptStarted(let attempt): state.start = state.start ?? attempt.start
            case .opened(let info): state.transport = info.transport
            case .received(let messages):
                for message in messages { state.received(message, asJSON: comparesJSON) }
                state.traffic(messages.last?.time)
            case .sent(let messages): state.traffic(messages.last?.time)
            case .serverFinished(let time): state.traffic(time)
            default: break
            }
        }
    }

    func report(of outcome: CallOutcome, from server: ServerAddress) -> RunReport {
        state.withLock { state in
            RunReport(
                server: "\(server)", transport: state.transport, outcome: outcome,
                elapsed: state.end(of: outcome) - (state.start ?? outcome.time), firstReply: state.firstReply,
                timing: state.meter.timing, replies: state.replies, digest: state.digest)
        }
    }
}

extension RunMeter.State {
    fileprivate mutating func traffic(_ time: Duration?) {
        guard let time else { return }
        lastTraffic = max(lastTraffic ?? time, time)
    }

    /// When the call was over for the server: the silence after that, in which we wait whether more comes, is ours. A failure
    /// has its own time.
    fileprivate func end(of outcome: CallOutcome) -> Duration {
        outcome.error == nil ? lastTraffic ?? outcome.time : outcome.time
    }

    fileprivate mutating func received(_ message: StreamMessage, asJSON isJSON: Bool) {
        // Noise is no answer to anybody.
        guard message.isReply else { return }
        if firstReply == nil, let start { firstReply = message.time - start }
        let text = (isJSON ? message.payload.json : nil) ?? message.summary
        if replies.count < RunReport.replyLimit { replies.append(text) }
        // FNV-1a, with a byte between replies that is in no text.
        for byte in text.utf8 { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
        digest = (digest ^ 0xFF) &* 0x100_0000_01B3
    }
}
