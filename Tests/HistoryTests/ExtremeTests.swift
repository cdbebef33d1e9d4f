import Foundation
import GRDB
import RPCCore
import TestSupport
import Testing

@testable import History

@Suite("A history with numbers that no call has", .timeLimit(.minutes(10)))
struct ExtremeTests {
    /// What SQLite keeps in whatever column it is given.
    private static let values: [any DatabaseValueConvertible & Sendable] = [
        0, -1, 1, Int64.max, Int64.max - 1, Int64.min, 1 << 48, 1 << 49, 1e308, -1e308, 1e-308, Double.infinity, "",
        "x",
        "NaN", String(repeating: "9", count: 10_000), Data([0xFF, 0x00]),
    ]

    private static let columns = [
        ("call", "started"), ("call", "start"), ("call", "attempts"), ("call", "sent"), ("call", "received"),
        ("call", "answered"), ("call", "refused"), ("call", "events"), ("call", "bytes"), ("call", "lasted"),
        ("call", "code"), ("call", "state"), ("call", "kind"), ("call", "server"), ("call", "options"),
        ("call", "plan"), ("call", "cause"), ("call", "directory"), ("call", "imported"), ("block", "first"),
        ("block", "count"), ("block", "first_time"), ("block", "last_time"), ("block", "data"),
    ]

    @Test("Any value in any column is read, or told to be damage", arguments: columns)
    func anyValue(table: String, column: String) async throws {
        let fixture = try HistoryFixture()
        let recorded = fixture.store()
        let id = try await fixture.record(Sample.everything, in: recorded).id
        await recorded.close(within: .seconds(30))
        let original = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        for value in Self.values {
            let folder = try TemporaryFolder([:])
            try original.write(to: URL(fileURLWithPath: "\(folder.path)/history.sqlite"))
            let queue = try DatabaseQueue(path: "\(folder.path)/history.sqlite")
            _ = try await queue.write { db in
                // A value that the column's own rules refuse cannot be there.
                try? db.execute(sql: "UPDATE \(table) SET \(column) = ?", arguments: [value])
            }
            try queue.close()
            let store = fixture.store(folder: folder.path)
            do {
                _ = try await store.calls()
                let call = try await store.call(id)
                try await read(call, in: store)
            } catch is HistoryError {
                // It says so: that is all that is asked for.
            }
            await store.close(within: .seconds(30))
        }
    }

    private func read(_ call: RecordedCall, in store: HistoryStore) async throws {
        let transcript = store.transcript(of: call)
        for direction in [Direction.sent, .received] {
            let kept = transcript.kept(of: direction)
            _ = transcript.messages(of: direction, in: kept.clamped(to: kept.lowerBound..<kept.lowerBound + 5))
            _ = try await transcript.read(direction, kept.clamped(to: 1..<10))
        }
        for try await event in store.events(of: call) { _ = event.time.text }
        try await store.facts(of: call) { _ in }
        try await store.export(call, as: .jsonLines) { _ in }
        try await store.export(call, as: .csv) { _ in }
    }

    @Test("A transcript with any number in any field is imported, and read again, or refused with its line")
    func transcripts() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        let call = try await fixture.record(
            Sample.everything.filter { if case .sent = $0 { false } else { true } }, in: store)
        var bytes: [UInt8] = []
        try await store.export(call, as: .jsonLines) { bytes += $0 }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        var imported = 0
        for (index, line) in lines.enumerated() {
            for field in line.matches(of: /"[a-z_]+":(-?[0-9][0-9.]*)/) {
                for number in [
                    "-1", "9223372036854775807", "-9223372036854775808", "1e308", "8999999999", "281474976710656",
                ] {
                    var changed = lines
                    changed[index].replaceSubrange(field.1.startIndex..<field.1.endIndex, with: number)
                    var rest: [UInt8]? = Array(changed.joined(separator: "\n").utf8)
                    do {
                        let id = try await store.importTranscript("x.jsonl") {
                            defer { rest = nil }
                            return rest
                        }
                        try await read(store.call(id), in: store)
                        imported += 1
                    } catch let error as HistoryError {
                        #expect(error.kind == .malformed || error.kind == .damaged, "\(error)")
                    }
                }
            }
        }
        #expect(imported > 0)
    }
}
