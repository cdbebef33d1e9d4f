import EventStream
import RPCCore
import Testing

@Suite("Server-sent events")
struct ServerSentEventParserTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var bytes: [UInt8]
        var events: [ServerSentEvent]
        var retry: Duration?

        init(_ name: String, _ text: String, _ events: [ServerSentEvent], retry: Duration? = nil) {
            self.init(name, Array(text.utf8), events, retry: retry)
        }

        init(_ name: String, _ bytes: [UInt8], _ events: [ServerSentEvent], retry: Duration? = nil) {
            self.name = name
            self.bytes = bytes
            self.events = events
            self.retry = retry
        }

        var testDescription: String { name }
    }

    static let cases = [
        Case("nothing", "", []),
        Case("LF", "data: a\n\n", [.init(data: "a")]),
        Case("CRLF", "data: a\r\n\r\n", [.init(data: "a")]),
        Case("CR", "data: a\r\rdata: b\r\r", [.init(data: "a"), .init(data: "b")]),
        Case("mixed ends of line", "data: a\r\ndata: b\ndata: c\r\n\n", [.init(data: "a\nb\nc")]),
        Case("a byte order mark", [0xEF, 0xBB, 0xBF] + Array("data: a\n\n".utf8), [.init(data: "a")]),
        Case("a byte order mark later on is part of the name", "x\n\u{FEFF}data: a\n\n", []),
        Case("comments", ": ping - 2026-11-22\r\n\r\ndata: a\n:\n\n", [.init(data: "a")]),
        Case("no space, one space, two spaces", "data:a\ndata: a\ndata:  a\n\n", [.init(data: "a\na\n a")]),
        Case("empty data", "data\n\ndata:\n\ndata\ndata\n\n", [.init(data: ""), .init(data: ""), .init(data: "\n")]),
        Case("type, not kept", "event: x\ndata: a\n\ndata: b\n\n", [.init(type: "x", data: "a"), .init(data: "b")]),
        Case("type without data is no event", "event: x\n\ndata: b\n\n", [.init(data: "b")]),
        Case(
            "identifier, kept", "id: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\n",
            [.init(data: "a", id: "7"), .init(data: "b", id: "7"), .init(data: "c", id: "")]),
        Case("identifier with NUL is ignored", "id: a\0b\ndata: a\n\n", [.init(data: "a")]),
        Case("retry", "retry: 1500\n\n", [], retry: .milliseconds(1500)),
        Case("retry that is no number", "retry: 1.5\nretry: -1\nretry:\ndata: a\n\n", [.init(data: "a")]),
        Case("retry too large for a number", "retry: 99999999999999999999\n", [], retry: .longest),
        Case("retry longer than anybody waits", "retry: 9223372036854775807\n", [], retry: .longest),
        Case("unknown fields", "Data: x\nfoo: bar\nfoo\ndata: a\n\n", [.init(data: "a")]),
        Case("unfinished event", "data: a\n\ndata: b\n", [.init(data: "a")]),
        Case("unfinished line", "data: a\n\ndata: b", [.init(data: "a")]),
        Case("colons in the value", "data: {\"a\": 1}\n\n", [.init(data: #"{"a": 1}"#)]),
        Case("text in many bytes", "data: こんにちは、👩‍👧さん！\n\n", [.init(data: "こんにちは、👩‍👧さん！")]),
        Case(
            "bytes that are no UTF-8", Array("data: a".utf8) + [0xFF, 0x0A, 0x0A],
            [
                .init(
                    data: "a\u{FFFD}", undecoded: UndecodedPayload(size: 2, fault: 1, start: 0, bytes: [0x61, 0xFF]))
            ]),
        Case(
            "the doubled prefix", "data: event: error\r\ndata: data: {}\r\ndata: \r\ndata: \r\n\r\n",
            [.init(data: "event: error\ndata: {}\n\n")]),
    ]

    @Test("Every input gives its events, wherever it is cut", arguments: cases)
    func parse(_ given: Case) throws {
        for cut in 0...given.bytes.count {
            var parser = ServerSentEventParser(limit: 1000)
            let events = try parser.parse(given.bytes[..<cut]) + parser.parse(given.bytes[cut...])
            #expect(events == given.events, "cut at \(cut)")
            #expect(parser.retry == given.retry)
        }
        var parser = ServerSentEventParser(limit: 1000)
        let events = try given.bytes.flatMap { try parser.parse(CollectionOfOne($0)) }
        #expect(events == given.events, "byte by byte")
    }

    @Test("The identifier that counts is that of the last event that was finished, with data or without")
    func lastEventID() throws {
        for (text, id) in [
            ("id: 1\ndata: a\n\n", "1"), ("id: 1\n\n", "1"), ("id: 1\ndata: a\n\nid: 2\ndata: b\n", "1"),
            ("id: 1\ndata: a\n\ndata: b\n\n", "1"), ("id: 1\n\nid\n\n", ""), ("data: a\n\n", ""),
            ("id: 1\nid: a\0\n\n", "1"),
        ] {
            var parser = ServerSentEventParser(limit: 1000)
            _ = try parser.parse(text.utf8)
            #expect(parser.lastEventID == id, "\(text)")
        }
    }

    @Test("A line or an event over the limit is an error; what is at the limit is not")
    func limit() throws {
        var parser = ServerSentEventParser(limit: 16)
        #expect(try parser.parse("data: 0123456789\n\n".utf8) == [.init(data: "0123456789")])
        #expect(throws: ServerSentEventParser.Oversize(size: 17, limit: 16)) {
            try parser.parse("data: 0123456789a".utf8)
        }
        parser = ServerSentEventParser(limit: 16)
        #expect(throws: ServerSentEventParser.Oversize(size: 21, limit: 16)) {
            try parser.parse("data: 012345678\ndata: abcde\n\n".utf8)
        }
    }
}
