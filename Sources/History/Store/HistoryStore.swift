import Foundation
import GRDB
public import RPCCore
import Synchronization

/// The calls that were made, on the disk: recorded while they go on, listed, read and deleted afterwards.
///
/// Everything that touches the disk does so on threads of its own; nothing here blocks a caller. Several programs can use the
/// same history at the same time.
public final class HistoryStore: Sendable {
    /// Where the files are.
    public let folder: String
    let clock: any CallClock
    /// What calls are of that have no definition with them.
    let usual: MethodLookup
    let readDefinition: DefinitionReader
    let definitions = ReadDefinitions()
    let redaction: Redaction
    private let limits: HistoryLimits
    private let announces: Bool
    private let writer: HistoryWriter
    private let opened: OpenedDatabase
    private let calls = Mutex(0)

    /// What the user is told.
    public enum Report: Hashable, Sendable {
        /// Something was found at the start, and the history works.
        case finding(String)
        /// A call is not recorded, or not wholly.
        case problem(HistoryError)
    }

    /// Opens the history of a folder, soon and in the background; makes it where it is not there.
    /// - Parameters:
    ///   - method: What calls are of that have no definition with them: those that the program knows by itself.
    ///   - definitions: Reads the definitions of the others.
    ///   - redaction: What is never written. What is told of a call that is recorded has lost its secrets already, see
    ///     ``RedactionInterceptor``; what it begins with, and what is imported, loses them here.
    ///   - announces: Whether the observer of a call is told, as a notice, why the call is not recorded any more.
    ///   - report: Told what people should know, on some thread.
    public init(
        folder: String, of method: @escaping MethodLookup, definitions: @escaping DefinitionReader = { _ in nil },
        limits: HistoryLimits = .standard, redaction: Redaction = Redaction(),
        clock: any CallClock = SystemClock(), announces: Bool = false,
        report: @escaping @Sendable (Report) -> Void = { _ in }
    ) {
        let opened = OpenedDatabase(folder: folder, clock: clock)
        let upkeep = Upkeep(opened: opened, limits: limits, clock: clock)
        self.folder = folder
        usual = method
        readDefinition = definitions
        self.limits = limits
        self.redaction = redaction
        self.announces = announces
        self.clock = clock
        self.opened = opened
        writer = HistoryWriter(
            hiding: redaction.ofNames, database: { try opened.get() }, onProblem: { report(.problem($0)) },
            onCallEnd: { upkeep.begin() })
        upkeep.writer = writer
        writer.perform {
            guard let findings = try? opened.get().findings else { return }
            for finding in findings + [upkeep.findInterrupted()].compactMap({ $0 }) { report(.finding(finding)) }
            upkeep.begin()
        }
    }

    /// Begins to record a call.
    /// - Parameter method: What it is of; `nil` for what is usual.
    /// - Returns: what observes the call from now on, and tells `observer` everything. The last event ends the record.
    public func record(
        _ head: CallHead, of method: MethodSchema? = nil, for observer: any CallObserver
    ) async -> HistoryRecorder {
        let call = calls.withLock { calls in
            calls += 1
            return calls
        }
        let progress = RecordedProgress()
        let open = OpenCall(
            head: redaction.redacted(head), method: method, started: clock.wallTime, start: clock.now,
            progress: progress)
        await writer.submit(.begin(open), of: call)
        return HistoryRecorder(
            observer, writer: writer, call: call, progress: progress, clock: clock, announces: announces)
    }

    /// Waits until what was recorded so far is written, for as long as a time limit allows.
    /// - Returns: whether it is.
    @discardableResult
    public func finish(within limit: Duration) async -> Bool {
        await waitForWriter(within: limit) {}
    }

    /// Waits until what was recorded so far is written, and closes the files. Nothing more can be done with the history then.
    /// - Returns: whether that was done within the time limit.
    @discardableResult
    public func close(within limit: Duration) async -> Bool {
        await waitForWriter(within: limit) { [opened] in
            opened.close()
        }
    }

    private func waitForWriter(within limit: Duration, _ body: @escaping @Sendable () -> Void) async -> Bool {
        let (written, end) = AsyncStream<Void>.makeStream()
        writer.perform { [writer] in
            writer.drain(writesAll: true)
            body()
            end.finish()
        }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in written {}
                return !Task.isCancelled
            }
            group.addTask {
                // Not the clock of the calls: a disk takes its own time.
                try? await SystemClock().sleep(for: limit)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    /// Whether the history can be used.
    /// - Throws: ``HistoryError`` that says why not.
    public func check() async throws(HistoryError) {
        _ = try await database()
    }

    /// The open database; waits for it.
    func database() async throws(HistoryError) -> HistoryDatabase {
        if let current = opened.current { return current }
        return try await onWriter { $0 }
    }

    /// Runs something on the writer's thread.
    func onWriter<Value: Sendable>(
        _ body: @escaping @Sendable (HistoryDatabase) throws -> Value
    ) async throws(HistoryError) -> Value {
        let result: Result<Value, HistoryError> = await withCheckedContinuation { continuation in
            writer.perform { [opened] in
                continuation.resume(
                    returning: opened.result().flatMap { database in
                        Result { try body(database) }.mapError { HistoryError($0, at: database.path) }
                    })
            }
        }
        return try result.get()
    }

    /// Deletes calls. Those that go on stay.
    /// - Returns: how many were deleted.
    @discardableResult
    public func delete(_ calls: [Int64]) async throws(HistoryError) -> Int {
        let limits = limits
        let clock = clock
        return try await onWriter { database in
            let maintenance = Maintenance(database: database, limits: limits)
            let known = try database.pool.read {
                try Int64.fetchSet($0, CallRow.shown.filter(keys: calls).select(Column("id")))
            }
            let idle = calls.filter { known.contains($0) && !database.locks.isHeld($0) }
            try maintenance.delete(idle)
            while try maintenance.step(now: clock.wallTime) {}
            return idle.count
        }
    }

    /// Applies the limits now. What else is to be written goes in between.
    func applyLimits() async throws(HistoryError) {
        while try await onWriter({ [limits, clock] database in
            try Maintenance(database: database, limits: limits).step(now: clock.wallTime)
        }) {}
    }
}

/// The database once it is open, or why it is not.
private final class OpenedDatabase: Sendable {
    private let folder: String
    private let clock: any CallClock
    private let state = Mutex<(database: HistoryDatabase?, isClosed: Bool)>((nil, false))

    init(folder: String, clock: any CallClock) {
        self.folder = folder
        self.clock = clock
    }

    /// The database where it is open.
    var current: HistoryDatabase? { state.withLock { $0.database } }

    /// Closes it for good, once nobody reads any more.
    func close() {
        let database = state.withLock { state in
            state.isClosed = true
            return state.database.take()
        }
        database?.checkpoint()
    }

    /// Opens it where it is not open, on the writer's thread. What has failed once is tried again: a disk may have room again.
    func get() throws(HistoryError) -> HistoryDatabase {
        try result().get()
    }

    func result() -> Result<HistoryDatabase, HistoryError> {
        if let current { return .success(current) }
        do throws(HistoryError) {
            guard !state.withLock({ $0.isClosed }) else {
                throw HistoryError(.machine, "\(folder): the history is closed")
            }
            let database = try HistoryDatabase(folder: folder, now: clock.wallTime)
            state.withLock { $0.database = database }
            return .success(database)
        } catch {
            return .failure(error)
        }
    }
}

/// The upkeep of the database, a step at a time behind what is to be written.
private final class Upkeep: Sendable {
    private let opened: OpenedDatabase
    private let limits: HistoryLimits
    private let clock: any CallClock
    private let state = Mutex<(isRunning: Bool, writer: WeakWriter)>((false, WeakWriter()))

    init(opened: OpenedDatabase, limits: HistoryLimits, clock: any CallClock) {
        self.opened = opened
        self.limits = limits
        self.clock = clock
    }

    var writer: HistoryWriter? {
        get { state.withLock { $0.writer.writer } }
        set { state.withLock { $0.writer.writer = newValue } }
    }

    func findInterrupted() -> String? {
        guard let database = try? opened.get() else { return nil }
        return try? Maintenance(database: database, limits: limits).markInterrupted()
    }

    func begin() {
        let mustBegin = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if mustBegin { next() }
    }

    private func next() {
        guard let writer else { return }
        writer.perform {
            let hasMore = (try? self.step()) ?? false
            if hasMore { return self.next() }
            self.state.withLock { $0.isRunning = false }
        }
    }

    private func step() throws -> Bool {
        try Maintenance(database: opened.get(), limits: limits).step(now: clock.wallTime)
    }
}

private struct WeakWriter {
    weak var writer: HistoryWriter?
}
