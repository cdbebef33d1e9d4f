import Foundation
import Plans
import ProtobufSchema
import RPCCore
import TestSupport
import Testing

@Suite("Messages of any method in plans", .timeLimit(.minutes(10)))
struct MessageTreeTests {
    private static let schema: Schema? = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../ProtobufSchemaTests/Vectors/schemas.protoset")
        return (try? Data(contentsOf: file)).flatMap { try? DescriptorSet.files(in: [UInt8]($0)) }.map { Schema($0) }
    }()

    private func codec(_ name: String) throws -> DynamicMessageCodec {
        let schema = try #require(Self.schema)
        return DynamicMessageCodec(try #require(schema.message(name)), in: schema)
    }

    private func plan(_ requests: String, _ codec: DynamicMessageCodec, in folder: String = "") throws -> PlanDocument {
        let yaml = "requests:\n" + requests.split(separator: "\n").map { "  \($0)\n" }.joined()
        return try PlanFile(yaml: yaml, of: codec, place: "plan.yaml", directory: folder).document
    }

    /// What a plan sends, as JSON.
    private func sent(_ document: PlanDocument, _ codec: DynamicMessageCodec) async throws -> [String] {
        var source = PlanRun(document, origin: PlanOrigin(seed: 1, start: Date(timeIntervalSince1970: 0)))
            .makeSource(MessageEncoder(codec, .protobuf), clock: ManualClock())
        var sent: [String] = []
        while let batch = try await source.next(atMost: 256) { sent += batch.map { $0.json ?? "unreadable" } }
        return sent
    }

    @Test("a scalar is what its field takes: the text as it stands, or a number of JSON")
    func scalars() async throws {
        let codec = try codec("demo.v1.Book")
        let plan = try plan(
            """
            - {title: 0123, authors: [1e3, yes, .5, "12:30:00", 12:30:00, null x], labels: {a: 007, b: true}, isbn: 9007199254740993, price: 1e3}
            - {title: "5", genre: GENRE_NOVEL, binding: 2, pages: "7", published: "2026-11-28T10:00:00Z", lent_to: Ana}
            - {}
            """, codec)
        #expect(
            try await sent(plan, codec) == [
                #"{"title":"0123","authors":["1e3","yes",".5","12:30:00","12:30:00","null x"],"isbn":"9007199254740993","price":1000,"labels":{"a":"007","b":"true"}}"#,
                #"{"title":"5","genre":"GENRE_NOVEL","pages":7,"published":"2026-11-28T10:00:00Z","binding":"BINDING_CLOTH","lentTo":"Ana"}"#,
                "{}",
            ])
    }

    @Test("messages, lists and maps nest as they do in the message, and any leaf is a template")
    func templates() async throws {
        let codec = try codec("demo.v1.CreateBookRequest")
        let plan = try plan(
            """
            - repeat: 2
              send:
                parent: "shelves/{i}"
                book: {title: "{{x}} {i}", pages: "{i}", genre: "{random:GENRE_POEMS|GENRE_POEMS}", authors: ["{i}", a], labels: {n: "a{i}}}"}, published: "{now}"}
            - send: {validate_only: true, book: {price: "{i:5}.25"}}
            """, codec)
        #expect(
            try await sent(plan, codec) == [
                #"{"parent":"shelves/1","book":{"title":"{x} 1","authors":["1","a"],"genre":"GENRE_POEMS","pages":1,"published":"1970-01-01T00:00:00Z","labels":{"n":"a1}"}}}"#,
                #"{"parent":"shelves/2","book":{"title":"{x} 2","authors":["2","a"],"genre":"GENRE_POEMS","pages":2,"published":"1970-01-01T00:00:00Z","labels":{"n":"a2}"}}}"#,
                #"{"book":{"price":5.25},"validateOnly":true}"#,
            ])
        #expect(try PlanFile(yaml: plan.yaml(), of: codec, place: "p").document == plan)
    }

    static let wrong = [
        (
            "- {book: {pages: 4294967296}}",
            "plan.yaml, line 2, column 20: book.pages: 4294967296 is out of range for uint32"
        ),
        (
            "- {book: {titel: x}}",
            "plan.yaml, line 2, column 13: demo.v1.Book has no field 'titel'; did you mean 'title'?"
        ),
        (
            "- {bok: {}}",
            "plan.yaml, line 2, column 6: 'bok' is unknown; did you mean 'book'?"
        ),
        ("- {book: {price: .5}}", "plan.yaml, line 2, column 20: book.price: a number is expected for double"),
        ("- {validateOnly: maybe}", "plan.yaml, line 2, column 20: validate_only: "),
        ("- {book: {labels: {a: [1]}}}", "'labels[\"a\"]' is a list; expected a single value"),
        ("- {book: {authors: [{}]}}", "'authors[0]' is a set of keys and values; expected a single value"),
        ("- {book: {genre: NOVEL}}", "book.genre: demo.v1.Genre has no value 'NOVEL'"),
        ("- {book: [1]}", "'book' is a list; expected keys and values"),
        ("- {book: {authors: {a: b}}}", "'authors' is a set of keys and values; expected a list"),
        ("- {book: {labels: [a]}}", "'labels' is a list; expected keys and values"),
        ("- {book: {lentTo: a, lostAt: \"2026-01-01T00:00:00Z\"}}", "lent_to is given too"),
        ("- {validateOnly: \"true\", validate_only: true}", "'validate_only' is given twice, by its two names"),
        (
            "- repeat: 5\n  send: {book: {genre: \"{random:1-6}\"}}",
            "plan.yaml, line 3, column 26: book.genre: demo.v1.Genre has no value 4"
        ),
        ("- repeat: 5\n  send: {book: {pages: \"{uuid}\"}}", "plan.yaml, line 3, column 26: book.pages:"),
        (
            "- repeat: 1000000000\n  send: {book: {pages: \"{i:4000000000}\"}}",
            "book.pages: 4999999999 is out of range for uint32"
        ),
        ("- repeat: 5\n  send: {book: {title: \"{name}\"}}", "{name} is unknown"),
    ]

    @Test("what is wrong is told with its place and its path, before anything is sent", arguments: wrong)
    func errors(requests: String, problem: String) throws {
        let codec = try codec("demo.v1.CreateBookRequest")
        let error = #expect(throws: PlanError.self) { try plan(requests, codec) }
        #expect(error.map { "\($0)".contains(problem) } == true, "\(String(describing: error))")
    }

    static let wholes: [(type: String, requests: String, sent: [String])] = [
        (
            "Any",
            """
            - {}
            - {"@type": type.googleapis.com/demo.v1.Book, title: 0123, lent_to: yes}
            - value: {"@type": type.googleapis.com/google.protobuf.Timestamp, value: 2026-11-28T10:00:00Z}
            - repeat: 2
              send: {"@type": type.googleapis.com/demo.v1.Book, title: "T {i}", pages: "{i}"}
            """,
            [
                "{}", #"{"@type":"type.googleapis.com/demo.v1.Book","title":"0123","lentTo":"yes"}"#,
                #"{"@type":"type.googleapis.com/google.protobuf.Timestamp","value":"2026-11-28T10:00:00Z"}"#,
                #"{"@type":"type.googleapis.com/demo.v1.Book","title":"T 1","pages":1}"#,
                #"{"@type":"type.googleapis.com/demo.v1.Book","title":"T 2","pages":2}"#,
            ]
        ),
        (
            "Timestamp",
            """
            - {}
            - 2026-11-28T10:00:00Z
            - {value: "2026-11-28T10:00:00Z"}
            - send: "{now}"
            - send: {value: "{now}"}
            """,
            [
                #""1970-01-01T00:00:00Z""#, #""2026-11-28T10:00:00Z""#, #""2026-11-28T10:00:00Z""#,
                #""1970-01-01T00:00:00Z""#, #""1970-01-01T00:00:00Z""#,
            ]
        ),
        (
            "Value",
            """
            - {}
            - 5
            - "5"
            - [yes, 1e3, {a: true}]
            - {value: {pause: 1s, value: null}}
            """,
            ["null", "5", #""5""#, #"["yes",1000,{"a":true}]"#, #"{"pause":"1s","value":null}"#]
        ),
        ("Struct", "- {}\n- {value: {a: [1], b: x}}", ["{}", #"{"a":[1],"b":"x"}"#]),
        ("ListValue", "- [1, a]", [#"[1,"a"]"#]),
        ("Duration", "- 1.5s", [#""1.500s""#]),
        ("StringValue", "- 0123\n- send: \"a{i}\"", [#""0123""#, #""a1""#]),
        ("Int64Value", "- 9007199254740993\n- send: \"{i:7}\"", [#""9007199254740993""#, #""7""#]),
    ]

    @Test("a message that is no object of its fields is a step as it stands, or below value", arguments: wholes)
    func wholeMessages(type: String, requests: String, expected: [String]) async throws {
        let codec = try codec("google.protobuf.\(type)")
        let plan = try plan(requests, codec)
        #expect(try await sent(plan, codec) == expected)
        let yaml = try plan.yaml()
        #expect(try await sent(PlanFile(yaml: yaml, of: codec, place: "p").document, codec) == expected, "\(yaml)")
        #expect(!yaml.contains(#"\""#))
    }

    @Test("what an Any holds is read by its type, and what is wrong there has its place")
    func anyHolds() async throws {
        let codec = try codec("vec.v1.WellKnown")
        let requests = "- {any: {\"@type\": type.googleapis.com/demo.v1.Book, title: 0123, lent_to: yes}}"
        let plan = try plan(requests, codec)
        let json = #"{"any":{"@type":"type.googleapis.com/demo.v1.Book","title":"0123","lentTo":"yes"}}"#
        #expect(try await sent(plan, codec) == [json])
        #expect(
            try plan.yaml().contains(
                #"- {any: {"@type": type.googleapis.com/demo.v1.Book, title: "0123", lentTo: "yes"}}"#))
        let error = #expect(throws: PlanError.self) {
            try self.plan("- {any: {\"@type\": type.googleapis.com/demo.v1.Book, titel: x}}", codec)
        }
        #expect(
            error?.description
                == "plan.yaml, line 2, column 55: demo.v1.Book has no field 'titel'; did you mean 'title'?")
    }

    @Test("the manual's plan of messages of any type makes them")
    func manual() async throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/plans.md")
        let blocks = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "```")
        let block = try #require(blocks.first { $0.contains("demo.v1.AnyEcho") })
        let codec = try codec("google.protobuf.Any")
        let plan = try PlanFile(yaml: String(block.drop { $0 != "\n" }), of: codec, place: "plans.md").document
        let sent = try await sent(plan, codec)
        #expect(
            sent.prefix(3) == [
                #"{"@type":"type.googleapis.com/demo.v1.Book","title":"Emma","pages":474}"#,
                #"{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1.500s"}"#,
                #"{"@type":"type.googleapis.com/demo.v1.Book","title":"Volume 1"}"#,
            ])
        #expect(sent.count == 12)
    }

    @Test("a field that is called as a step is can be sent all the same")
    func steps() async throws {
        let codec = try codec("demo.v1.Heard")
        let plan = PlanDocument(steps: [
            .request(MessageValue([.init("from", "ana")])),
            .request(MessageValue([.init("from", "{i}"), .init("text", "hello {i}")])),
        ])
        let read = try PlanFile(yaml: plan.yaml(), of: codec, place: "p").document
        #expect(read == plan)
        #expect(try await sent(read, codec) == [#"{"from":"ana"}"#, #"{"from":"{i}","text":"hello {i}"}"#])
    }

    @Test("what is written is read back as the same plan, whatever the messages hold")
    func readsBack() throws {
        var random = SeededGenerator(seed: 2026)
        for name in [
            "demo.v1.Book", "demo.v1.CreateBookRequest", "demo.v1.Said", "vec.v1.Scalars", "vec.v1.Maps",
            "vec.v1.Repeateds",
        ] {
            let codec = try codec(name)
            let texts = ["a", "0123", "1e3", "yes", "~", "{i}", "}}", "é\n", "", "-", "# x", "\"", "a: b", "null"]
            for _ in 0..<200 {
                var message = MessageExample(schema: codec.schema).message(codec.descriptor, depth: 3)
                change(&message, texts, &random)
                let value = codec.value(of: message)
                let plan = PlanDocument(steps: [.request(value), .repetition(RepeatStep(3, RequestTemplate(value)))])
                let yaml = try plan.yaml()
                let read = try PlanFile(yaml: yaml, of: codec, place: "p").document
                #expect(read.steps.first.map { codec.sends($0) } == codec.sends(.request(value)), "\(yaml)")
                #expect(try read.yaml() == yaml)
            }
        }
    }

    private func change(_ message: inout DynamicMessage, _ texts: [String], _ random: inout SeededGenerator) {
        for field in message.descriptor.fields {
            if Bool.random(using: &random) { message[field] = nil }
            guard field.kind == .string, message[field] != nil, let text = texts.randomElement(using: &random) else {
                continue
            }
            if field.isMap {
                message[field] = .map([.string(text): .string(text)])
            } else {
                message[field] = field.isRepeated ? .list([.string(text), .string("x")]) : .one(.string(text))
            }
        }
    }

    // MARK: Records

    private func write(_ text: String, to name: String, in folder: TemporaryFolder) throws {
        try text.write(toFile: "\(folder.path)/\(name)", atomically: false, encoding: .utf8)
    }

    @Test("columns are paths, by either name, and an empty cell is unset")
    func columns() async throws {
        let codec = try codec("demo.v1.CreateBookRequest")
        let folder = try TemporaryFolder([:])
        try write(
            """
            parent,book.title,book.labels[env],book.labels[a.b],book.authors[1],book.authors[0],book.pages,book.lent_to,book.lostAt,validateOnly,book.price
            s1,0123,prod,x,Eve,Ana,5,Bo,,true,
            ,,,,,,,,,,
            s2,"a,b",,,,,,,2026-11-28T10:00:00Z,false,1e3

            """, to: "books.csv", in: folder)
        let plan = try plan("- from: books.csv", codec, in: folder.path)
        #expect(
            try await sent(plan, codec) == [
                #"{"parent":"s1","book":{"title":"0123","authors":["Ana","Eve"],"pages":5,"labels":{"a.b":"x","env":"prod"},"lentTo":"Bo"},"validateOnly":true}"#,
                "{}",
                #"{"parent":"s2","book":{"title":"a,b","price":1000,"lostAt":"2026-11-28T10:00:00Z"}}"#,
            ])
        try write("book,parent\n\"{\"\"title\"\":\"\"a\"\"}\",s\n", to: "books.csv", in: folder)
        #expect(try await sent(plan, codec) == [#"{"parent":"s","book":{"title":"a"}}"#])
    }

    static let wrongRecords = [
        (
            "parent,book.titel\ns,x\n",
            "books.csv, line 1, column 8: names 'book.titel', and demo.v1.Book has no field 'titel'; did you mean 'title'?",
            0
        ),
        ("parent,book.authors[1]\ns,x\n", "column 8: an element before it in the list has no column", 0),
        ("book,book.title\n{},x\n", "names a part of a field", 0),
        ("book.labels\nx\n", "books.csv, line 2, column 1: book.labels:", 0),
        (
            "parent,book.pages\ns,1\nt,4294967296\n",
            "books.csv, line 3, column 3: book.pages: 4294967296 is out of range for uint32", 1
        ),
        (
            "book.lentTo,book.lostAt\na,\nb,2026-11-28T10:00:00Z\n",
            "books.csv, line 3, column 3: book.lost_at: lent_to is given too", 1
        ),
    ]

    @Test(
        "a wrong cell is told with its line, its column and its path, and what came before it is sent",
        arguments: wrongRecords)
    func wrongColumns(csv: String, problem: String, count: Int) async throws {
        let codec = try codec("demo.v1.CreateBookRequest")
        let folder = try TemporaryFolder([:])
        try write(csv, to: "books.csv", in: folder)
        var source = PlanRun(try plan("- from: books.csv", codec, in: folder.path))
            .makeSource(MessageEncoder(codec, .protobuf), clock: ManualClock())
        var sent = 0
        var failure: PlanError?
        do {
            while let batch = try await source.next(atMost: 256) { sent += batch.count }
        } catch let error as PlanError {
            failure = error
        }
        #expect(failure.map { "\($0)".contains(problem) } == true, "\(String(describing: failure))")
        #expect(sent == count)
    }

    @Test("a line of JSON Lines is a message, and a place takes its value as it is")
    func jsonLines() async throws {
        let codec = try codec("demo.v1.Book")
        let folder = try TemporaryFolder([:])
        let lines = #"{"title":"a","authors":["x"],"pages":5}"# + "\n" + #"{"title":"b","labels":{"c":"d"}}"# + "\n"
        try write(lines, to: "books.jsonl", in: folder)
        #expect(
            try await sent(plan("- from: books.jsonl", codec, in: folder.path), codec)
                == [#"{"title":"a","authors":["x"],"pages":5}"#, #"{"title":"b","labels":{"c":"d"}}"#])
        let record = #"{"t":5,"list":["x"],"n":7,"map":{"a":"b"},"g":"GENRE_NOVEL"}"#
        try write(record + "\n", to: "books.jsonl", in: folder)
        let template =
            "- from: books.jsonl\n  send: {title: \"{t}\", authors: \"{list}\", pages: \"{n}\", labels: \"{map}\", genre: \"{g}\"}"
        #expect(
            try await sent(plan(template, codec, in: folder.path), codec)
                == [#"{"title":"5","authors":["x"],"genre":"GENRE_NOVEL","pages":7,"labels":{"a":"b"}}"#])
        try write("{\"title\":\"a\"}\n{\"pages\":-1}\n", to: "books.jsonl", in: folder)
        let error = await #expect(throws: PlanError.self) {
            _ = try await sent(plan("- from: books.jsonl", codec, in: folder.path), codec)
        }
        #expect(
            error.map { "\($0)".contains("books.jsonl, line 2, column 10: pages: -1 is out of range for uint32") }
                == true)
    }

    @Test("the fields that pair replies with requests are read, checked and written")
    func correlate() throws {
        let codec = try codec("demo.v1.Said")
        let yaml = "requests:\n- {text: a, correlation: b}\ncorrelate: {request: correlation, reply: correlation}\n"
        let plan = try PlanFile(yaml: yaml, of: codec, place: "p").document
        #expect(plan.correlate == Correlation(request: "correlation", reply: "correlation"))
        #expect(try plan.yaml() == yaml)
        #expect(throws: PlanError.self) {
            try PlanFile(yaml: yaml.replacing("request: correlation", with: "request: id"), of: codec, place: "p")
        }
    }

    @Test(
        "the path of the reply is checked as that of the request is, and what is wrong says where and what there is",
        arguments: [
            ("correlaton", "demo.v1.Heard has no field 'correlaton'; did you mean 'correlation'?"),
            ("xyzzy.id", "demo.v1.Heard has no field 'xyzzy'; it has "),
            ("correlation.id", "correlation is string, which has no fields"),
            ("correlation.", "correlation is string, which has no fields"),
            ("", "demo.v1.Heard has no field ''"),
        ])
    func replyPath(_ path: String, _ problem: String) throws {
        let (said, heard) = (try codec("demo.v1.Said"), try codec("demo.v1.Heard"))
        let yaml = "requests:\n- {text: a}\ncorrelate: {request: correlation, reply: correlation}\n"
        _ = try PlanFile(yaml: yaml, of: said, replies: heard, place: "p.yaml")
        let wrong = yaml.replacing("reply: correlation", with: "reply: '\(path)'")
        // Where the replies are not known nobody can say.
        _ = try PlanFile(yaml: wrong, of: said, place: "p.yaml")
        let error = #expect(throws: PlanError.self) {
            try PlanFile(yaml: wrong, of: said, replies: heard, place: "p.yaml")
        }
        #expect(error?.place == "p.yaml, line 3, column 42")
        #expect(error?.problem.hasPrefix(problem) == true, "\(error?.problem ?? "")")
    }

    @Test("a path to several values, or to a message, pairs nothing")
    func severalValues() throws {
        let codec = try codec("demo.v1.Book")
        let shape = try #require(codec.shape)
        let fields = (0..<shape.count).map { shape.field($0) }
        let several = try #require(fields.first { $0.presence == .repeated || $0.presence == .map })
        for path in [several.name, "\(several.name).x"] {
            let yaml = "requests:\n- {}\ncorrelate: {request: '\(path)', reply: id}\n"
            let error = #expect(throws: PlanError.self) { try PlanFile(yaml: yaml, of: codec, place: "p") }
            #expect(error?.problem.contains("of which there may be several") == true, "\(error?.problem ?? "")")
        }
    }
}

extension DynamicMessageCodec {
    /// The bytes that a step sends.
    fileprivate func sends(_ step: PlanStep) -> [UInt8]? {
        guard case .request(let value) = step else { return nil }
        var bytes: [UInt8] = []
        try? write(value, as: .protobuf, to: &bytes)
        return bytes
    }
}
