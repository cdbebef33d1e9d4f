import Dispatch
import Foundation
import RPCCore
import Synchronization
import Waiting

/// Writes what recorders hand over, on a thread of its own.
///
/// Events are encoded as they come, and written in one transaction every ``interval``, or as soon as ``batchBytes`` are
/// encoded; at the end of a call at once. A crash, or a power cut, loses what came since the last transaction.
///
/// In memory are at most ``memoryLimit`` bytes of events that are not written yet, and a batch of each direction of a call more. Who
/// has more to record waits.
final class HistoryWriter: Sendable {
    /// From the first event that is not written to the transaction that writes it.
    static let interval = DispatchTimeInterval.milliseconds(250)
    /// Encoded bytes that are written at once: 4 MiB.
    static let batchBytes = 4 << 20
    /// What may wait to be written, with what it takes to keep it in memory: 8 MiB.
    static let memoryLimit = 8 << 20
    /// So much is gathered before it is encoded: 256 KiB.
    private static let encodingBytes = 256 << 10

    /// One thing to record.
    enum Entry: Sendable {
        case begin(OpenCall)
        case event(CallEvent, at: Duration)
    }

    private struct Inbox: HasWaiters {
        var entries: [(call: Int, entry: Entry)] = []
        /// Bytes of the entries.
        var waiting = 0
        /// Bytes of what is being encoded, or is encoded and not written.
        var taken = 0
        var isTimed = false
        var isDraining = false
        var waiters = Waiters()

        var isFull: Bool { waiting + taken > HistoryWriter.memoryLimit }
    }

    private struct Work {
        var calls: [Int: OpenCall] = [:]
        /// Those with something to write.
        var changed: Set<Int> = []
        var encoded = 0
    }

    private let queue = DispatchQueue(label: "greeter.history", qos: .utility)
    private let inbox = Guarded(Inbox())
    /// Used on the queue only.
    private let work = Mutex(Work())
    private let hidden: Redaction
    private let database: @Sendable () throws -> HistoryDatabase
    private let onProblem: @Sendable (HistoryError) -> Void
    private let onCallEnd: @Sendable () -> Void

    /// - Parameters:
    ///   - hidden: What of events is not written beside what they have lost already.
    ///   - database: Opens the database, or gives the open one. Called on the writer's thread.
    ///   - onProblem: Told why a call is not recorded any more.
    ///   - onCallEnd: Told when a call is over and wholly written.
    init(
        hiding hidden: Redaction, database: @escaping @Sendable () throws -> HistoryDatabase,
        onProblem: @escaping @Sendable (HistoryError) -> Void, onCallEnd: @escaping @Sendable () -> Void
    ) {
        self.hidden = hidden
        self.database = database
        self.onProblem = onProblem
        self.onCallEnd = onCallEnd
    }

    /// Runs something on the writer's thread, after what is there already.
    func perform(_ body: @escaping @Sendable () -> Void) {
        queue.async(execute: body)
    }

    // MARK: - Handing over

    /// Takes an entry. Waits while too much is in memory; not where the task is cancelled.
    func submit(_ entry: Entry, of call: Int) async {
        let cost = entry.cost
        let isFull = inbox.withLock { inbox in
            inbox.entries.append((call, entry))
            inbox.waiting += cost
            schedule(&inbox, isUrgent: entry.isLast)
            return inbox.isFull
        }
        guard isFull else { return }
        while inbox.withLock(\.isFull), !Task.isCancelled { await inbox.wait(\.waiters) { $0.isFull } }
    }

    /// Whether somebody waits for room in memory.
    var isWaitedFor: Bool { inbox.withLock { !$0.waiters.isEmpty } }

    /// Bytes that wait to be written.
    var waitingBytes: Int { inbox.withLock { $0.waiting + $0.taken } }

    private func schedule(_ inbox: inout Inbox, isUrgent: Bool) {
        if isUrgent {
            queue.async { self.drain(writesAll: true) }
        } else if inbox.waiting >= Self.encodingBytes, !inbox.isDraining {
            inbox.isDraining = true
            queue.async { self.drain(writesAll: false) }
        }
        if !inbox.isTimed {
            inbox.isTimed = true
            queue.asyncAfter(deadline: .now() + Self.interval) { self.drain(writesAll: true, isTimer: true) }
        }
    }

    // MARK: - On the writer's thread

    /// Encodes what has come, and writes what there is where that is due.
    func drain(writesAll: Bool, isTimer: Bool = false) {
        let entries = inbox.withLock { inbox in
            defer {
                inbox.entries = []
                inbox.taken += inbox.waiting
                inbox.waiting = 0
                inbox.isDraining = false
                if isTimer { inbox.isTimed = false }
            }
            return inbox.entries
        }
        work.withLock { work in
            for (call, entry) in entries { take(entry, of: call, &work) }
            work.encoded = work.changed.reduce(0) { $0 + (work.calls[$1]?.pendingBytes ?? 0) }
            if writesAll || work.encoded >= Self.batchBytes { write(&work) }
            free(keeping: work.encoded)
        }
    }

    private func take(_ entry: Entry, of call: Int, _ work: inout Work) {
        switch entry {
        case .begin(let open): work.calls[call] = open
        case .event(let event, let time):
            if work.calls[call]?.isStopped == true {
                work.calls[call]?.note(event)
            } else {
                work.calls[call]?.append(hidden.redacted(event), at: time)
            }
        }
        work.changed.insert(call)
    }

    /// Says that no more than so many bytes wait to be written, and lets those go on that have waited for it.
    private func free(keeping bytes: Int) {
        inbox.withLock { inbox in
            inbox.taken = bytes
            if !inbox.isFull { inbox.waiters.wake() }
        }
    }

    /// Writes everything that is encoded in one transaction. Where that fails, the calls in it are not recorded any more.
    private func write(_ work: inout Work) {
        let changed = work.changed.sorted()
        var writes: [(key: Int, write: CallWrite)] = []
        for key in changed {
            guard let blocks = work.calls[key]?.closeBlocks(), let call = work.calls[key] else { continue }
            if call.isStopped, call.row == nil || call.outcome == nil {
                // Of what is not recorded any more the end is written, where there is a row.
                if call.outcome != nil { work.calls[key] = nil }
            } else {
                writes.append((key, CallWrite(call: call, blocks: blocks)))
            }
        }
        work.changed = []
        guard !writes.isEmpty else { return }
        do {
            let database = try database()
            let rows = try database.write(writes.map(\.write))
            for (write, row) in zip(writes, rows) { finish(write.key, row, database, &work) }
        } catch {
            let problem = HistoryError(error, at: (try? database().path) ?? "the history")
            for write in writes { giveUp(write.key, problem, &work) }
        }
        work.encoded = 0
    }

    private func finish(_ key: Int, _ row: CallRow, _ database: HistoryDatabase, _ work: inout Work) {
        work.calls[key]?.markWritten(row)
        guard work.calls[key]?.outcome != nil else { return }
        if let id = row.id { database.locks.release(id) }
        work.calls[key] = nil
        onCallEnd()
    }

    private func giveUp(_ key: Int, _ problem: HistoryError, _ work: inout Work) {
        guard let call = work.calls[key] else { return }
        if !call.isStopped { onProblem(problem) }
        work.calls[key]?.stop(problem)
        guard call.outcome != nil else { return }
        if let id = call.row?.id, let database = try? database() { database.locks.release(id) }
        work.calls[key] = nil
    }
}

extension HistoryWriter.Entry {
    /// What it takes to keep it in memory, in bytes, as a rule.
    fileprivate var cost: Int {
        switch self {
        case .begin(let call): 1024 + (call.head.plan?.utf8.count ?? 0)
        case .event(.sent(let messages), _), .event(.received(let messages), _):
            messages.reduce(64) { $0 + 2 * $1.size + 220 }
        case .event: 512
        }
    }

    /// Whether nothing follows of its call.
    fileprivate var isLast: Bool {
        if case .event(.ended, _) = self { true } else { false }
    }
}
