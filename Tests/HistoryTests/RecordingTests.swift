import Foundation
import GRDB
import Plans
import RPCCore
import TestSupport
import Testing

@testable import History

@Suite("Recording", .timeLimit(.minutes(10)))
struct RecordingTests {
    @Test("every event of a call is read as it was told, in its order")
    func roundTrip() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        let call = try await fixture.record(Sample.everything, in: store)
        var events: [CallEvent] = []
        var attempts: [Int] = []
        for try await event in store.events(of: call) {
            events.append(event.event)
            attempts.append(event.attempt)
        }
        #expect(events == Sample.everything)
        #expect(attempts == [0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2])
    }

    @Test("a call that the server cut short is read as that, and exported and imported, too")
    func cutShort() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        var delivery = Delivery(sent: 3, answered: 1, received: 1)
        (delivery.isCutShort, delivery.unsent) = (true, 197)
        let events: [CallEvent] = [
            Sample.sent(1...3), .ended(CallOutcome(delivery: delivery, time: .seconds(1), rule: "the server said so")),
        ]
        let call = try await fixture.record(events, in: store)
        var read: [CallEvent] = []
        for try await event in store.events(of: call) { read.append(event.event) }
        #expect(read == events)
    }

    @Test("the head of a call says what it was and how it ended")
    func head() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        fixture.clock.advance(by: .milliseconds(600))
        let call = try await fixture.record(Sample.everything, in: store)
        #expect(call.head == .sample)
        #expect(call.state == .ended)
        #expect(call.code == .unknown)
        #expect(call.status == "UNKNOWN")
        #expect(call.cause == "x")
        #expect(abs(call.started.timeIntervalSince(fixture.clock.wallTime)) < 1e-6)
        #expect(call.start == .milliseconds(600))
        // One of the messages greets the end marker, and is no reply.
        #expect((call.sent, call.received, call.messagesReceived) == (6, 7, 8))
        #expect((call.answered, call.refused, call.unprocessed) == (1, 2, 3))
        #expect((call.attempts, call.events) == (2, 27))
        #expect(!call.isImported)
    }

    @Test("a call that is recorded can be read while it goes on, as far as it is written")
    func running() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        let recorder = await store.record(.sample, for: EventLog())
        await recorder.observe(Sample.sent(1...700))
        await store.finish(within: .seconds(30))
        let written = recorder.progress.written
        #expect(written.sent == 700)
        let call = try await store.call(#require(written.call))
        #expect(call.state == .running)
        #expect(try await store.transcript(of: call).read(.sent, 600..<800).map(\.number) == Array(600...700))

        await recorder.observe(Sample.sent(701...710))
        await recorder.observe(Sample.ended(sent: 710, received: 0))
        await store.finish(within: .seconds(30))
        #expect(recorder.progress.written.isComplete)
        let transcript = store.transcript(of: try await store.call(call.id))
        #expect(transcript.count(of: .sent) == 710)
        #expect(try await transcript.read(.sent, 699..<900).map(\.number) == Array(699...710))
    }

    @Test("what is not written soon is written within a moment, without anybody asking")
    func timer() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        let recorder = await store.record(.sample, for: EventLog())
        await recorder.observe(Sample.sent(1...1))
        while recorder.progress.written.sent == 0 { await Task.yield() }
        #expect(recorder.progress.written.call != nil)
        await recorder.observe(Sample.ended(sent: 1, received: 0))
    }

    private static let secret = "s3cr3t-t0ken"
    private static let redaction = Redaction(
        secrets: [Secret(secret)], headers: [MetadataEntry("X-Mine", "private"), MetadataEntry("Cookie", "c=9")])

    /// What a server tells that repeats everything.
    private static var revealing: [CallEvent] {
        let outcome = CallOutcome(
            error: CallError(.unauthenticated, "no \(secret)", at: .server, advice: "not \(secret)"),
            delivery: Delivery(), time: .zero, rule: "refused \(secret)",
            trailers: [MetadataEntry("set-cookie", "sid=1"), MetadataEntry("echo", "a \(secret)")])
        // A payload in which the text of the message parts the credential in two.
        let reply = Sample.reply(2, "s3cr")
        let split = StreamMessage(
            number: 2, time: reply.time, size: reply.size, form: reply.form, body: reply.body,
            wire: "{\"token\":\"\(secret)\",\"message\":\"s3cr\"}")
        return [
            .opened(
                ConnectionInfo(
                    time: .zero, transport: "t", route: "/\(secret)",
                    metadata: [
                        MetadataEntry("X-MINE", "private"), MetadataEntry("note", secret),
                        MetadataEntry("x-tenant", "blue"),
                    ])),
            .notice("the token is \(secret)"), .sent([Sample.request(1, secret)]),
            .received([Sample.reply(1, "Hello, \(secret)!"), split]), .ended(outcome),
        ]
    }

    private func expectNoSecrets(of call: RecordedCall, in store: HistoryStore, _ fixture: HistoryFixture) async throws
    {
        var text = ""
        try await store.export(call, as: .jsonLines) { text += String(decoding: $0, as: UTF8.self) }
        #expect(text.contains("Hello, [redacted]!"))
        let files = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path)
        for name in files {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(fixture.folder.path)/\(name)"))
            for hidden in [Self.secret, "private", "sid=1", "Bearer other", "blue"] {
                #expect(bytes.range(of: Data(hidden.utf8)) == nil, "\(hidden) in \(name)")
                #expect(!text.contains(hidden))
            }
        }
    }

    @Test("credentials are never written, wherever they appear, nor headers that only the history is not to have")
    func redaction() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store(redaction: Self.redaction.hiding(headers: ["X-Tenant"]))
        let record = RecordInterceptor(in: store, server: "h")
        let transport = InterceptedTransport(
            ScriptedEvents(Self.revealing), [record, RedactionInterceptor(Self.redaction)])
        let options = CallOptions(metadata: [
            MetadataEntry("Authorization", "Bearer other"), MetadataEntry("x-mine", "private"),
        ])
        let place = RecordPlace()
        await RecordPlace.$current.withValue(place) {
            _ = await transport.perform(
                Call(.bidirectional, PlanRun(PlanDocument(names: [Self.secret], language: nil)), options: options),
                observer: EventLog())
        }
        #expect(await store.finish(within: .seconds(30)))
        let call = try await store.call(#require(place.transcript?.call))
        #expect(call.head.plan == "requests:\n- {name: [redacted]}\n")
        try await expectNoSecrets(of: call, in: store, fixture)
    }

    @Test("credentials in a transcript that is imported are not written either")
    func importing() async throws {
        let told = try HistoryFixture()
        var head = CallHead.sample
        head.options.metadata = [MetadataEntry("x-mine", "private")]
        let source = told.store()
        let original = try await told.record(Self.revealing, in: source, head: head)
        var pieces: [[UInt8]] = []
        try await source.export(original, as: .jsonLines) { pieces.append(Array($0)) }
        #expect(String(decoding: pieces.joined(), as: UTF8.self).contains(Self.secret))
        let fixture = try HistoryFixture()
        let store = fixture.store(redaction: Self.redaction.hiding(headers: ["X-Tenant"]))
        var rest = pieces[...]
        let id = try await store.importTranscript("x.jsonl") { rest.popFirst() }
        try await expectNoSecrets(of: store.call(id), in: store, fixture)
    }

    @Test("only the owner can read the files")
    func modes() async throws {
        let fixture = try HistoryFixture()
        let folder = "\(fixture.folder.path)/state/greeter-tui"
        let store = fixture.store(folder: folder)
        try await fixture.record([Sample.sent(1...1), Sample.ended(sent: 1, received: 0)], in: store)
        let files = FileManager.default
        for name in try files.contentsOfDirectory(atPath: folder) {
            let mode = try files.attributesOfItem(atPath: "\(folder)/\(name)")[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(name)")
        }
        #expect(try files.attributesOfItem(atPath: folder)[.posixPermissions] as? Int == 0o700)
    }

    @Test("who records more than is written waits, and the bound holds; a cancelled task does not wait")
    func backPressure() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        let recorder = await store.record(.sample, for: EventLog())
        await recorder.observe(Sample.sent(1...1))
        await store.finish(within: .seconds(30))
        // Another program writes, and takes its time.
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: fixture.path, configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let sent = Counter()
        let task = Task {
            while !Task.isCancelled {
                let start = sent.value * 256 + 2
                await recorder.observe(Sample.sent(start...start + 255))
                sent.add()
            }
        }
        while !recorder.isWaiting { await Task.yield() }
        let batch = 256 * 300
        #expect((HistoryWriter.memoryLimit...HistoryWriter.memoryLimit + batch).contains(recorder.waitingBytes))
        task.cancel()
        await task.value
        try await other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        let count = sent.value * 256 + 1
        await recorder.observe(Sample.ended(sent: count, received: 0))
        await store.finish(within: .seconds(30))
        #expect(recorder.progress.written.sent == count)
        #expect(fixture.reports.problems.isEmpty)
    }
}
