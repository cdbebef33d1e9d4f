import Synchronization

/// Something that may be done once.
package final class Once: Sendable {
    private let state = Atomic(false)

    package init() {}

    package var isClaimed: Bool { state.load(ordering: .acquiring) }

    /// Whether the caller is the one to do it.
    package func claim() -> Bool {
        !state.exchange(true, ordering: .acquiringAndReleasing)
    }
}
