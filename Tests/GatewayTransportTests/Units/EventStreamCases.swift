import EventStream
import Testing

@testable import GatewayTransport

/// The cases that the web platform tests have for the format of event streams (their folder `eventsource`, the files that begin
/// with `format-` and `event-data`), as data of our own: what comes, and what is made of it.
@Suite("Event streams as the web platform tests have them")
struct EventStreamCases {
    struct Case: CustomTestStringConvertible, Sendable {
        /// As the test is called there.
        var name: String
        var stream: String
        var events: [ServerSentEvent]
        var retry: Duration?
        var lastEventID: String

        init(
            _ name: String, _ stream: String, _ events: [ServerSentEvent], retry: Duration? = nil, id: String = ""
        ) {
            (self.name, self.stream, self.events, self.retry, lastEventID) = (name, stream, events, retry, id)
        }

        var testDescription: String { name }
    }

    private static let long = String(repeating: "x", count: 2048)
    private static let mark = "\u{FEFF}"

    static let cases = [
        Case(
            "event-data",
            "data:msg\ndata:msg\n\n:\nfalsefield:msg\n\nfalsefield:msg\nData:data\n\ndata\n\ndata:end\n\n",
            [.init(data: "msg\nmsg"), .init(data: ""), .init(data: "end")]),
        Case("format-bom", "\(mark)data:1\n\n\(mark)data:2\n\ndata:3\n\n", [.init(data: "1"), .init(data: "3")]),
        Case("format-bom-2", "\(mark)\(mark)data:1\n\ndata:2\n\ndata:3\n\n", [.init(data: "2"), .init(data: "3")]),
        Case(
            "format-comments", "data:1\r:\0\n:\r\ndata:2\n:\(long)\rdata:3\n:data:fail\r:\(long)\ndata:4\n\n",
            [.init(data: "1\n2\n3\n4")]),
        Case(
            "format-data-before-final-empty-line", "retry:1000\ndata:test1\n\nid:test\ndata:test2",
            [.init(data: "test1")], retry: .seconds(1)),
        Case(
            "format-field-data", "data:\n\ndata\ndata\n\ndata:test\n\n",
            [.init(data: ""), .init(data: "\n"), .init(data: "test")]),
        Case(
            "format-field-event", "event:test\ndata:x\n\ndata:x\n\n",
            [.init(type: "test", data: "x"), .init(data: "x")]),
        Case("format-field-event-empty", "event: \ndata:data\n\n", [.init(data: "data")]),
        Case("format-field-id", "id: 1\ndata: hello\n\n", [.init(data: "hello", id: "1")], id: "1"),
        Case(
            "format-field-id-2", "id: 1\ndata: hello\n\ndata: again\n\nid:2\n\ndata: more\n\n",
            [.init(data: "hello", id: "1"), .init(data: "again", id: "1"), .init(data: "more", id: "2")], id: "2"),
        Case(
            "format-field-id-3", "id: 1\ndata: hello\n\nid\ndata: again\n\n",
            [.init(data: "hello", id: "1"), .init(data: "again", id: "")]),
        Case(
            "format-field-id-null",
            "id: ok\ndata: 1\n\nid: \0\ndata: 2\n\nid: x\0\ndata: 3\n\nid: \0x\ndata: 4\n\nid: x\0x\n\n",
            [
                .init(data: "1", id: "ok"), .init(data: "2", id: "ok"), .init(data: "3", id: "ok"),
                .init(data: "4", id: "ok"),
            ], id: "ok"),
        Case(
            "format-field-parsing",
            "data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\ndata:4\n\n",
            [.init(data: "\0\n 2\n1\n3\n\n4")]),
        Case("format-field-retry", "retry:03000\ndata:x\n\n", [.init(data: "x")], retry: .seconds(3)),
        Case(
            "format-field-retry-bogus", "retry:3000\nretry:1000x\nretry: -1\nretry:1.5\nretry:1e3\ndata:x\n\n",
            [.init(data: "x")], retry: .seconds(3)),
        Case(
            "format-field-retry-empty", "retry:400\nretry\nretry:\ndata:test\n\n", [.init(data: "test")],
            retry: .milliseconds(400)),
        Case(
            "format-field-unknown",
            "data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata:test\n\n",
            [.init(data: "test\n\ntest")]),
        Case("format-leading-space", "data:\ttest\rdata: \ndata:test\n\n", [.init(data: "\ttest\n\ntest")]),
        Case("format-newlines", "data:test\r\ndata\ndata:test\r\n\r\n", [.init(data: "test\n\ntest")]),
        Case("format-null-character", "data:\0\n\n\n\n", [.init(data: "\0")]),
        Case("format-utf-8", "data:ok\u{2026}\n\n", [.init(data: "ok\u{2026}")]),
    ]

    @Test("Each stream gives its events, wherever it is cut in two, and byte by byte", arguments: cases)
    func stream(_ given: Case) throws {
        let bytes = Array(given.stream.utf8)
        for cut in 0...bytes.count {
            var parser = ServerSentEventParser(limit: 10_000)
            let events = try parser.parse(bytes[..<cut]) + parser.parse(bytes[cut...])
            #expect(events == given.events, "cut at \(cut)")
            #expect(parser.retry == given.retry)
            #expect(parser.lastEventID == given.lastEventID)
        }
        var parser = ServerSentEventParser(limit: 10_000)
        let events = try bytes.flatMap { try parser.parse(CollectionOfOne($0)) }
        #expect(events == given.events, "byte by byte")
    }

    @Test(
        "Which content types are taken",
        arguments: [
            ("text/event-stream", true), ("text/event-stream;", true), ("text/event-stream;x=bogus", true),
            ("text/event-stream; charset=windows-1252", true), ("Text/Event-Stream", true),
            (" text/event-stream ", true), ("text/x-bogus", false), ("text/event-stream-2", false),
            ("x text/event-stream", false), ("application/json", false), (";text/event-stream", false), ("", false),
            (nil, false),
        ] as [(String?, Bool)])
    func contentType(type: String?, isTaken: Bool) {
        #expect(ServerStreamExchange.isEventStream(type) == isTaken)
    }
}
