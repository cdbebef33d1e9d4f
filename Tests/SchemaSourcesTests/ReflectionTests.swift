import ProtobufSchema
import RPCCore
import TestSupport
import Testing

@testable import SchemaSources

private let library = ProtoFile(name: "a.proto", imports: ["b.proto"], services: ["Library"])
private let books = ProtoFile(name: "b.proto", imports: ["c.proto"], message: "Book", fields: ["title"])
private let authors = ProtoFile(name: "c.proto", message: "Author", fields: ["name"])
private let served = ServedFiles([library, books, authors])
private let name = "demo.v1.Library"

@Suite("Reflection", .timeLimit(.minutes(2)))
struct ReflectionTests {
    @Test("requests are those of the protocol, byte for byte")
    func requests() {
        // From protoc-gen-python's classes of grpc/reflection/v1/reflection.proto.
        #expect(ReflectionQuestion.services.bytes == [0x3A, 1, 0x2A])
        #expect(ReflectionQuestion.file("a").bytes == [0x1A, 1, 0x61])
        #expect(ReflectionQuestion.symbol("a.B").bytes == [0x22, 3, 0x61, 0x2E, 0x42])
        #expect(ReflectionQuestion.extensionNumbers(of: "a").bytes == [0x32, 1, 0x61])
        let number = ReflectionQuestion.fileOfExtension(of: "a", number: 300)
        #expect(number.bytes == [0x2A, 6, 0x0A, 1, 0x61, 0x10, 0xAC, 2])
        for question in [ReflectionQuestion.services, .file("é"), .symbol(""), .extensionNumbers(of: "x"), number] {
            #expect(question.bytes.withUnsafeBytes { ReflectionQuestion($0) } == question)
        }
    }

    @Test("services are listed in the server's order, each once")
    func lists() async throws {
        let transport = ScriptedReflection { [.answer(served.answer($0.question, services: ["b.B", "a.A", "b.B"]))] }
        let reflection = Reflection(over: transport, limits: .patient)
        #expect(try await reflection.services() == ["b.B", "a.A"])
        #expect(await reflection.version == .v1)
        #expect(
            MethodRef.isCommon(service: "grpc.health.v1.Health") && !MethodRef.isCommon(service: "grpc.healthy.Service")
        )
    }

    @Test("a call is made like any other: method, metadata, deadline")
    func call() async throws {
        let transport = ScriptedReflection { [.answer(served.answer($0.question))] }
        _ = try await Reflection(over: transport, metadata: [MetadataEntry("key", "open")], limits: .patient).services()
        let call = try #require(transport.calls.first)
        #expect(call.method.ref.fullName == "grpc.reflection.v1.ServerReflection/ServerReflectionInfo")
        #expect(call.kind == .bidirectional && call.options.method == call.method.ref.fullName)
        #expect(call.options.metadata == [MetadataEntry("key", "open")])
        #expect(call.options.deadline.map { $0 >= .seconds(3600) && $0 <= .seconds(3601) } == true)
    }

    @Test("imports are asked for one by one, and a file comes after what it imports")
    func worklist() async throws {
        let transport = ScriptedReflection { [.answer(served.answer($0.question))] }
        let reflection = Reflection(over: transport, limits: .patient)
        let schema = try await reflection.schema(of: [name])
        #expect(schema == SourcedSchema(services: [.init(name)], files: try files(authors, books, library)))
        #expect(
            transport.questions == [
                "file_containing_symbol demo.v1.Library", "file_by_filename b.proto", "file_by_filename c.proto",
            ])
        #expect(transport.calls.count == 1)
        // What is known is not asked for again.
        #expect(try await reflection.schema(of: [name]) == schema)
        #expect(transport.requests.count == 3)
    }

    @Test("all files may come in one answer, in any order, some twice, or with strangers")
    func oneAnswer() async throws {
        let stranger = ProtoFile(name: "stranger.proto", imports: ["lost.proto"])
        let transport = ScriptedReflection { request in
            let all = [library, books, stranger, authors, books].map(\.bytes)
            return [.answer(served.answer(request.question, files: all))]
        }
        let schema = try await Reflection(over: transport, limits: .patient).schema(of: [name])
        #expect(Set(schema.files.map(\.name)).isSuperset(of: ["a.proto", "b.proto", "c.proto"]))
        #expect(schema.services == [.init(name)])
        #expect(schema.notes.isEmpty)
    }

    @Test("files that import themselves, or each other, come once")
    func circles() async throws {
        let round = ServedFiles([
            ProtoFile(name: "a.proto", imports: ["a.proto", "b.proto"], services: ["Library"]),
            ProtoFile(name: "b.proto", imports: ["a.proto"]),
        ])
        let transport = ScriptedReflection { [.answer(round.answer($0.question))] }
        let schema = try await Reflection(over: transport, limits: .patient).schema(of: [name])
        #expect(schema.files.map(\.name) == ["b.proto", "a.proto"])
        #expect(schema.notes.isEmpty)
    }

    @Test("a hundred thousand files in a row do not overflow a stack")
    func deep() {
        var collection = FileCollection()
        for number in 0..<100_000 {
            let file = ProtoFile(name: "\(number)", package: "", imports: ["\(number + 1)"])
            _ = (try? DescriptorFile(file.bytes)).map { collection.add($0) }
        }
        let (files, missing) = collection.closure(of: ["0"])
        #expect(files.count == 100_000 && files.first?.name == "99999")
        #expect(missing == [FileCollection.Missing(name: "100000", importer: "99999")])
    }

    @Test("imports without end are given up, and what has come stays")
    func endless() async throws {
        let transport = ScriptedReflection { request in
            guard case .file(let file) = request.question, let number = Int(file) else {
                return [
                    .answer(
                        served.answer(
                            request.question,
                            files: [ProtoFile(name: "a.proto", imports: ["1"], services: ["Library"]).bytes]))
                ]
            }
            let next = ProtoFile(name: file, package: "", imports: ["\(number + 1)"])
            return [.answer(served.answer(request.question, files: [next.bytes]))]
        }
        var limits = ReflectionLimits.patient
        limits.files = 50
        let schema = try await Reflection(over: transport, limits: limits).schema(of: [name])
        #expect(schema.services == [.init(name)])
        #expect(schema.files.count == 50)
        #expect(
            schema.notes == [
                "49 imports 50, which was not asked for: the server has given 50 files, and no more are taken; "
                    + "try: --proto 50 -I DIR"
            ])
        limits.requests = 20
        let fewer = try await Reflection(over: transport, limits: limits).schema(of: [name])
        #expect(transport.requests.count == 70)
        #expect(fewer.notes.first?.contains("20 requests were made, and no more are") == true)
    }

    // MARK: What the server does not have

    @Test("an import that the server does not have is named, with what to try")
    func missingImport() async throws {
        let served = ServedFiles([
            ProtoFile(name: "problem.proto", imports: ["lost/types.proto"], services: ["Library"])
        ])
        let transport = ScriptedReflection { [.answer(served.answer($0.question))] }
        let schema = try await Reflection(over: transport, limits: .patient).schema(of: [name])
        #expect(schema.services == [.init(name)])
        #expect(schema.files.map(\.name) == ["problem.proto"])
        #expect(
            schema.notes == [
                "problem.proto imports lost/types.proto, which the server does not have (NOT_FOUND); "
                    + "try: --proto lost/types.proto -I DIR"
            ])
        #expect(transport.questions.last == "file_by_filename types.proto")
    }

    @Test("files of google/protobuf and google/api are here already, and go before those of the server")
    func wellKnown() async throws {
        let served = ServedFiles([
            ProtoFile(
                name: "a.proto", imports: ["google/protobuf/timestamp.proto", "google/api/annotations.proto"],
                services: ["Library"])
        ])
        let transport = ScriptedReflection { request in
            let fake = ProtoFile(name: "google/protobuf/timestamp.proto", package: "fake").bytes
            return [.answer(served.answer(request.question, files: served.files.values + [fake]))]
        }
        let schema = try await Reflection(over: transport, limits: .patient).schema(of: [name])
        #expect(transport.requests.count == 1)
        #expect(schema.notes.isEmpty)
        #expect(schema.files.contains { $0 == WellKnownFiles.file(named: "google/protobuf/timestamp.proto") })
        #expect(
            schema.files.map(\.name) == [
                "google/protobuf/timestamp.proto", "google/api/http.proto", "google/protobuf/descriptor.proto",
                "google/api/annotations.proto", "a.proto",
            ])
    }

    @Test("files that were given beside go before those of the server, which is asked for what they import")
    func beside() async throws {
        let mine = ProtoFile(name: "b.proto", imports: ["c.proto"], message: "Mine")
        let transport = ScriptedReflection { [.answer(served.answer($0.question))] }
        let schema = try await Reflection(over: transport, beside: try files(mine), limits: .patient).schema(of: [name])
        #expect(schema.files == (try files(authors, mine, library)))
        #expect(!transport.questions.contains("file_by_filename b.proto"))
    }

    @Test("a file that is registered by another path is found by the end of the path")
    func suffix() async throws {
        let served = ServedFiles([
            ProtoFile(name: "a.proto", imports: ["deep/in/location.proto", "c.proto"], services: ["Library"]),
            ProtoFile(name: "location.proto", message: "Place"), authors,
        ])
        let transport = ScriptedReflection { [.answer(served.answer($0.question))] }
        let schema = try await Reflection(over: transport, limits: .patient).schema(of: [name])
        #expect(schema.files.map(\.name) == ["location.proto", "c.proto", "a.proto"])
        #expect(schema.files.last?.dependencies == ["location.proto", "c.proto"])
        #expect(schema.files.last?.services == [name])
        #expect(schema.notes.isEmpty)
        #expect(transport.questions.filter { $0.hasSuffix("location.proto") }.count == 3)
    }

    @Test(
        "a service without a file is told with its reason, and the others with their files",
        arguments: [
            ("NOT_FOUND", "the server answered NOT_FOUND: no such thing"), ("no file", "the server gave no file"),
            ("other", "the server gave c.proto, which does not declare it"),
            ("garbage", "a file of descriptors cannot be read: truncated at byte 2"),
            ("numbers", "the server answered another question (all_extension_numbers_response)"),
            ("broken", "the answer is no message of reflection"),
        ])
    func withoutFile(how: String, reason: String) async throws {
        let transport = ScriptedReflection { request in
            guard request.question == .symbol("demo.v1.Lost") else { return [.answer(served.answer(request.question))] }
            return switch how {
            case "no file": [.answer(served.answer(request.question, files: []))]
            case "other": [.answer(served.answer(request.question, files: [authors.bytes]))]
            case "garbage": [.answer(served.answer(request.question, files: [[0x0A, 0xFF]]))]
            case "numbers": [.answer(served.answer(request.question, numbers: [1]))]
            case "broken": [.answer([0x0A, 0xFF, 0xFF, 0xFF, 0x0F])]
            default: [.answer(served.answer(request.question))]
            }
        }
        let schema = try await Reflection(over: transport, limits: .patient).schema(of: ["demo.v1.Lost", name])
        #expect(
            schema.services == [
                .init("demo.v1.Lost", failure: "file_containing_symbol demo.v1.Lost: \(reason)"), .init(name),
            ])
        #expect(schema.files == (try files(authors, books, library)))
    }

    @Test("a name that no service can have is not asked for")
    func evilNames() async throws {
        let transport = ScriptedReflection { [.answer(served.answer($0.question))] }
        let names = ["", "a b.C", "evil\u{1B}[2J.Service", "x\r\ny", "a..b", String(repeating: "x", count: 5000), "1a"]
        let schema = try await Reflection(over: transport, limits: .patient).schema(of: names + [name])
        #expect(schema.services.map(\.name) == names + [name])
        #expect(schema.services.map { $0.failure == nil } == names.map { _ in false } + [true])
        #expect(transport.requests.count == 3)
    }

    @Test("contents that change from answer to answer are said, and the first ones stay")
    func changing() async throws {
        let transport = ScriptedReflection { request in
            var again = books
            again.fields.append("number\(request.stream)")
            return [.answer(served.answer(request.question, files: [library, again, authors].map(\.bytes)))]
        }
        let reflection = Reflection(over: transport, limits: .patient)
        let first = try await reflection.schema(of: [name])
        #expect(first.notes.isEmpty)
        let second = try await reflection.schema(containing: "demo.v1.Book")
        #expect(second.notes == ["the server gives b.proto with other contents each time"])
        #expect(second.files.first { $0.name == "b.proto" } == first.files.first { $0.name == "b.proto" })
    }

    @Test("extensions of a message are found where the server tells them")
    func extensions() async throws {
        let more = ProtoFile(name: "more.proto", imports: ["c.proto"], message: "More")
        let transport = ScriptedReflection { request in
            switch request.question {
            case .extensionNumbers: [.answer(served.answer(request.question, numbers: [100, 300]))]
            case .fileOfExtension(_, 300): [.answer(served.answer(request.question, files: [more.bytes]))]
            default: [.answer(served.answer(request.question))]
            }
        }
        let schema = try await Reflection(over: transport, limits: .patient).extensions(of: "demo.v1.Book")
        #expect(schema.files == (try files(authors, more)))
        let without = ScriptedReflection { [.answer(served.answer($0.question))] }
        #expect(try await Reflection(over: without, limits: .patient).extensions(of: "demo.v1.Book").files.isEmpty)
    }

    @Test("a gateway is not asked")
    func gateway() async {
        let transport = ScriptedReflection(at: ServerAddress(scheme: .http, host: "127.0.0.1", port: 8010)) { _ in [] }
        let error = await #expect(throws: CallError.self) {
            try await Reflection(over: transport, limits: .patient).services()
        }
        #expect(error?.advice?.contains("--services") == true)
        #expect(transport.calls.isEmpty)
    }

    private func files(_ files: ProtoFile...) throws -> [DescriptorFile] {
        try files.map { try DescriptorFile($0.bytes) }
    }
}
