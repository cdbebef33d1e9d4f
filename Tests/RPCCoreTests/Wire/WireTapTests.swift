import Synchronization
import TestSupport
import Testing

@testable import RPCCore

@Suite("The tap of the wire")
struct WireTapTests {
    @Test("While nobody listens nothing is made; connections are told of when somebody does")
    func listening() {
        let tap = WireTap(clock: ManualClock())
        tap.connected(1, WireConnection(address: "h:1"))
        tap.connected(2, WireConnection(address: "h:2"))
        tap.disconnected(2, reason: "over")
        tap.record(fail(), connection: 1)
        #expect(tap.take().records.isEmpty)
        tap.listen()
        #expect(tap.take().records.map(\.fact) == [.connected(WireConnection(address: "h:1", wasOpen: true))])
        tap.record(.body(bytes: 1), connection: 1)
        tap.stopListening()
        tap.record(fail(), connection: 1)
        #expect(tap.take().records.map(\.fact) == [.body(bytes: 1)])
    }

    private func fail() -> WireFact {
        Issue.record("a fact was made that nobody wants")
        return .streamClosed
    }

    @Test("The oldest make way and are counted; records are announced once until they are taken")
    func bound() {
        let tap = WireTap(clock: ManualClock(), limit: 2)
        let count = Mutex(0)
        tap.listen { count.withLock { $0 += 1 } }
        // Beginning to listen may itself announce.
        _ = tap.take()
        count.withLock { $0 = 0 }
        for bytes in 1...5 { tap.record(.body(bytes: bytes), connection: nil) }
        #expect(count.withLock { $0 } == 1)
        let (records, dropped) = tap.take()
        #expect(records.map(\.fact) == [.body(bytes: 4), .body(bytes: 5)])
        #expect(dropped == 3)
        tap.record(.body(bytes: 6), connection: nil)
        #expect(count.withLock { $0 } == 2)
    }

    private final class Source: WireSource {
        let records: Mutex<[WireRecord]>
        let isListening = Mutex(false)

        init(_ records: [WireRecord]) { self.records = Mutex(records) }
        func listen(_ isListening: Bool, onRecord: @escaping @Sendable () -> Void) {
            self.isListening.withLock { $0 = isListening }
        }
        func take() -> (records: [WireRecord], dropped: Int) {
            records.withLock { records in
                defer { records = [] }
                return (records, 7)
            }
        }
    }

    @Test("What a source has is put between by its time, and one source serves all")
    func source() {
        let clock = ManualClock()
        let tap = WireTap(clock: clock)
        let source = tap.source {
            Source([1, 3].map { WireRecord(time: .seconds($0), connection: nil, fact: .body(bytes: $0)) })
        }
        #expect(tap.source { Source([]) } === source)
        tap.listen()
        #expect(source.isListening.withLock { $0 })
        clock.advance(by: .seconds(2))
        tap.record(.body(bytes: 2), connection: nil)
        let (records, dropped) = tap.take()
        #expect(records.map(\.fact) == [.body(bytes: 1), .body(bytes: 2), .body(bytes: 3)])
        #expect(dropped == 7)
        tap.stopListening()
        #expect(!source.isListening.withLock { $0 })
    }

    @Test("Secrets are masked in whatever has a text")
    func secrets() {
        let redaction = Redaction(secrets: [Secret("t0ken-4711")], headers: [MetadataEntry("X-Key", "k3y-4711-long")])
        let tap = WireTap(clock: ManualClock(), redaction: redaction)
        tap.listen()
        let said = "t0ken-4711 k3y-4711-long"
        let fields = [
            MetadataEntry("x-key", "another"), MetadataEntry("echo", said), MetadataEntry("Authorization", "Basic x"),
            MetadataEntry(said, "1"),
        ]
        let facts: [WireFact] = [
            .frame(WireFrame(type: 1, flags: 0, length: 1, content: .headers(fields, size: 1))),
            .frame(WireFrame(type: 7, flags: 0, length: 1, content: .goAway(code: 0, lastStream: 0, text: said))),
            .request(method: "GET", target: "/x?token=abc&a=\(said)", fields: fields),
            .response(status: 200, reason: said, fields: fields), .closed(reason: said), .violation(said),
            .webSocket(WebSocketRun(opcode: 8, isMasked: false, bytes: 2, closeCode: 1000, reason: said)),
            .event(type: said, id: said, bytes: 1),
        ]
        for fact in facts { tap.record(fact, connection: 1) }
        let records = tap.take().records
        #expect(records.count == facts.count)
        for record in records {
            let text = "\(record)"
            #expect(text.contains(Secret.mask))
            for secret in ["t0ken", "k3y-", "another", "Basic x", "token=abc"] {
                #expect(!text.contains(secret), "\(text)")
            }
        }
    }
}
