public import RPCCore

/// Records what an observer is told, and tells it.
public final class HistoryRecorder: CallObserver {
    /// How much of the call is on the disk.
    public let progress: RecordedProgress
    private let observer: any CallObserver
    private let writer: HistoryWriter
    private let call: Int
    private let clock: any CallClock
    private let announces: Bool

    init(
        _ observer: any CallObserver, writer: HistoryWriter, call: Int, progress: RecordedProgress,
        clock: any CallClock, announces: Bool
    ) {
        self.observer = observer
        self.writer = writer
        self.call = call
        self.progress = progress
        self.clock = clock
        self.announces = announces
    }

    /// Whether somebody waits for what is recorded to be written.
    var isWaiting: Bool { writer.isWaitedFor }
    /// Bytes that wait to be written.
    var waitingBytes: Int { writer.waitingBytes }

    public func observe(_ event: CallEvent) async {
        await writer.submit(.event(event, at: clock.now), of: call)
        // Once, and before the end, for nothing comes after that.
        if announces, let problem = progress.takeNews() {
            await observer.observe(.notice("this call is not recorded, or not wholly: \(problem)"))
        }
        await observer.observe(event)
    }
}
