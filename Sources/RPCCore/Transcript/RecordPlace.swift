import Synchronization

/// Where the record of a call is left for whoever makes it, by what records it.
public final class RecordPlace: Sendable {
    /// Where that of the call that is made in this task is wanted, where it is.
    @TaskLocal public static var current: RecordPlace?

    private let state = Mutex<(any TranscriptReading)?>(nil)
    /// Called on some thread when more of the record can be read, or has come that was asked for.
    public let onChange: @Sendable () -> Void

    public init(onChange: @escaping @Sendable () -> Void = {}) {
        self.onChange = onChange
    }

    /// The record; `nil` where the call is not recorded, or has not begun.
    public var transcript: (any TranscriptReading)? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
