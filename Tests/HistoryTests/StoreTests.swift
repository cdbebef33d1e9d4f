import Foundation
import GRDB
import RPCCore
import TestSupport
import Testing

@testable import History

@Suite("The history on the disk", .timeLimit(.minutes(10)))
struct StoreTests {
    private static let events = [Sample.sent(1...3), Sample.ended(sent: 3, received: 0)]

    @Test("what was recorded is there at the next start")
    func reopened() async throws {
        let fixture = try HistoryFixture()
        try await fixture.record(Self.events, in: fixture.store())
        let calls = try await fixture.store().calls()
        #expect(calls.map(\.sent) == [3])
        #expect(fixture.reports.all.isEmpty)
    }

    /// Makes a database what it was before it had definitions.
    private static let withoutDefinitions =
        "DROP TABLE definition;"
        + ["method", "input", "output", "input_definition", "output_definition", "routes"]
        .map { "ALTER TABLE call DROP COLUMN \($0);" }.joined()

    @Test("a history of an earlier program is read, its replies are its messages, and new calls are counted")
    func earlierProgram() async throws {
        let fixture = try HistoryFixture()
        let echo = StreamMessage(
            number: 1, time: .zero, size: 2, form: .textFrame, body: .markerEcho(HelloReply(message: "", language: "")))
        let events: [CallEvent] = [Sample.sent(1...3), .received([echo]), Sample.ended(sent: 3, received: 0)]
        try await fixture.record(events, in: fixture.store())
        let queue = try DatabaseQueue(path: fixture.path)
        try await queue.writeWithoutTransaction {
            try $0.execute(
                sql: Self.withoutDefinitions
                    + "ALTER TABLE call DROP COLUMN replies; DROP TABLE grdb_migrations; PRAGMA user_version = 2")
        }
        try queue.close()
        try await fixture.record(events, in: fixture.store())
        let calls = try await fixture.store().calls()
        #expect(calls.map(\.received) == [0, 1])
        #expect(calls.map(\.messagesReceived) == [1, 1])
        #expect(fixture.reports.all.isEmpty)
    }

    @Test("a database of version 1 is read, and becomes one that only this version writes")
    func older() async throws {
        let fixture = try HistoryFixture()
        let first = fixture.store()
        let events = [Sample.sent(1...3), .received([Sample.reply(1, "Hello")]), Sample.ended(sent: 3, received: 1)]
        try await fixture.record(events, in: first)
        await first.close(within: .seconds(30))
        let queue = try DatabaseQueue(path: fixture.path)
        try await queue.writeWithoutTransaction {
            try $0.execute(
                sql: Self.withoutDefinitions + "DROP TABLE grdb_migrations; PRAGMA user_version = 1")
        }
        try queue.close()
        let store = fixture.store()
        let call = try #require(try await store.calls().first)
        let received = try await store.transcript(of: call).read(.received, 1..<2)
        #expect(received == [Sample.reply(1, "Hello")])
        await store.close(within: .seconds(30))
        let after = try DatabaseQueue(path: fixture.path)
        #expect(try await after.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == Schema.version)
        #expect(fixture.reports.all.isEmpty)
    }

    @Test("a database of a newer version is refused, and not touched")
    func newer() async throws {
        let fixture = try HistoryFixture()
        let queue = try DatabaseQueue(path: fixture.path)
        try await queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA application_id = \(Schema.application); PRAGMA user_version = 99")
            try db.execute(sql: "CREATE TABLE future (x)")
        }
        try queue.close()
        try await expectUntouched(fixture, .newer, "a newer version of greeter-tui has written it (99)")
    }

    @Test("a database with a step that this version does not know is refused, and not touched")
    func newerStep() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        try await fixture.record(Self.events, in: store)
        await store.close(within: .seconds(30))
        let queue = try DatabaseQueue(path: fixture.path)
        var migrator = Schema.migrator
        migrator.registerMigration("future") { try $0.execute(sql: "ALTER TABLE call ADD COLUMN future") }
        try migrator.migrate(queue)
        try queue.close()
        try await expectUntouched(
            fixture, .newer, "a newer version of greeter-tui has written it (\(Schema.version))")
    }

    @Test("another program's database is refused, and not touched")
    func foreign() async throws {
        let fixture = try HistoryFixture()
        let queue = try DatabaseQueue(path: fixture.path)
        try await queue.write { try $0.execute(sql: "CREATE TABLE theirs (x)") }
        try queue.close()
        try await expectUntouched(fixture, .foreign, "is another program's database")
    }

    @Test(
        "a symbolic link in the place of one of its files is refused, and nothing is made where it leads",
        arguments: ["history.sqlite", "history.lock"], [true, false])
    func links(name: String, isDangling: Bool) async throws {
        let fixture = try HistoryFixture()
        let (path, target) = ("\(fixture.folder.path)/\(name)", "\(fixture.folder.path)/elsewhere")
        if !isDangling { try Data().write(to: URL(fileURLWithPath: target)) }
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
        let store = fixture.store()
        let recorder = await store.record(.sample, for: EventLog())
        for event in Self.events { await recorder.observe(event) }
        await store.finish(within: .seconds(30))
        let problem = try #require(fixture.reports.problems.first)
        #expect(problem.kind == .unwritable)
        #expect(
            problem.description
                == "\(path): is a symbolic link, which the history does not follow; to keep it elsewhere set "
                + "XDG_STATE_HOME")
        #expect(FileManager.default.fileExists(atPath: target) == !isDangling)
    }

    private func expectUntouched(_ fixture: HistoryFixture, _ kind: HistoryError.Kind, _ words: String) async throws {
        let before = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        let store = fixture.store()
        let log = EventLog()
        let recorder = await store.record(.sample, for: log)
        for event in Self.events { await recorder.observe(event) }
        await store.finish(within: .seconds(30))
        #expect(log.events == Self.events)
        #expect(recorder.progress.written.isStopped)
        #expect(fixture.reports.problems.map(\.kind) == [kind])
        let text = try #require(fixture.reports.problems.first?.description)
        #expect(text.hasPrefix("\(fixture.path): ") && text.contains(words))
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == before)
    }

    @Test(
        "a damaged database is set aside and said so, and a new one begins", arguments: ["no database", "cut", "holed"])
    func damaged(_ damage: String) async throws {
        let fixture = try HistoryFixture()
        var bytes = Data("this is no database at all, though it is long enough to be one".utf8)
        if damage != "no database" {
            try await record(calls: 40, in: fixture)
            bytes = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
            try #require(bytes.count > 100_000)
            if damage == "cut" { bytes = bytes.prefix(bytes.count / 2) }
            if damage == "holed" { bytes.replaceSubrange(20_000..<90_000, with: Data(repeating: 0xA5, count: 70_000)) }
        }
        try bytes.write(to: URL(fileURLWithPath: fixture.path))
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: fixture.path + suffix) }

        let call = try await fixture.record(Self.events, in: fixture.store())
        #expect(call.id == 1)
        #expect(fixture.reports.problems.isEmpty)
        let finding = try #require(fixture.reports.findings.first)
        #expect(finding.contains("is damaged") && finding.contains("was set aside as"))
        let aside = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path).filter {
            $0.hasPrefix("history.sqlite.damaged-") && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm")
        }
        #expect(aside.count == 1)
        #expect(finding.contains(aside[0]))
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(fixture.folder.path)/\(aside[0])")) == bytes)
    }

    private func record(calls: Int, in fixture: HistoryFixture) async throws {
        let store = fixture.store()
        for _ in 1...calls {
            try await fixture.record([Sample.sent(1...500), Sample.ended(sent: 500, received: 0)], in: store)
        }
        #expect(await store.close(within: .seconds(30)))
    }

    @Test("where the folder cannot be one, calls go on without history, and the reason is one sentence")
    func unwritable() async throws {
        let fixture = try HistoryFixture()
        try "a file".write(toFile: "\(fixture.folder.path)/file", atomically: false, encoding: .utf8)
        let store = fixture.store(folder: "\(fixture.folder.path)/file/greeter-tui")
        let log = EventLog()
        let recorder = await store.record(.sample, for: log)
        for event in Self.events { await recorder.observe(event) }
        await store.finish(within: .seconds(30))
        #expect(log.events == Self.events)
        #expect(fixture.reports.problems.map(\.kind) == [.unwritable])
        let text = try #require(fixture.reports.problems.first?.description)
        #expect(text.hasSuffix("/history.sqlite: cannot be written: Not a directory"))
        await #expect(throws: HistoryError.self) { try await store.calls() }
    }

    @Test("a database that may only be read is told as such, and the call goes on")
    func readOnly() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        try await fixture.record(Self.events, in: store)
        let database = try await store.database()
        try await database.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = ON") }
        let log = EventLog()
        let recorder = await store.record(.sample, for: log)
        for event in Self.events { await recorder.observe(event) }
        await store.finish(within: .seconds(30))
        #expect(log.events == Self.events)
        #expect(fixture.reports.problems.map(\.kind) == [.unwritable])
        #expect(try await store.calls().count == 1)
    }

    @Test("when the disk is full the call goes on, what was written stays, and its counts are exact")
    func full() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        let database = try await store.database()
        try await database.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 40") }
        let log = EventLog()
        let recorder = await store.record(.sample, for: log)
        for start in stride(from: 1, through: 60_000, by: 1000) {
            await recorder.observe(Sample.sent(start...start + 999))
            await store.finish(within: .seconds(30))
        }
        await recorder.observe(Sample.ended(sent: 60_000, received: 0))
        await store.finish(within: .seconds(30))
        #expect(log.sent.count == 60_000)
        #expect(fixture.reports.problems.map(\.description) == ["\(fixture.path): the disk is full"])
        let call = try await store.call(1)
        #expect(call.state == .incomplete)
        #expect(call.code == .ok)
        #expect((1000..<60_000).contains(call.sent))
        #expect(call.sent == recorder.progress.written.sent)
        #expect(try await store.transcript(of: call).read(.sent, 1..<100_000).count == call.sent)

        try await database.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 100000") }
        let next = try await fixture.record(Self.events, in: store)
        #expect(next.state == .ended)
    }

    @Test("two stores record into one history at the same time, each its own calls")
    func twoStores() async throws {
        let fixture = try HistoryFixture()
        let stores = [fixture.store(), fixture.store()]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for store in stores {
                group.addTask {
                    for _ in 1...10 {
                        try await fixture.record(
                            [Sample.sent(1...600), Sample.received(1...600), Sample.ended(sent: 600, received: 600)],
                            in: store)
                    }
                }
            }
            try await group.waitForAll()
        }
        let calls = try await stores[0].calls()
        #expect(calls.count == 20)
        #expect(calls.allSatisfy { $0.state == .ended && $0.sent == 600 && $0.received == 600 })
        #expect(fixture.reports.all.isEmpty)
    }

    @Test("a call that goes on in another store is seen as running, and neither deleted nor marked")
    func others() async throws {
        let fixture = try HistoryFixture()
        let recording = fixture.store()
        let recorder = await recording.record(.sample, for: EventLog())
        await recorder.observe(Sample.sent(1...5))
        await recording.finish(within: .seconds(30))
        fixture.clock.advance(by: .seconds(100 * 86_400))
        let other = fixture.store(limits: HistoryLimits(age: .seconds(86_400), bytes: 1))
        try await other.applyLimits()
        #expect(try await other.delete([1]) == 0)
        #expect(try await other.call(1).state == .running)
        #expect(fixture.reports.all.isEmpty)
        await recorder.observe(Sample.ended(sent: 5, received: 0))
        await recording.finish(within: .seconds(30))
        #expect(try await other.call(1).state == .ended)
    }

    @Test("calls over the age go, the others stay")
    func age() async throws {
        let fixture = try HistoryFixture()
        let limits = HistoryLimits(age: .seconds(30 * 86_400), bytes: nil)
        let store = fixture.store(limits: limits)
        for _ in 1...4 {
            try await fixture.record(Self.events, in: store)
            fixture.clock.advance(by: .seconds(12 * 86_400))
        }
        try await store.applyLimits()
        #expect(try await store.calls().map(\.id) == [4, 3])
    }

    @Test("calls over the size go, the oldest first, and the file gets smaller")
    func size() async throws {
        let fixture = try HistoryFixture()
        let big = fixture.store()
        for _ in 1...6 {
            let events = (0..<20).map { Sample.sent($0 * 500 + 1...$0 * 500 + 500) }
            try await fixture.record(events + [Sample.ended(sent: 10_000, received: 0)], in: big)
        }
        let all = try await size(of: big)
        let limit = all / 2
        let store = fixture.store(limits: HistoryLimits(age: nil, bytes: limit))
        try await store.applyLimits()
        let left = try await store.calls()
        #expect(left.first?.id == 6)
        #expect((1...3).contains(left.count))
        #expect(try await size(of: store) <= limit)
        #expect(try await store.transcript(of: left[0]).read(.sent, 1..<20_000).count == 10_000)
    }

    private func size(of store: HistoryStore) async throws -> Int {
        try await store.onWriter { database in
            try database.pool.writeWithoutTransaction { db in
                try Int.fetchOne(db, sql: "PRAGMA page_count")! * Int.fetchOne(db, sql: "PRAGMA page_size")!
            }
        }
    }

    @Test("deleted calls are gone with their messages; numbers are not used again")
    func delete() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        for _ in 1...3 { try await fixture.record(Self.events, in: store) }
        #expect(try await store.delete([2, 3, 77]) == 2)
        #expect(try await store.calls().map(\.id) == [1])
        let blocks = try await store.reading { db, _ in try Int.fetchAll(db, sql: "SELECT DISTINCT call FROM block") }
        #expect(blocks == [1])
        #expect(try await fixture.record(Self.events, in: store).id == 4)
    }
}
