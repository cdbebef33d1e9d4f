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

    @Test("a message that lacks what it requires does not fit, in any depth")
    func required() throws {
        let options = try codec("google.protobuf.MessageOptions")
        // An option that is not interpreted, of no parts, and of one part without its name.
        for (bytes, fits) in [([0xBA, 0x3E, 0x00], true), ([0xBA, 0x3E, 0x02, 0x12, 0x00], false)] as [([UInt8], Bool)]
        {
            #expect(bytes.withUnsafeBytes { options.fits($0, as: .protobuf) } == fits)
            #expect(bytes.withUnsafeBytes { options.value(of: $0, as: .protobuf) != nil } == fits)
        }
    }

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

    static let lines = [
        ("demo.v1.Book", "{}", "∅"), ("demo.v1.Book", #"{"title":"Emma"}"#, "Emma"),
        ("demo.v1.Book", #"{"pages":5,"title":"Emma","genre":"GENRE_NOVEL"}"#, "title=Emma pages=5 genre=NOVEL"),
        ("demo.v1.Book", #"{"title":"Emma","lentTo":"ana"}"#, "lentTo ana title=Emma"),
        (
            "demo.v1.Book", #"{"title":"a title that is alone has all the room"}"#,
            "a title that is alone has all the room"
        ),
        (
            "demo.v1.Book", #"{"title":"a title that is longer than what is shown","pages":1}"#,
            "title=a title that is longer … pages=1"
        ),
        (
            "demo.v1.Book",
            #"{"authors":["x","y","z","w"],"labels":{"a":"b","c":"d"},"cover":"AQI=","price":2.5,"genre":77}"#,
            "price=2.5 genre=77 authors[4] x, y, z labels{2} cover=⟨2 B⟩"
        ),
        ("demo.v1.Book", #"{"published":"2026-11-28T09:30:00Z","isbn":"7"}"#, "isbn=7 published=2026-11-28T09:30:00Z"),
        ("demo.v1.BookEvent", #"{"created":{"title":"Emma"},"sequence":"7"}"#, "created Emma sequence=7"),
        ("demo.v1.BookEvent", #"{"created":{"title":"Emma","pages":3}}"#, "created {title=Emma …}"),
        ("google.protobuf.Duration", #""1.5s""#, "1.500s"),
        ("google.protobuf.Struct", #"{"a":[1]}"#, #"{"a":[1]}"#),
    ]

    @Test("one line says first what tells a message from its neighbours", arguments: lines)
    func summaries(name: String, json: String, line: String) throws {
        let codec = try codec(name)
        let value = try value(json, codec)
        #expect(codec.summary(of: value) == line)
        for encoding in [Payload.Encoding.json, .protobuf] {
            #expect(Payload(value, codec, encoding).summary == line)
        }
    }

    @Test("the line of a message with places to be filled in shows the places")
    func templates() throws {
        let codec = try codec("demo.v1.Book")
        let value = MessageValue([.init("price", "{i}"), .init("title", "Emma")])
        #expect(codec.summary(of: value) == "title=Emma price={i}")
    }

    @Test("of a message that is long only the beginning is looked at")
    func longMessages() throws {
        let codec = try codec("demo.v1.Book")
        var bytes: [UInt8] = []
        let cover = String(repeating: "AAAA", count: 400_000)
        try codec.write(
            MessageValue([.init("title", "Emma"), .init("cover", cover), .init("pages", "5")]), as: .protobuf,
            to: &bytes)
        #expect(Payload(codec, .protobuf, bytes[...]).summary == "title=Emma pages=5 cover=⟨1.2 MB⟩")
        var many: [UInt8] = []
        let names = "[" + (0..<5000).map { "\"author \($0)\"" }.joined(separator: ",") + "]"
        try codec.write(MessageValue([.init("authors", names, isJSON: true)]), as: .protobuf, to: &many)
        many += [0xFF, 0xFF]
        let summary = Payload(codec, .protobuf, many[...]).summary
        #expect(summary.hasPrefix("authors[") && !summary.hasPrefix("authors[5000]"), "\(summary)")
        // What is wrong where it was looked at is said.
        #expect(Payload(codec, .protobuf, [0x12, 0x05, 0x78]).summary == "3 bytes that do not fit demo.v1.Book")
    }

    @Test("fields can be had one by one, by their paths")
    func columns() throws {
        let codec = try codec("demo.v1.Book")
        let json =
            #"{"title":"Emma","authors":["x","y"],"labels":{"a":"b"},"published":"2026-11-28T09:30:00Z","cover":"AQI="}"#
        let paths = ["title", "authors[1]", "labels[a]", "published", "cover", "pages", "authors[9]", "nobody", "a..b"]
        for encoding in [Payload.Encoding.json, .protobuf] {
            let values = Payload(try value(json, codec), codec, encoding).values(at: paths)
            #expect(values.map { $0?.text } == ["Emma", "y", "b", "2026-11-28T09:30:00Z", "⟨2 B⟩", nil, nil, nil, nil])
        }
        #expect(paths.map(codec.hasField) == [true, true, true, true, true, true, true, false, false])
        let event = try self.codec("demo.v1.BookEvent")
        let payload = Payload(try value(#"{"created":{"title":"Emma"}}"#, event), event, .protobuf)
        #expect(payload.values(at: ["created.title", "changed.title"]).map { $0?.text } == ["Emma", nil])
        #expect(event.hasField("created.title") && !event.hasField("created.nobody"))
        #expect(event.columnPaths.contains("created.title") && event.columnPaths.contains("at"))
    }

    @Test("what is not in the definition stands at the end, and is never lost from sight")
    func unknown() throws {
        let codec = try codec("demo.v1.BookEvent")
        // created { title: "x", 99: 5 }, 100: "ab"
        let bytes: [UInt8] = [0x0A, 6, 0x12, 1, 0x78, 0x98, 0x06, 5, 0xA2, 0x06, 2, 0x61, 0x62]
        for view in [MessageView.plain, .allFields] {
            let text = Payload(codec, .protobuf, bytes[...]).text(in: view)
            #expect(text?.hasSuffix("}\n?100: 2 bytes 61 62\ncreated.?99: varint 5") == true, "\(text ?? "")")
        }
    }

    @Test("a message of a type that nobody knows is shown with its type and its bytes")
    func unknownType() throws {
        let codec = try codec("google.protobuf.Any")
        let url = Array("type.googleapis.com/nobody.Knows".utf8)
        let bytes = [0x0A, UInt8(url.count)] + url + [0x12, 2, 1, 2]
        let payload = Payload(codec, .protobuf, bytes[...])
        #expect(payload.json == #"{"@type":"type.googleapis.com/nobody.Knows","@bytes":"AQI="}"#)
        #expect(payload.summary == "{Knows}")
    }

    @Test("a declaration names the types that can be looked up in turn")
    func declarations() throws {
        let codec = try codec("demo.v1.Book")
        let message = try #require(codec.declaration(of: "demo.v1.Book"))
        #expect(
            message.lines.contains([
                .text("  "), .text(""), .text(""), .type("demo.v1.Genre"), .text(""), .text(" genre = 4;"),
            ]))
        let method = try #require(codec.declaration(of: "demo.v1.Library/GetBook"))
        #expect(method.text.contains("rpc GetBook(demo.v1.GetBookRequest) returns (demo.v1.Book) {"))
        #expect(method.lines.joined().contains(.type("demo.v1.GetBookRequest")))
        #expect(codec.declaration(of: "demo.v1.Book.title")?.text.hasSuffix("string title = 2;") == true)
        #expect(codec.declaration(of: "demo.v1.Nobody") == nil)
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
