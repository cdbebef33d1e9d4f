public import GreeterCore

/// Records what an observer is told, and tells it.
public final class HistoryRecorder: CallObserver {
    /// How much of the call is on the disk.
    public let progress: RecordedProgress
    private let observer: any CallObserver
    private let writer: HistoryWriter
    private let call: Int
    private let clock: any CallClock

    init(
        _ observer: any CallObserver, writer: HistoryWriter, call: Int, progress: RecordedProgress,
        clock: any CallClock
    ) {
        self.observer = observer
        self.writer = writer
        self.call = call
        self.progress = progress
        self.clock = clock
    }

    /// Whether somebody waits for what is recorded to be written.
    var isWaiting: Bool { writer.isWaitedFor }

    public func observe(_ event: CallEvent) async {
        await writer.submit(.event(event, at: clock.now), of: call)
        await observer.observe(event)
    }
}
