import Foundation
import GRDB
import RPCCore
import TestSupport
import Testing

@testable import History

/// A program that records, in a process of its own.
private final class RecordingProcess {
    private let identifier: pid_t
    private let output: Int32

    init(_ arguments: [String]) throws {
        let path = try BuiltProduct.path(of: "recording-child")
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw CocoaError(.fileReadUnknown) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        SpawnIsolation.add(to: &actions)
        var strings = ([path] + arguments).map { strdup($0) } + [nil]
        var process: pid_t = 0
        let failure = posix_spawn(&process, path, &actions, nil, &strings, environ)
        for string in strings { free(string) }
        posix_spawn_file_actions_destroy(&actions)
        close(ends[1])
        output = ends[0]
        identifier = process
        guard failure == 0 else { throw CocoaError(.fileReadUnknown) }
    }

    /// Waits until it has said something; nothing once it has ended.
    func nextOutput() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        var count = -1
        repeat { count = read(output, &buffer, buffer.count) } while count < 0 && errno == EINTR
        return Array(buffer.prefix(max(0, count)))
    }

    /// Ends it without warning.
    /// - Returns: the lines that it has said meanwhile.
    func kill(after first: [UInt8] = []) -> [String] {
        Foundation.kill(identifier, SIGKILL)
        return end(after: first)
    }

    /// Waits for its end.
    func end(after first: [UInt8] = []) -> [String] {
        var bytes = first
        while true {
            let more = nextOutput()
            guard !more.isEmpty else { break }
            bytes += more
        }
        close(output)
        let text = String(decoding: bytes, as: UTF8.self)
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        return text.split(separator: "\n").map(String.init)
    }
}

/// Runs what blocks on a thread that may.
private func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
}

@Suite("A program that ends while it records", .serialized, .timeLimit(.minutes(10)))
struct CrashTests {
    @Test("killed a hundred times at random moments, all that was acknowledged is there, and the counts agree")
    func killed() async throws {
        let fixture = try HistoryFixture()
        var acknowledged: [Int64: (sent: Int, received: Int)] = [:]
        var findings: [String] = []
        for round in 1...100 {
            let path = fixture.folder.path
            let lines = try await onOwnThread {
                let process = try RecordingProcess([path])
                var first = process.nextOutput()
                // Every second one has written something; the others are ended whatever they are doing.
                while round % 2 == 0, !String(decoding: first, as: UTF8.self).contains("written ") {
                    let more = process.nextOutput()
                    if more.isEmpty { break }
                    first += more
                }
                usleep(UInt32.random(in: 0...50_000))
                return process.kill(after: first)
            }
            for line in lines {
                #expect(!line.hasPrefix("problem"), "\(line)")
                if line.hasPrefix("finding") { findings.append(line) }
                let words = line.split(separator: " ")
                guard words.first == "written", words.count == 4, let call = Int64(words[1]), call > 0,
                    let sent = Int(words[2]), let received = Int(words[3])
                else { continue }
                acknowledged[call] = (sent, received)
            }
        }
        let store = fixture.store()
        let calls = try await store.calls(CallQuery(limit: 1000))
        await store.finish(within: .seconds(30))
        #expect(fixture.reports.problems.isEmpty)
        findings += fixture.reports.findings
        #expect(findings.contains { $0.contains("was cut off when the program ended; of it ") })
        #expect(acknowledged.count >= 50)
        for (id, counts) in acknowledged {
            let call = try #require(calls.first { $0.id == id })
            #expect(call.state == .interrupted)
            #expect(call.sent >= counts.sent && call.received >= counts.received)
        }
        for call in calls { try await expectWhole(call, store) }
        let check = try await store.reading { db, _ in try String.fetchOne(db, sql: "PRAGMA integrity_check") }
        #expect(check == "ok")
    }

    /// The counters are those of the blocks, and the blocks follow on one another.
    private func expectWhole(_ call: RecordedCall, _ store: HistoryStore) async throws {
        let numbers = try await store.reading { db, _ in
            try Row.fetchAll(
                db, sql: "SELECT stream, first, count FROM block WHERE call = ? ORDER BY stream, first",
                arguments: [call.id]
            ).map { row in (stream: row["stream"] as Int, first: row["first"] as Int, count: row["count"] as Int) }
        }
        for (stream, count) in [(0, call.sent), (1, call.received)] {
            var next = 1
            for block in numbers where block.stream == stream {
                #expect(block.first == next)
                next += block.count
            }
            #expect(next == count + 1)
        }
        // Decoded, the order leads through every message.
        guard call.id % 10 == 0 else { return }
        var counted = CallCounters()
        for try await event in store.events(of: call) { counted.count(event.event) }
        #expect((counted.sent, counted.received, counted.events) == (call.sent, call.received, call.events))
    }

    @Test("on a full disk the program goes on to its end, and says why it does not record")
    func fullDisk() async throws {
        let fixture = try HistoryFixture()
        let path = fixture.folder.path
        let lines = try await onOwnThread { try RecordingProcess([path, "600000", "2000000"]).end() }
        #expect(lines.contains { $0.hasPrefix("problem diskFull: \(fixture.path): ") })
        let last = try #require(lines.last?.split(separator: " "))
        #expect(last.first == "done" && last.last == "true")
        let store = fixture.store()
        let call = try #require(try await store.calls().first)
        #expect([.interrupted, .incomplete].contains(call.state))
        #expect(call.sent == Int(last[2]) && call.received == Int(last[3]))
        try await expectWhole(call, store)
    }

    @Test("two programs record into one history at the same time")
    func twoPrograms() async throws {
        let fixture = try HistoryFixture()
        let path = fixture.folder.path
        let ends = try await onOwnThread {
            let processes = try (1...2).map { _ in try RecordingProcess([path, "200000"]) }
            return processes.map { $0.end() }
        }
        for lines in ends {
            #expect(!lines.contains { $0.hasPrefix("problem") })
            let last = lines.last?.split(separator: " ") ?? []
            #expect(last.dropFirst(2) == ["200000", "200000", "false"])
        }
        let calls = try await fixture.store().calls()
        #expect(calls.map(\.state) == [.ended, .ended])
        #expect(calls.allSatisfy { $0.sent == 200_000 && $0.received == 200_000 })
        #expect(fixture.reports.all.isEmpty)
    }
}
