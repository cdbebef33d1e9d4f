import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Tapes

/// In processes of their own, where nothing else goes on.
@Suite("When a process is at rest", .serialized, .timeLimit(.minutes(10)), .enabled(if: ProcessRest.isSupported))
struct ProcessRestTests {
    @Test("rest is never reported while work is handed from thread to thread")
    func handedWork() async {
        await #expect(processExitsWith: .success) {
            for round in 1...60 {
                let work = HandedWork(hops: round * 7)
                work.start()
                try await ProcessRest().reached()
                precondition(work.isDone, "at rest with \(work.left) hops to go")
            }
        }
    }

    @Test("rest is never reported while bytes travel between sockets of the process")
    func travellingBytes() async {
        await #expect(processExitsWith: .success) {
            let pair = try LoopbackPair()
            for round in 1...60 {
                pair.bounce(times: round % 50 + 1)
                try await ProcessRest().reached()
                precondition(pair.left == 0, "at rest with \(pair.left) bounces to go")
            }
        }
    }

    @Test("a process that is never at rest is told as such")
    func restless() async {
        await #expect(processExitsWith: .success) {
            Thread.detachNewThread { while true {} }
            var rest = ProcessRest()
            rest.limit = .milliseconds(50)
            do {
                try await rest.reached()
                preconditionFailure("at rest with a thread that runs")
            } catch {}
        }
    }

    private static let header =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"

    private static func line(_ from: String, _ to: String, _ state: String, _ queues: String, _ inode: Int) -> String {
        "   0: \(from) \(to) \(state) \(queues) 00:00000000 00000000     0        0 \(inode) 1 0 20 4 30 10 -1\n"
    }

    private static let client = "0100007F:9000"
    private static let server = "0100007F:1F90"
    private static let empty = "00000000:00000000"

    @Test(
        "what is on its way is told from what waits",
        arguments: [
            ("nothing", [line(client, server, "01", empty, 1), line(server, client, "01", empty, 2)], false),
            (
                "bytes sent and not yet there",
                [line(client, server, "01", "00000005:00000000", 1), line(server, client, "01", empty, 2)], true
            ),
            (
                "bytes that nobody reads",
                [
                    line(client, server, "01", "00000005:00000000", 1),
                    line(server, client, "01", "00000000:00000007", 2),
                ], false
            ),
            ("a connection that is being made", [line(client, server, "02", empty, 1)], true),
            ("an end that has not heard of its reset", [line(client, server, "01", empty, 1)], true),
            (
                "an end of file on its way",
                [line(client, server, "04", "00000001:00000000", 1), line(server, client, "01", empty, 2)], true
            ),
            ("a closed connection", [line(client, server, "06", empty, 0)], false),
            ("other people's", [line(client, server, "01", "00000005:00000000", 8)], false),
            ("other machines'", [line("0100007F:9000", "08080808:0050", "01", empty, 1)], false),
        ])
    func traffic(situation: String, lines: [String], isUnderWay: Bool) {
        let table = Self.header + lines.joined()
        #expect(LoopbackTraffic.isUnderWay(in: table, own: ["1", "2"]) == isUnderWay)
    }
}

/// Work that goes from one thread to another, by queues and by tasks in turn.
private final class HandedWork: Sendable {
    private let count: Mutex<Int>

    init(hops: Int) {
        count = Mutex(hops)
    }

    var left: Int { count.withLock { $0 } }
    var isDone: Bool { left == 0 }

    func start() {
        let rest = count.withLock { count -> Int in
            count -= 1
            return count
        }
        guard rest > 0 else { return }
        switch rest % 3 {
        case 0: DispatchQueue(label: "hop").async { self.start() }
        case 1: Task.detached { self.start() }
        default: Task { @MainActor in self.start() }
        }
    }
}

/// A connection of the process to itself, on which a byte goes to and fro.
private final class LoopbackPair: Sendable {
    private let ends: (Int32, Int32)
    private let count = Mutex(0)

    init() throws {
        let (listener, port) = try LoopbackSocket.bound(backlog: 1)
        let client = try LoopbackSocket.connected(port: port)
        ends = (client, accept(listener, nil, nil))
        for end in [ends.0, ends.1] {
            Thread.detachNewThread {
                var byte: UInt8 = 0
                while read(end, &byte, 1) == 1 {
                    let rest = self.count.withLock { count -> Int in
                        count -= 1
                        return count
                    }
                    if rest > 0 { write(end, &byte, 1) }
                }
            }
        }
    }

    var left: Int { count.withLock { $0 } }

    func bounce(times: Int) {
        count.withLock { $0 = times }
        var byte: UInt8 = 0
        write(ends.0, &byte, 1)
    }
}
