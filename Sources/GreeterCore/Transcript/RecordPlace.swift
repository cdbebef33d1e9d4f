import Synchronization

/// Where a transport that records its calls leaves the record of a call, for whoever made it.
public final class RecordPlace: Sendable {
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
