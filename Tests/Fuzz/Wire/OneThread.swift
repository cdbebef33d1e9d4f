import Synchronization

/// Runs tasks on the thread that asks for it, one after another, so that the same input does the same each time.
final class OneThread: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var running = 0
    }

    private let state = Mutex(State())

    /// Tasks that have not ended.
    var running: Int { state.withLock { $0.running } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
    }

    func start(_ body: @escaping @Sendable () async -> Void) {
        state.withLock { $0.running += 1 }
        Task(executorPreference: self) {
            await body()
            self.state.withLock { $0.running -= 1 }
        }
    }

    /// Runs what can be run now.
    /// - Returns: whether there was anything.
    func run() -> Bool {
        let jobs = state.withLock { state in
            defer { state.jobs = [] }
            return state.jobs
        }
        for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
        return !jobs.isEmpty
    }
}
