import Foundation
import GRDB
import RPCCore
import TestSupport
import Testing

@testable import History

/// A database that an earlier program has written, with what the same program has exported from it: calls of every kind over both
/// transports, with retries, failures, refusals, a call that was imported, and last one that was cut off.
private struct EarlierDatabase {
    let fixture: HistoryFixture
    private let folder: URL

    init(version: Int) throws {
        fixture = try HistoryFixture()
        folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Databases/version-\(version)")
        try FileManager.default.copyItem(
            atPath: folder.appendingPathComponent("history.sqlite").path, toPath: fixture.path)
    }

    /// What the program that has written it has exported from it, call for call, as lines.
    func exports() throws -> [String] {
        let text = try String(contentsOf: folder.appendingPathComponent("exports.jsonl"), encoding: .utf8)
        return text.split(separator: "\n").reduce(into: []) { calls, line in
            if line.hasPrefix("{\"format\":") { calls.append("") }
            calls[calls.endIndex - 1] += "\(line)\n"
        }
    }

    /// Something that only those who read the file itself can tell.
    func number(_ sql: String) throws -> Int? {
        let queue = try DatabaseQueue(path: fixture.path)
        return try queue.read { try Int.fetchOne($0, sql: sql) }
    }

    /// Every block as it is in the file.
    func blocks() throws -> [Row] {
        let queue = try DatabaseQueue(path: fixture.path)
        return try queue.read { try Row.fetchAll($0, sql: "SELECT * FROM block ORDER BY id") }
    }
}

@Suite("A history that an earlier program has written", .timeLimit(.minutes(10)))
struct MigrationTests {
    /// The calls that have several blocks of messages, and are not among the exports.
    private static let long: [Int64] = [28, 29]

    @Test("every call has what that program exported from it, and no block is written anew")
    func exports() async throws {
        let earlier = try EarlierDatabase(version: 2)
        let (blocks, pages) = (try earlier.blocks(), try earlier.number("PRAGMA page_count"))
        let store = earlier.fixture.store()
        let calls = try await store.calls().reversed()
        #expect(calls.map(\.id) == Array(1...33))
        #expect(calls.allSatisfy { $0.unprocessed == nil })
        #expect(Set(calls.map(\.head.kind)) == Set(CallKind.allCases))
        #expect(Set(calls.map(\.head.server)) == ["demo:", "demo:grpc", "127.0.0.1:9"])
        let colleague = try HistoryFixture()
        let other = colleague.store()
        let exports = try earlier.exports()
        let exported = calls.filter { !Self.long.contains($0.id) }
        try #require(exports.count == exported.count)
        for (call, export) in zip(exported, exports) {
            var rest: [UInt8]? = Array(export.utf8)
            let imported = try await other.importTranscript("call \(call.id)") { rest.take() }
            for format in TranscriptFormat.allCases {
                let text = try await text(of: call, format, in: store)
                let expected = try await self.text(of: other.call(imported), format, in: other)
                let isSame = text == expected
                #expect(isSame, "call \(call.id) as \(format)")
            }
        }
        #expect(
            earlier.fixture.reports.findings
                == ["call 33 was cut off when the program ended; of it 2 sent and 2 received are kept"])
        #expect(earlier.fixture.reports.problems.isEmpty)
        await store.close(within: .seconds(30))
        #expect(try earlier.blocks() == blocks)
        #expect(try earlier.number("PRAGMA page_count") ?? 0 <= (pages ?? 0) + 3)
        #expect(try earlier.number("PRAGMA user_version") == Schema.version)
        #expect(try earlier.number("SELECT count(*) FROM grdb_migrations") == Schema.migrator.migrations.count)
    }

    private func text(of call: RecordedCall, _ format: TranscriptFormat, in store: HistoryStore) async throws -> String
    {
        var text = ""
        try await store.export(call, as: format) { text += String(decoding: $0, as: UTF8.self) }
        return text
    }

    @Test("its messages are read where they are asked for, and found", arguments: long)
    func messages(_ id: Int64) async throws {
        let earlier = try EarlierDatabase(version: 2)
        let store = earlier.fixture.store()
        let call = try await store.call(id)
        #expect((call.sent, call.received, call.answered, call.attempts) == (700, 700, 700, 1))
        let transcript = store.transcript(of: call)
        let sent = try await transcript.read(.sent, 1..<999)
        let received = try await transcript.read(.received, 1..<999)
        #expect(sent.map(\.number) == Array(1...700))
        #expect(
            sent.map(\.body) == (0..<700).map { .request(HelloRequest(name: "User \($0)", language: "en")) })
        #expect(
            received.map(\.body)
                == (0..<700).map { .reply(HelloReply(message: "Hello, User \($0)!", language: "en")) })
        if call.head.server == "demo:" {
            #expect(sent.map(\.wire) == (0..<700).map { #"{"name":"User \#($0)","language":"en"}"# })
            #expect(sent.allSatisfy { $0.form == .textFrame && $0.size == $0.wire?.utf8.count })
        } else {
            // Of each text there is a field, with its key and its length in a byte each.
            #expect(sent.map(\.size) == (0..<700).map { "User \($0)".utf8.count + "en".utf8.count + 4 })
            #expect(sent.allSatisfy { $0.form == .grpcMessage && $0.wire == nil })
        }
        for (text, number) in [("user 650", 651), ("nobody", nil)] {
            for direction in Direction.allCases {
                let found = try await TranscriptSearch(direction, of: transcript).first([.text(text)], from: 1)
                #expect(found == number)
            }
        }
    }

    @Test("where its blocks are cut they are told to be damaged; changed ones read as something")
    func damage() async throws {
        let earlier = try EarlierDatabase(version: 2)
        let store = earlier.fixture.store()
        var blocks: [Block] = []
        for call in try await store.calls() where !Self.long.contains(call.id) {
            for direction in Direction.allCases {
                let reader = BlockReader(call: call.id, stream: BlockStream(direction))
                blocks += try await store.reading { db, _ in try reader.blocks(from: 1, atMost: 9, bytes: 1 << 20, db) }
            }
        }
        #expect(blocks.count > 40 && blocks.allSatisfy { $0.data.first == 1 })
        for block in blocks {
            var (cut, changed) = (block, block)
            cut.data = []
            for byte in block.data {
                #expect(throws: BlockDamage.self) { try cut.messages(of: Greeter.method(.unary)) }
                cut.data.append(byte)
            }
            for index in block.data.indices {
                for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
                    changed.data[index] = value
                    _ = try? changed.messages(of: Greeter.method(.unary))
                }
                changed.data[index] = block.data[index]
            }
        }
    }

    @Test("its calls are found by what they were")
    func search() async throws {
        let earlier = try EarlierDatabase(version: 2)
        let store = earlier.fixture.store()
        #expect(try await store.calls(CallQuery(text: "deadline_exceeded")).map(\.id) == [12, 6])
        #expect(try await store.calls(CallQuery(text: "127.0.0.1:9")).map(\.id) == [25])
        #expect(try await store.calls(CallQuery(text: "User {i:0}")).map(\.id) == Self.long.reversed())
        let calls = try await store.calls()
        #expect(calls.filter { $0.attempts > 1 }.map(\.id) == [25, 23, 21, 19])
        #expect(calls.filter(\.isImported).map(\.id) == [32])
        #expect(calls.filter { $0.state == .interrupted }.map(\.id) == [33])
    }

    @Test("new calls are recorded into it")
    func recording() async throws {
        let earlier = try EarlierDatabase(version: 2)
        let fixture = earlier.fixture
        let call = try await fixture.record(Sample.everything, in: fixture.store())
        #expect(call.id == 34)
        let store = fixture.store()
        var events: [CallEvent] = []
        for try await event in store.events(of: call) { events.append(event.event) }
        #expect(events == Sample.everything)
        let method = try Shop.method()
        let other = try await fixture.record(Shop.call(method, orders: 1...3), in: store, of: method)
        let messages = try await fixture.store().transcript(of: other).read(.received, 1..<4)
        #expect(messages.map(\.payload.value) == (1...3).map { Shop.order($0) })
    }

    @Test("programs that begin at once all use it", arguments: [true, false])
    func together(isNew: Bool) async throws {
        let fixture = isNew ? try HistoryFixture() : try EarlierDatabase(version: 2).fixture
        for _ in 1...20 {
            if isNew { for suffix in ["", "-wal", "-shm"] { unlink(fixture.path + suffix) } }
            let stores = (1...4).map { _ in fixture.store() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for store in stores { group.addTask { try await store.check() } }
                try await group.waitForAll()
            }
            for store in stores { await store.close(within: .seconds(30)) }
        }
        #expect(fixture.reports.problems.isEmpty)
    }
}
