import Foundation
import ProtobufSchema
import RPCCore
import Testing

@Suite("Messages made from templates")
struct TemplateTests {
    private typealias Part = MessageTemplate.Part

    private static let schema: Schema? = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/schemas.protoset")
        return (try? Data(contentsOf: file)).flatMap { try? DescriptorSet.files(in: [UInt8]($0)) }.map { Schema($0) }
    }()

    private func codec(_ name: String, _ style: JSONStyle = JSONStyle()) throws -> DynamicMessageCodec {
        let schema = try #require(Self.schema)
        return DynamicMessageCodec(try #require(schema.message(name)), in: schema, style: style)
    }

    /// A template whose places are written `<0>`, `<1>` and so on.
    private static func template(_ fields: [(String, String)], _ places: [MessageTemplate.Place]) -> MessageTemplate {
        MessageTemplate(
            fields.map { name, text in
                var parts: [Part] = []
                for (index, piece) in text.split(separator: "<", omittingEmptySubsequences: false).enumerated() {
                    guard index > 0, let end = piece.firstIndex(of: ">"), let place = Int(piece[..<end]) else {
                        if !piece.isEmpty { parts.append(.text((index > 0 ? "<" : "") + piece)) }
                        continue
                    }
                    parts.append(.place(place))
                    let rest = piece[piece.index(after: end)...]
                    if !rest.isEmpty { parts.append(.text(String(rest))) }
                }
                return MessageTemplate.Field(name, parts)
            }, places: places)
    }

    /// What is made in both encodings, as JSON.
    private func made(
        _ codec: DynamicMessageCodec, _ template: MessageTemplate, _ fill: [String]
    ) throws -> [String?] {
        try [Payload.Encoding.protobuf, .json].map { encoding in
            var writer = try codec.writer(of: template, as: encoding)
            var bytes: [UInt8] = []
            // Twice, for what is kept from one message to the next.
            for _ in 0..<2 {
                var values = PlaceValues(count: template.places.count)
                for (index, text) in fill.enumerated() {
                    switch template.places[index] {
                    case .integer: values.set(index, number: Int(text) ?? 0)
                    case .words(let words): values.set(index, number: words.firstIndex(of: text) ?? 0)
                    case .like, .record: values.set(index, text: text.utf8)
                    }
                }
                bytes = []
                try writer.append(values, to: &bytes)
            }
            return bytes.withUnsafeBytes { bytes in
                codec.fits(bytes, as: encoding) ? codec.json(of: bytes, as: encoding) : nil
            }
        }
    }

    private func expect(
        _ name: String, _ fields: [(String, String)], _ places: [MessageTemplate.Place], _ fill: [String],
        _ json: String
    ) throws {
        let made = try made(codec(name), Self.template(fields, places), fill)
        #expect(made == [json, json])
    }

    @Test("a number in a numeric field is a number, in every form of the wire")
    func numbers() throws {
        for number in [0, 1, 127, 128, 300, 2_147_483_647] {
            let fields = [
                "fInt32", "fInt64", "fUint32", "fUint64", "fSint32", "fSint64", "fFixed32", "fFixed64", "fSfixed32",
                "fSfixed64", "fDouble",
            ].map { ($0, "<0>") }
            let zero = number == 0
            let json = zero ? "{}" : nil
            let made = try made(
                codec("vec.v1.Scalars"), Self.template(fields, [.integer(0...2_147_483_647)]), ["\(number)"])
            #expect(made[0] == made[1])
            if let json {
                #expect(made[0] == json)
            } else {
                #expect(made[0]?.contains("\"fSint32\":\(number)") == true)
            }
        }
    }

    @Test("templates stand in texts, maps, lists and messages, and lengths are right whatever is filled in")
    func nested() throws {
        for length in [0, 1, 100, 127, 128, 5000] {
            let text = String(repeating: "é\"\\", count: length)
            var escaped: [UInt8] = []
            escaped.append(contentsOf: (try JSONEncoder().encode(text)))
            let quoted = String(decoding: escaped, as: UTF8.self).replacing("\\/", with: "/")
            let made = try made(
                codec("demo.v1.Sample"),
                Self.template(
                    [
                        ("sensor", "s<0>"), ("value", "<1>"), ("at", "<2>"), ("offset", "<1>"),
                        ("tags", #"{"run":"<3>","n":"a<1>"}"#), ("raw", "[1.5,<1>,\"<1>\"]"),
                    ],
                    [.integer(1...6), .integer(-5...500), .like("2026-01-01T00:00:00Z"), .record]),
                ["3", "-5", "2026-11-28T10:00:00Z", text])
            let tags = text.isEmpty ? #"{"n":"a-5"}"# : #"{"n":"a-5","run":\#(quoted)}"#
            #expect(
                made[0]
                    == #"{"sensor":"s3","value":-5,"at":"2026-11-28T10:00:00Z","offset":-5,"tags":\#(tags),"raw":[1.5,-5,-5]}"#
            )
            #expect(made[1] == made[0])
        }
    }

    @Test("what a record leaves empty is left out between what always stands there, and with it nothing else")
    func leftOut() throws {
        let fields = [
            ("sensor", "a"), ("value", "2"), ("at", "<0>"), ("offset", "3"), ("tags", #"{"b":"c","d":"<1>","e":"f"}"#),
            ("raw", "[1,2]"),
        ]
        for (at, tag) in [("", ""), ("", "x"), ("2026-11-28T10:00:00Z", ""), ("2026-11-28T10:00:00Z", "a longer text")]
        {
            let made = try made(codec("demo.v1.Sample"), Self.template(fields, [.record, .record]), [at, tag])
            let json =
                #"{"sensor":"a","value":2,"# + (at.isEmpty ? "" : #""at":"\#(at)","#) + #""offset":3,"tags":{"b":"c","#
                + (tag.isEmpty ? "" : #""d":"\#(tag)","#) + #""e":"f"},"raw":[1,2]}"#
            #expect(made == [json, json])
        }
    }

    @Test("a template without places is the message as it is written")
    func constant() throws {
        let codec = try codec("demo.v1.Sample")
        let json = #"{"sensor":"a","value":2,"tags":{"b":"c"},"raw":[1]}"#
        let value = try #require(Array(json.utf8).withUnsafeBytes { codec.value(of: $0, as: .json) })
        let template = Self.template(value.fields.map { ($0.name, $0.text) }, [])
        for encoding in [Payload.Encoding.protobuf, .json] {
            var (made, written): ([UInt8], [UInt8]) = ([], [])
            var writer = try codec.writer(of: template, as: encoding)
            try writer.append(PlaceValues(count: 0), to: &made)
            try codec.write(value, as: encoding, to: &written)
            #expect(made == written)
        }
    }

    @Test("a leaf that is a place of a record takes its value, whatever it is, and is left out where that is empty")
    func records() throws {
        let fields = [
            ("title", "<0>"), ("authors", "<1>"), ("pages", "<2>"), ("genre", "<3>"), ("labels", "<4>"),
            ("published", "<5>"), ("cover", "<6>"),
        ]
        let places = [MessageTemplate.Place](repeating: .record, count: 7)
        try expect(
            "demo.v1.Book", fields, places,
            ["5", #"["x","y"]"#, "7", "GENRE_NOVEL", #"{"a":"b"}"#, "2026-11-28T10:00:00Z", "AQI="],
            #"{"title":"5","authors":["x","y"],"genre":"GENRE_NOVEL","pages":7,"published":"2026-11-28T10:00:00Z","labels":{"a":"b"},"cover":"AQI="}"#
        )
        try expect("demo.v1.Book", fields, places, ["", "", "", "", "", "", ""], "{}")
    }

    static let wrong: [(String, String, String, MessageTemplate.Place, String)] = [
        (
            "vec.v1.Scalars", "fInt32", "<0>", .integer(1...2_147_483_648),
            "f_int32: 2147483648 is out of range for int32"
        ),
        ("vec.v1.Scalars", "fUint32", "<0>", .integer(-1...5), "f_uint32: -1 is out of range for uint32"),
        ("vec.v1.Scalars", "fInt32", "<0>", .like("00000000-0000"), "f_int32: a number is expected for int32"),
        (
            "vec.v1.Scalars", "fInt32", "<0>5", .integer(1...1_000_000_000),
            "f_int32: 10000000005 is out of range for int32"
        ),
        ("vec.v1.Scalars", "fBool", "<0>", .integer(0...1), "f_bool: true or false is expected"),
        ("demo.v1.Book", "genre", "<0>", .integer(1...60), "genre: demo.v1.Genre has no value"),
        (
            "demo.v1.Book", "genre", "<0>", .words(["GENRE_NOVEL", "NOVEL"]),
            "genre: demo.v1.Genre has no value 'NOVEL'"
        ),
        ("demo.v1.Book", "published", "<0>", .like("now"), "published"),
        ("demo.v1.Book", "authors", #"{"a":"<0>"}"#, .record, "authors: a list is expected"),
        ("demo.v1.Book", "labels", #"["<0>"]"#, .record, "labels: an object is expected for a map"),
        ("demo.v1.CreateBookRequest", "book", #"{"titel":"<0>"}"#, .record, "book: demo.v1.Book has no field 'titel'"),
        (
            "demo.v1.CreateBookRequest", "book", #"{"title":"<0>","pages":"x"}"#, .record,
            "book.pages: a number is expected"
        ),
    ]

    @Test("what can be known to be wrong is refused before a message is made", arguments: wrong)
    func refused(message: String, field: String, text: String, place: MessageTemplate.Place, problem: String) throws {
        let codec = try codec(message)
        let error = #expect(throws: MessageProblem.self) {
            _ = try codec.writer(of: Self.template([(field, text)], [place]), as: .protobuf)
        }
        #expect(error?.description.hasPrefix(problem) == true, "\(String(describing: error))")
    }

    @Test("of a oneof one can be filled, and which it is may change from record to record")
    func oneofs() throws {
        let codec = try codec("demo.v1.Book")
        #expect(throws: MessageProblem.self) {
            _ = try codec.writer(
                of: Self.template([("lentTo", "a<0>"), ("lostAt", "2026-01-01T00:00:00Z")], [.record]), as: .json)
        }
        let template = Self.template([("lentTo", "<0>"), ("lostAt", "<1>")], [.record, .record])
        #expect(try made(codec, template, ["Ana", ""]) == [#"{"lentTo":"Ana"}"#, #"{"lentTo":"Ana"}"#])
        let error = #expect(throws: MessageProblem.self) {
            _ = try made(codec, template, ["Ana", "2026-01-01T00:00:00Z"])
        }
        #expect(error?.description.contains("lent_to is given too") == true && error?.path == "lost_at")
    }

    @Test("required fields are asked for at once")
    func required() throws {
        let codec = try codec("vec.legacy.Required")
        let error = #expect(throws: MessageProblem.self) {
            _ = try codec.writer(of: MessageTemplate([], places: []), as: .protobuf)
        }
        #expect(error?.reason == "a value is required")
    }

    @Test("greetings are made by the same program")
    func texts() throws {
        let codec = TextMessageCodec(
            "helloworld.HelloRequest", [MessageField("name"), MessageField("language", isOptional: true)],
            example: MessageValue())
        let template = Self.template([("name", "User <0>"), ("language", "<1>")], [.integer(1...5), .record])
        for (language, json, wire) in [
            ("en", #"{"name":"User 5","language":"en"}"#, "\n\u{6}User 5\u{12}\u{2}en"),
            ("", #"{"name":"User 5"}"#, "\n\u{6}User 5"),
        ] {
            for (encoding, expected) in [(Payload.Encoding.json, json), (.protobuf, wire)] {
                var writer = codec.writer(of: template, as: encoding)
                var values = PlaceValues(count: 2)
                values.set(0, number: 5)
                values.set(1, text: language.utf8)
                var bytes: [UInt8] = []
                try writer.append(values, to: &bytes)
                #expect(String(decoding: bytes, as: UTF8.self) == expected)
            }
        }
    }

    @Test("bytes fit where a message can be made of them, and only there")
    func fits() throws {
        for name in [
            "demo.v1.Sample", "demo.v1.Book", "vec.v1.Scalars", "vec.v1.Repeateds", "vec.v1.Maps", "vec.v1.Tree",
        ] {
            let codec = try codec(name)
            var random = SeededGenerator(seed: 7)
            let message = MessageExample(schema: codec.schema).message(codec.descriptor)
            var whole: [UInt8] = []
            message.appendWire(to: &whole, in: codec.schema)
            whole += [0x0A, 3, 0x61, 0xC3, 0xA9, 0x12, 0, 0x18, 5, 0xFA, 1, 0]
            for _ in 0..<2_000 {
                var bytes = Array(whole.prefix(.random(in: 0...whole.count, using: &random)))
                for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
                    bytes[.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
                }
                bytes.withUnsafeBytes { bytes in
                    let isMessage = codec.message(of: bytes, as: .protobuf) != nil
                    #expect(codec.fits(bytes, as: .protobuf) == isMessage, "\(Array(bytes))")
                }
            }
        }
    }
}
