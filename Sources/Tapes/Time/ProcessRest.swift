import Dispatch
import Foundation
import Waiting

/// Tells when this process is at rest: when every thread waits and no byte is on its way from one of its sockets to
/// another. From then on nothing happens before somebody outside does something, or a timer of the system goes off.
///
/// The program and its demo server live in one process. A tape that lets time go on only while the process is at rest
/// sees the same in every run, however fast the machine is and however its threads take turns.
///
/// A thread that has been woken counts as running before it has its turn, and each turn is counted. So when all threads
/// sleep in two looks, and none has had a turn between them, all of them slept in the whole time between the two.
struct ProcessRest: Sendable {
    /// Whether it can be told on this system: it is read from `/proc`, as Linux has it.
    static var isSupported: Bool { ThreadStates.current() != nil }

    /// How long to wait for rest, in real time, before it is said that there will be none.
    var limit = Duration.seconds(60)

    struct NeverAtRest: Error {}

    /// Between two looks at a process that was busy, in microseconds: longer and longer, so that looking takes no time
    /// from those that are looked at.
    private static let pauses = (first: UInt32(100), last: UInt32(4000))

    /// Returns when the process is at rest but for the caller.
    /// - Throws: ``NeverAtRest`` when it does not come to rest within ``limit``.
    func reached() async throws(NeverAtRest) {
        // A thread of its own looks, so that those that are looked at can go to sleep.
        guard await DispatchQueue.global().run({ wait() }) else { throw NeverAtRest() }
    }

    private func wait() -> Bool {
        let end = ContinuousClock.now + limit
        var pause = Self.pauses.first
        while !isAtRest {
            guard ContinuousClock.now < end else { return false }
            usleep(pause)
            pause = min(pause * 2, Self.pauses.last)
        }
        return true
    }

    private var isAtRest: Bool {
        guard let before = ThreadStates.current(), before.areAllAsleep, !LoopbackTraffic.isUnderWay else {
            return false
        }
        return ThreadStates.current() == before
    }
}

/// What the threads of this process do, but for the one that asks.
struct ThreadStates: Equatable {
    /// How often each thread has given up its processor, by its number.
    private var turns: [String: Substring] = [:]
    private(set) var areAllAsleep = true

    /// - Returns: `nil` where the system does not tell.
    static func current() -> ThreadStates? {
        guard let own = ProcFile.target(of: "/proc/thread-self")?.split(separator: "/").last,
            let threads = ProcFile.entries(of: "/proc/self/task")
        else { return nil }
        var states = ThreadStates()
        for thread in threads where thread != own {
            // A thread that has ended meanwhile is one that was running.
            guard let status = ProcFile.text(of: "/proc/self/task/\(thread)/status") else {
                states.areAllAsleep = false
                continue
            }
            states.add(thread, status)
        }
        return states
    }

    private mutating func add(_ thread: String, _ status: String) {
        // Sleeping, or ended: everything else runs, is about to, or is waiting for a disk.
        let state = Self.value(of: "State", in: status)?.first
        areAllAsleep = areAllAsleep && (state == "S" || state == "Z")
        turns[thread] = status.range(of: "\nvoluntary_ctxt_switches:").map { status[$0.lowerBound...] } ?? ""
    }

    private static func value(of name: String, in status: String) -> Substring? {
        status.range(of: "\n\(name):\t").map { status[$0.upperBound...] }
    }
}

/// Small files of `/proc`.
enum ProcFile {
    static func text(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(descriptor, &buffer, buffer.count), count > 0 { bytes += buffer.prefix(count) }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func entries(of folder: String) -> [String]? {
        try? FileManager.default.contentsOfDirectory(atPath: folder)
    }

    static func target(of link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = readlink(link, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }
}
