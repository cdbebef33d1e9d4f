/// Tasks by name: one that begins takes the place of the one before, which is cancelled.
@MainActor
struct NamedTasks<Name: Hashable & Sendable> {
    private var tasks: [Name: Task<Void, Never>] = [:]

    subscript(name: Name) -> Task<Void, Never>? { tasks[name] }

    mutating func replace(_ name: Name, _ body: sending @escaping @isolated(any) () async -> Void) {
        let old = tasks[name]
        old?.cancel()
        tasks[name] = Task {
            await body()
            // Who waits for the end of this one waits for what it has replaced: that may still have something to close.
            await old?.value
        }
    }

    /// Drops one that has come to its end.
    mutating func drop(_ name: Name) {
        tasks[name] = nil
    }

    /// Cancels all of them.
    /// - Returns: what is still ending.
    @discardableResult
    func cancel() -> [Task<Void, Never>] {
        for task in tasks.values { task.cancel() }
        return Array(tasks.values)
    }
}
