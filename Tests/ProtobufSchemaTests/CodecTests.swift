import Foundation
import ProtobufSchema
import RPCCore
import Testing

@Suite("Messages by their definitions, as the program sees them")
struct CodecTests {
    private static let schema: Schema? = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/schemas.protoset")
        return (try? Data(contentsOf: file)).flatMap { try? DescriptorSet.files(in: [UInt8]($0)) }.map { Schema($0) }
    }()

    private func codec(_ name: String, _ style: JSONStyle = JSONStyle()) throws -> DynamicMessageCodec {
        let schema = try #require(Self.schema)
        return DynamicMessageCodec(try #require(schema.message(name)), in: schema, style: style)
    }

    private func value(_ json: String, _ codec: DynamicMessageCodec) throws -> MessageValue {
        try #require(Array(json.utf8).withUnsafeBytes { codec.value(of: $0, as: .json) })
    }

    static let books = [
        #"{"title":"a","genre":"GENRE_NOVEL","pages":5,"isbn":"9007199254740993"}"#,
        #"{"price":"NaN","published":"2026-11-28T09:30:00Z","labels":{"a":"b"},"cover":"AQI="}"#,
        #"{"title":"123","authors":["x","y"],"binding":7,"lostAt":"2026-01-01T00:00:00Z"}"#,
        "{}",
    ]

    @Test("the texts of a message make the same message again, in both encodings", arguments: books)
    func roundTrip(json: String) throws {
        let codec = try codec("demo.v1.Book")
        let value = try value(json, codec)
        for encoding in [Payload.Encoding.json, .protobuf] {
            var bytes: [UInt8] = []
            try codec.write(value, as: encoding, to: &bytes)
            #expect(bytes.withUnsafeBytes { codec.value(of: $0, as: encoding) } == value)
            #expect(bytes.withUnsafeBytes { codec.fits($0, as: encoding) })
        }
    }

    @Test("what JSON writes as a string stands as its text, everything else as JSON")
    func texts() throws {
        let value = try value(
            #"{"title":"5","genre":"GENRE_NOVEL","pages":5,"isbn":"6","authors":["x"]}"#, try codec("demo.v1.Book"))
        #expect(value["title"] == "5" && value["genre"] == "GENRE_NOVEL" && value["isbn"] == "6")
        #expect(value["pages"] == "5" && value["authors"] == #"["x"]"#)
        #expect(value.fields.filter(\.isJSON).map(\.name) == ["authors", "pages"])
    }

    @Test("a text that its field cannot have is refused with the field")
    func problems() throws {
        let codec = try codec("demo.v1.Book")
        for (field, text, problem) in [
            ("pages", "4294967296", "pages: 4294967296 is out of range for uint32"), ("pages", "x", "pages: "),
            ("genre", "GENRE_X", "genre: demo.v1.Genre has no value 'GENRE_X'"),
            ("authors", #"["a", 1]"#, "authors[1]: a text is expected"),
            ("published", "today", "published: 'today' is no time"),
        ] {
            var bytes: [UInt8] = []
            let error = #expect(throws: MessageProblem.self) {
                try codec.write(MessageValue([.init(field, text)]), as: .protobuf, to: &bytes)
            }
            #expect(error?.description.hasPrefix(problem) == true, "\(error?.description ?? "")")
            #expect(bytes.isEmpty)
        }
    }

    @Test("a message that is written as something else than an object has one text that is all of it")
    func whole() throws {
        let codec = try codec("google.protobuf.Timestamp")
        let value = try value(#""2026-11-28T09:30:00Z""#, codec)
        #expect(value == MessageValue([.init("value", #""2026-11-28T09:30:00Z""#, isJSON: true)]))
        var bytes: [UInt8] = []
        try codec.write(value, as: .protobuf, to: &bytes)
        #expect(bytes.withUnsafeBytes { codec.json(of: $0, as: .protobuf) } == #""2026-11-28T09:30:00Z""#)
    }

    @Test("one line says first what tells a message from its neighbours")
    func summaries() throws {
        let codec = try codec("demo.v1.Book")
        for (json, line) in [
            ("{}", "∅"), (#"{"title":"Emma"}"#, "Emma"),
            (#"{"pages":5,"title":"Emma","genre":"GENRE_NOVEL"}"#, "title=Emma pages=5 genre=NOVEL"),
            (#"{"title":"Emma","lentTo":"ana"}"#, "lentTo ana title=Emma"),
            (#"{"title":"a title that is longer than what is shown"}"#, "a title that is longer …"),
        ] {
            #expect(codec.summary(of: try value(json, codec)) == line)
        }
    }

    @Test("a message can be looked at as JSON, with all fields, and field by field")
    func views() throws {
        let codec = try codec("demo.v1.Book")
        var bytes: [UInt8] = []
        try codec.write(MessageValue([.init("title", "x\u{1B}[2J"), .init("pages", "300")]), as: .protobuf, to: &bytes)
        let payload = Payload(codec, .protobuf, bytes[...])
        #expect(payload.text(in: .json) == "{\n  \"title\": \"x\\u001b[2J\",\n  \"pages\": 300\n}")
        #expect(payload.text(in: .allFields)?.contains("\"authors\": []") == true)
        #expect(payload.text(in: .wire) == "0  2 title  5 bytes \"x\u{1B}[2J\"\n7  5 pages  varint 300")
        #expect(payload.text(in: .hex)?.hasPrefix("0000  12 05 78 1b 5b 32 4a 28 ac 02") == true)
    }

    @Test("bytes cut anywhere, or changed, are read or refused, and never more than that")
    func noise() throws {
        var random = SystemRandomNumberGenerator()
        for json in Self.books {
            let codec = try codec("demo.v1.Book")
            var whole: [UInt8] = []
            try codec.write(try value(json, codec), as: .protobuf, to: &whole)
            for _ in 0..<500 {
                var bytes = Array(whole.prefix(Int.random(in: 0...whole.count, using: &random)))
                if !bytes.isEmpty {
                    bytes[Int.random(in: bytes.indices, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
                }
                let payload = Payload(codec, .protobuf, bytes[...])
                for view in MessageView.allCases { _ = payload.text(in: view) }
                _ = payload.summary
                var text = Array(json.utf8)
                text[Int.random(in: text.indices, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
                _ = Payload(codec, .json, text[...]).summary
            }
        }
    }
}
