import GRDB
import RPCCore
import TestSupport
import Testing

@testable import History

extension StoredTranscript {
    fileprivate func find(
        _ pattern: MessagePattern, in direction: Direction, from number: Int, forward: Bool = true,
        onProgress: (TranscriptSearch.Progress) async -> Void = { _ in }
    ) async throws -> Int? {
        try await TranscriptSearch(direction, of: self).first(
            [pattern], from: number, forward: forward, onProgress: onProgress)
    }
}

@Suite("Reading the history", .timeLimit(.minutes(10)))
struct ReadingTests {
    /// A call of so many requests and as many replies, a millisecond apart, in batches of 100.
    private func long(_ count: Int, _ fixture: HistoryFixture, _ store: HistoryStore) async throws -> RecordedCall {
        var events: [CallEvent] = []
        for start in stride(from: 1, through: count, by: 100) {
            let numbers = start...min(start + 99, count)
            events.append(Sample.sent(numbers, at: .milliseconds(start)))
            events.append(Sample.received(numbers, at: .milliseconds(start + 1)))
        }
        return try await fixture.record(events + [Sample.ended(sent: count, received: count)], in: store)
    }

    @Test(
        "a window of messages is read by its numbers, wherever it lies",
        arguments: [(1, 1), (1, 50), (500, 30), (512, 1), (513, 1), (1024, 600), (2990, 100), (3001, 5), (9999, 1)])
    func windows(_ start: Int, _ count: Int) async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        let transcript = store.transcript(of: try await long(3000, fixture, store))
        let messages = try await transcript.read(.received, start..<start + count)
        #expect(
            messages.map(\.number)
                == Array((1...3000).clamped(to: start - 1...start + count)).filter {
                    (start..<start + count).contains($0)
                })
        #expect(messages.allSatisfy { $0.summary == "Hello, User \($0.number)!" })
    }

    @Test("what is asked for without waiting comes once it has been fetched")
    func pages() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        let call = try await long(2000, fixture, store)
        let (changes, change) = AsyncStream<Void>.makeStream()
        let transcript = store.transcript(of: call) { change.yield() }
        #expect(transcript.count(of: .sent) == 2000)
        #expect(transcript.kept(of: .received) == 1..<2001)
        #expect(transcript.messages(of: .sent, in: 120..<140).isEmpty)
        var arrived = changes.makeAsyncIterator()
        // Two pages, and the one beside them.
        for _ in 1...3 { await arrived.next() }
        #expect(transcript.messages(of: .sent, in: 120..<140).map(\.number) == Array(120..<140))
        #expect(transcript.messages(of: .sent, in: 1990..<3000).isEmpty)
        for _ in 1...2 { await arrived.next() }
        #expect(transcript.messages(of: .sent, in: 1990..<3000).map(\.number) == Array(1990...2000))
    }

    @Test("pages in memory stay below a bound, and the ones asked for last stay")
    func cache() {
        var cache = PageCache(limit: 100_000)
        for page in 0..<50 {
            let key = PageKey(direction: .sent, page: page)
            cache.insert(key.numbers.map { Sample.request($0, "User") }, as: key)
            #expect(cache.bytes <= 100_000)
            _ = cache.messages(PageKey(direction: .sent, page: 0), 1..<2)
        }
        #expect(cache.messages(PageKey(direction: .sent, page: 0), 1..<129)?.count == 128)
        #expect(cache.messages(PageKey(direction: .sent, page: 1), 129..<130) == nil)
        #expect(cache.messages(PageKey(direction: .received, page: 0), 1..<2) == nil)
    }

    @Test("a time leads to the first message that is not earlier")
    func times() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        let transcript = store.transcript(of: try await long(3000, fixture, store))
        #expect(try await transcript.number(of: .sent, at: .zero) == 1)
        #expect(try await transcript.number(of: .sent, at: .milliseconds(1)) == 1)
        #expect(try await transcript.number(of: .sent, at: .milliseconds(2)) == 101)
        #expect(try await transcript.number(of: .received, at: .milliseconds(1502)) == 1501)
        #expect(try await transcript.number(of: .sent, at: .milliseconds(2901)) == 2901)
        #expect(try await transcript.number(of: .sent, at: .milliseconds(2902)) == nil)
    }

    @Test("a time is found by those of the blocks: no other block is read")
    func timesOfBlocks() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        let sent = (1...5000).map { Sample.request($0, "User", at: .milliseconds($0)) }
        let call = try await fixture.record([.sent(sent), Sample.ended(sent: 5000, received: 0)], in: store)
        let transcript = store.transcript(of: call)
        let database = try await store.database()
        let first = try await database.pool.write { db in
            try db.execute(sql: "UPDATE block SET data = x'00' WHERE NOT 2500 BETWEEN first AND first + count - 1")
            return try Int.fetchOne(db, sql: "SELECT max(first) FROM block WHERE stream = 0")
        }
        #expect(try await transcript.number(of: .sent, at: .milliseconds(2500)) == 2500)
        #expect(try await transcript.number(of: .sent, at: .milliseconds(5001)) == nil)
        #expect(try await transcript.number(of: .received, at: .zero) == nil)
        // The first of a block is found without it.
        let number = try #require(first)
        #expect(number > 2600)
        #expect(try await transcript.number(of: .sent, at: .milliseconds(number)) == number)
        await #expect(throws: HistoryError.self) { try await transcript.read(.sent, number..<number + 1) }
    }

    @Test(
        "the nearest match is found in either direction, and the search goes round",
        arguments: [
            ("USER 1234", 1, true, 1234), ("user 1234", 1235, true, 1234), ("User 12", 13, true, 120),
            ("User 12", 12, true, 12), ("User 12", 12, false, 12), ("User 12", 11, false, 1299),
            ("User 7", 3000, false, 799),
            ("· en", 2999, true, 2999),
        ])
    func find(_ text: String, _ start: Int, _ forward: Bool, _ expected: Int) async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        let transcript = store.transcript(of: try await long(3000, fixture, store))
        #expect(try await transcript.find(.text(text), in: .sent, from: start, forward: forward) == expected)
    }

    @Test("an expression is found, and what is not there is looked for once, with progress")
    func expressions() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        let transcript = store.transcript(of: try await long(3000, fixture, store))
        let pattern = MessagePattern.expression(.known("User 2[0-9]{3}!$"))
        #expect(try await transcript.find(pattern, in: .received, from: 1) == 2000)
        #expect(try await transcript.find(.text("ÜSER"), in: .received, from: 1) == nil)
        for forward in [true, false] {
            var progress: [TranscriptSearch.Progress] = []
            let found = try await transcript.find(.text("nobody"), in: .sent, from: 1500, forward: forward) {
                progress.append($0)
            }
            #expect(found == nil)
            #expect(progress.last == TranscriptSearch.Progress(searched: 3000, total: 3000))
            #expect(progress.map(\.searched) == progress.map(\.searched).sorted())
        }
    }

    @Test("a search stops when its task is cancelled")
    func cancelledFind() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        let transcript = store.transcript(of: try await long(50_000, fixture, store))
        let windows = Counter()
        let task = Task {
            try await transcript.find(.text("nobody"), in: .sent, from: 1) { _ in
                windows.add()
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(windows.value == 1)
    }

    @Test("calls are listed newest first, a page at a time, and by the text in them")
    func list() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        for number in 1...7 {
            var head = CallHead.sample
            head.server = number % 2 == 0 ? "demo:" : "http://h:1"
            head.plan = "requests: [{name: \"50%_\(number)\"}]"
            try await fixture.record([Sample.ended(sent: 0, received: 0)], in: store, head: head)
        }
        let first = try await store.calls(CallQuery(limit: 3))
        #expect(first.map(\.id) == [7, 6, 5])
        #expect(try await store.calls(CallQuery(before: first.last?.id, limit: 10)).map(\.id) == [4, 3, 2, 1])
        #expect(try await store.calls(CallQuery(after: 2, limit: 3)).map(\.id) == [5, 4, 3])
        #expect(try await store.calls(CallQuery(text: "demo", after: 2, limit: 1)).map(\.id) == [4])
        #expect(try await store.calls(CallQuery(text: "7")).map(\.id) == [7])
        #expect(try await store.calls(CallQuery(text: "DEMO")).map(\.id) == [6, 4, 2])
        #expect(try await store.calls(CallQuery(text: "50%_3")).map(\.id) == [3])
        #expect(try await store.calls(CallQuery(text: "50__3")).isEmpty)
        await #expect(throws: HistoryError(.noSuchCall, "there is no call 99 in the history")) {
            try await store.call(99)
        }
    }

    @Test("what is known of a call besides its messages is read without them, in its order")
    func facts() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        let call = try await fixture.record(Sample.everything, in: store)
        var facts: [CallEvent] = []
        try await store.facts(of: call) { facts.append($0) }
        let expected = Sample.everything.filter { event in
            switch event {
            case .sent, .received, .acknowledged, .resent: false
            default: true
            }
        }
        #expect(facts == expected)
    }

    @Test("what a call has sent can be sent again, from any request on")
    func recordedPlan() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        let plan = RecordedPlan(store.transcript(of: try await long(1000, fixture, store)))
        #expect(plan.count == 1000)
        var source = plan.makeSource(clock: fixture.clock, skipping: 300)
        var names: [String] = []
        while let batch = try await source.next(atMost: 256) {
            #expect(batch.count <= 256)
            names += batch.map(\.name)
        }
        #expect(names == (301...1000).map { "User \($0)" })
    }
}
