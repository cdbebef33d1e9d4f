import Synchronization

/// A number that several tasks add to.
public final class Counter: Sendable {
    private let count = Mutex(0)

    public init() {}

    public var value: Int { count.withLock { $0 } }

    public func add(_ number: Int = 1) {
        count.withLock { $0 += number }
    }
}
