import Synchronization

/// Something that may be done once.
final class Once: Sendable {
    private let state = Atomic(false)

    var isClaimed: Bool { state.load(ordering: .acquiring) }

    /// Whether the caller is the one to do it.
    func claim() -> Bool {
        !state.exchange(true, ordering: .acquiringAndReleasing)
    }
}
