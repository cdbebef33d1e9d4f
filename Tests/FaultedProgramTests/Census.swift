import Foundation
import NIOCore
import NIOPosix
import RPCCore
import Synchronization

/// What this process has open and under way, counted.
struct Census: Equatable, CustomStringConvertible {
    /// Open descriptors by what they are: `socket`, `anon_inode:[eventpoll]` and so on.
    var descriptors: [String: Int]
    /// What the event loops of the connections have still to do at some later time.
    var scheduled: Int

    var sockets: Int { descriptors["socket"] ?? 0 }

    static func take() async throws -> Census {
        var scheduled = 0
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
            // On the loop itself, so that nothing that has been asked of it before is missed.
            let description = try await loop.submit { String(reflecting: loop) }.get()
            guard let count = description.firstMatch(of: #/scheduledTasks = PriorityQueue\(count: ([0-9]+)\)/#),
                let number = Int(count.1)
            else { throw Uncountable(description: "an event loop does not tell what it has to do: \(description)") }
            scheduled += number
        }
        return Census(descriptors: openDescriptors(), scheduled: scheduled)
    }

    private static func openDescriptors() -> [String: Int] {
        let folder = "/proc/self/fd"
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var counts: [String: Int] = [:]
        for entry in entries {
            // The descriptor that the folder itself was read with is closed by now.
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(entry)") else {
                continue
            }
            // The scheduler of tasks makes timers for itself when it likes; an event loop that is left shows by the rest of it.
            if target.hasSuffix("[timerfd]") { continue }
            // What was handed on by the process of the tests is open in both, and deleted by the other when it likes.
            let name = target.hasSuffix(" (deleted)") ? String(target.dropLast(10)) : target
            let kind = name.hasPrefix("anon_inode") ? name : String(name.prefix { $0 != ":" })
            counts[kind, default: 0] += 1
        }
        return counts
    }

    var description: String {
        let open = descriptors.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return "\(open); \(scheduled) scheduled"
    }

    struct Uncountable: Error, CustomStringConvertible {
        let description: String
    }
}

/// The clock of the machine, which knows how many tasks wait for it. All that waits in a call waits for its clock.
final class CountedClock: CallClock {
    private let clock = SystemClock()
    private let count = Mutex(0)

    /// How many tasks wait.
    var sleepers: Int { count.withLock { $0 } }

    var now: Duration { clock.now }
    var wallTime: Date { clock.wallTime }

    func sleep(until instant: Duration) async throws {
        count.withLock { $0 += 1 }
        defer { count.withLock { $0 -= 1 } }
        try await clock.sleep(until: instant)
    }
}

/// Holds on to nothing: tells whether what tasks work with is gone. A task that went on would keep it.
struct Traces {
    private struct Trace {
        let name: String
        weak var object: AnyObject?
    }

    private var traces: [Trace] = []

    mutating func follow(_ name: String, _ object: AnyObject) {
        traces.append(Trace(name: name, object: object))
    }

    /// What is still there, by name.
    var left: [String] { traces.filter { $0.object != nil }.map(\.name) }
}

/// Waits until a condition holds, for what ends a moment after it is no longer needed.
/// - Returns: whether it came to hold within ten seconds.
func eventually(
    isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return try await condition()
}
