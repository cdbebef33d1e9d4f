import Foundation
import RPCCore
import TestSupport
import Testing

@testable import History

@Suite("Export and import", .timeLimit(.minutes(10)))
struct ExchangeTests {
    private func exported(_ call: RecordedCall, _ format: TranscriptFormat, from store: HistoryStore) async throws
        -> String
    {
        var bytes: [UInt8] = []
        try await store.export(call, as: format) { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Bytes in pieces of so many.
    private static func reader(_ text: String, pieces: Int) -> () -> [UInt8]? {
        var rest = Array(text.utf8)[...]
        return {
            defer { rest = rest.dropFirst(pieces) }
            return rest.isEmpty ? nil : Array(rest.prefix(pieces))
        }
    }

    @Test("a transcript that is exported and imported is the same call", arguments: [1, 7, 100_000])
    func roundTrip(_ pieces: Int) async throws {
        let fixture = try HistoryFixture()
        fixture.clock.advance(by: .nanoseconds(123_456_789))
        let store = fixture.store()
        // Times of a call are those of its clock, which has run before.
        var events = Sample.everything
        if pieces == 1 { events.removeAll { if case .sent = $0 { true } else { false } } }
        let call = try await fixture.record(events, in: store)
        let text = try await exported(call, .jsonLines, from: store)
        let other = try HistoryFixture()
        let colleague = other.store()
        let id = try await colleague.importTranscript("x.jsonl", reading: Self.reader(text, pieces: pieces))
        let imported = try await colleague.call(id)
        #expect(imported.isImported)
        #expect(imported.state == .ended)
        #expect(imported.head.plan == call.head.plan)
        #expect(imported.head.options == call.head.options)
        #expect(imported.started == call.started)
        #expect((imported.sent, imported.received, imported.events) == (call.sent, call.received, call.events))
        #expect(imported.code == call.code)
        #expect(try await exported(imported, .jsonLines, from: colleague) == text)
    }

    @Test("which reply answers which request is kept with the call where replies say it, and an export says the same")
    func keyed() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        func reply(_ number: Int, to request: Int?) -> StreamMessage {
            var reply = Sample.reply(number, "Hello", at: .seconds(number))
            reply.answers = request
            return reply
        }
        let rule = Pairing(correlation: Correlation(request: "name", reply: "head.\"id\""))
        let events: [CallEvent] = [
            .attemptStarted(Attempt(start: .zero, wallTime: Date(timeIntervalSince1970: 1_795_348_800))), .paired(rule),
            .sent((1...3).map { Sample.request($0, "A\($0)") }),
            .received([reply(1, to: 3), reply(2, to: 1), reply(3, to: 3), reply(4, to: nil)]),
        ]
        let call = try await fixture.record(events + [Sample.ended(sent: 3, received: 4)], in: store)
        #expect(try await store.pairings(of: call).rules == [rule])
        var replayed = AnswerCount()
        for try await event in store.events(of: call) { replayed.observe(event.event) }
        #expect(replayed.answered.runs.map { $0 } == [1...1, 3...3])
        let rows = try await exported(call, .csv, from: store).split(separator: "\r\n").suffix(4)
        #expect(
            rows.map { $0.split(separator: ",", omittingEmptySubsequences: false).suffix(2) } == [
                ["3", ""], ["1", ""], ["3", ""], ["", ""],
            ])
        let text = try await exported(call, .jsonLines, from: store)
        #expect(!text.contains("guess"))
        #expect(text.contains(#""pairing":"key","request_key":"name","reply_key":"head.\"id\"""#))
        let colleague = try HistoryFixture().store()
        let id = try await colleague.importTranscript("x.jsonl", reading: Self.reader(text, pieces: 1000))
        #expect(try await exported(try await colleague.call(id), .jsonLines, from: colleague) == text)

        // A call that is cut off counts the requests that are answered, whichever they are.
        let broken = try await fixture.record(events, in: store)
        #expect(broken.answered == 2)
    }

    @Test("messages become rows, with what parts rows and cells in quotes")
    func table() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        let call = try await fixture.record(
            [
                .sent([Sample.request(1, "A, \"B\"\nC", at: .nanoseconds(1_000_001))]),
                .received([Sample.reply(1, "Hello", at: .seconds(2))]), Sample.ended(sent: 1, received: 1),
            ], in: store)
        #expect(
            try await exported(call, .csv, from: store) == """
                direction,number,time,size,form,body,text,language,answers,pairing\r
                sent,1,0.001000001,35,text frame,request,"A, ""B""\nC","en",,\r
                received,1,2.000000000,38,text frame,reply,"Hello","en",1,guess\r

                """)
    }

    @Test(
        "what is no transcript is refused with its line, and leaves nothing behind",
        arguments: [
            ("", "x.jsonl: is empty"), ("hello\n", "x.jsonl, line 1: is not the beginning of a transcript"),
            ("{\"format\":\"other\"}\n", "x.jsonl, line 1: is not the beginning of a transcript"),
            ("HEADER\nnonsense\n", "x.jsonl, line 2: is no event of a call"),
            (
                "HEADER\n{\"time\":0.5,\"event\":\"sent\",\"attempt\":1,\"number\":1}\n",
                "x.jsonl, line 2: lacks what 'sent' needs, or there is no such event"
            ),
            ("NEWER\n", "x.jsonl, line 1: is of version 9; a newer greeter-tui reads it"),
        ])
    func malformed(_ text: String, _ expected: String) async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        let call = try await fixture.record([Sample.ended(sent: 0, received: 0)], in: store)
        let header = String(decoding: try TranscriptHeader(call).line().dropLast(), as: UTF8.self)
        let newer = header.replacing("\"version\":1", with: "\"version\":9")
        let input = text.replacing("HEADER", with: header).replacing("NEWER", with: newer)
        await #expect(throws: HistoryError(.malformed, expected)) {
            try await store.importTranscript("x.jsonl", reading: Self.reader(input, pieces: 64))
        }
        #expect(try await store.calls().map(\.id) == [call.id])
    }

    @Test("an import that breaks off after part of it was written leaves nothing behind")
    func brokenImport() async throws {
        struct Broken: Error {}
        let fixture = try HistoryFixture()
        let store = fixture.store()
        let big = Sample.request(1, String(repeating: "x", count: 1 << 20))
        let call = try await fixture.record(
            (1...12).map { _ in .sent([big]) } + [Sample.ended(sent: 12, received: 0)], in: store)
        let text = try await exported(call, .jsonLines, from: store)
        let read = Self.reader(text, pieces: 1 << 20)
        var pieces = 0
        await #expect(throws: Broken.self) {
            try await store.importTranscript("x.jsonl") {
                pieces += 1
                if pieces == 20 { throw Broken() }
                return read()
            }
        }
        #expect(try await store.calls().map(\.id) == [call.id])
    }
}
