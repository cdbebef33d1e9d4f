import RPCCore
import Synchronization
import WorkbenchModel

/// Takes the events of a call: messages into the transcript, everything into the progress that the view-model sees.
///
/// However many events come, at most one change is announced until the progress has been looked at.
final class CallRecorder: CallObserver {
    let transcript: CallTranscript
    private let gate = ReceiveGate()
    private let state = Mutex((progress: CallProgress(), meter: TimingMeter(), isAnnounced: false))
    private let clock: any CallClock
    private let onChange: @Sendable () -> Void

    init(clock: any CallClock, onChange: @escaping @Sendable () -> Void) {
        self.clock = clock
        self.onChange = onChange
        transcript = CallTranscript(record: RecordPlace(onChange: onChange))
    }

    func observe(_ event: CallEvent) async {
        switch event {
        case .received(let messages): await receive(messages)
        case .sent(let messages):
            transcript.append(messages, to: .sent)
            apply(event)
        default: apply(event)
        }
    }

    /// The progress so far; the next change is announced again.
    func takeProgress() -> CallProgress {
        state.withLock { state in
            state.isAnnounced = false
            state.progress.timing = state.meter.timing
            state.progress.record = transcript.placeInHistory
            return state.progress
        }
    }

    /// The first attempt; `nil` where none has begun.
    var start: Attempt? { state.withLock { $0.progress.attempts.first?.attempt } }

    func setPaused(_ isPaused: Bool) {
        let now = clock.now
        // What is measured while receiving is paused says nothing of the server.
        state.withLock { isPaused ? $0.meter.pause(at: now) : $0.meter.goOn(at: now) }
        gate.setPaused(isPaused)
    }

    func step() {
        gate.step()
    }

    private func receive(_ messages: [StreamMessage]) async {
        var rest = messages[...]
        while !rest.isEmpty {
            let passed = await gate.pass(rest.count)
            // Nearly always all may pass, and nothing needs to be copied.
            let batch = passed == messages.count ? messages : Array(rest.prefix(passed))
            rest = rest.dropFirst(passed)
            transcript.append(batch, to: .received)
            apply(.received(batch))
        }
    }

    private func apply(_ event: CallEvent) {
        let mustAnnounce = state.withLock { state -> Bool in
            state.progress.apply(event)
            state.meter.observe(event)
            defer { state.isAnnounced = true }
            return !state.isAnnounced
        }
        if mustAnnounce { onChange() }
    }
}
