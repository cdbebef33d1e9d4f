import Foundation
import Plans
import RPCCore
import TestSupport
import Testing

@Suite("Steps that read records", .timeLimit(.minutes(10)))
struct RecordsStepTests {
    static let users = """
        name,active,preferred_language
        Ana,true,en
        Bob,false,es
        "Chloé, the 3rd",true,fr
        """

    private func requests(_ step: RecordsStep, _ folder: TemporaryFolder, seed: UInt64 = 0) async throws
        -> [HelloRequest]
    {
        let document = PlanDocument(seed: seed, steps: [.records(step)], directory: folder.path)
        var source = PlanRun(document).makeSource(clock: ManualClock())
        var requests: [HelloRequest] = []
        while let batch = try await source.next(atMost: 3) { requests += batch }
        return requests
    }

    private let template = RequestTemplate.known("{i} {name}", "{preferred_language}", allowsFields: true)

    @Test("a request is made of each record that meets the conditions, counted as they are sent")
    func filters() async throws {
        let folder = try TemporaryFolder(["users.csv": Self.users])
        let step = RecordsStep(
            from: .file("users.csv"), where: [RecordCondition("active", .isOneOf(["true"]))], template)
        #expect(
            try await requests(step, folder) == [
                HelloRequest(name: "1 Ana", language: "en"), HelloRequest(name: "2 Chloé, the 3rd", language: "fr"),
            ])
    }

    static let conditionTable: [(RecordCondition.Test, [String])] = [
        (.isOneOf(["en", "es"]), ["1 Ana", "2 Bob"]),
        (.isNoneOf(["en", "es"]), ["1 Chloé, the 3rd"]),
        (.isOneOf(["EN"]), []),
        (.matches(.known("^e")), ["1 Ana", "2 Bob"]),
    ]

    @Test("a condition is a text, several, their opposite, or a pattern", arguments: conditionTable)
    func conditions(_ test: RecordCondition.Test, _ names: [String]) async throws {
        let folder = try TemporaryFolder(["users.csv": Self.users])
        let step = RecordsStep(from: .file("users.csv"), where: [RecordCondition("preferred_language", test)], template)
        #expect(try await requests(step, folder).map(\.name) == names)
    }

    @Test("a pattern is looked for in the whole field, however long", arguments: ["csv", "jsonl"])
    func longField(ending: String) async throws {
        let name = String(repeating: "a", count: 100_000) + "!"
        let folder = try TemporaryFolder([
            "x.csv": "name\n\(name)\na\n", "x.jsonl": "{\"name\":\"\(name)\"}\n{\"name\":\"a\"}\n",
        ])
        func count(_ pattern: String) async throws -> Int {
            let conditions = [RecordCondition("name", .matches(.known(pattern)))]
            let step = RecordsStep(
                from: .file("x.\(ending)"), where: conditions, .known("hit", nil, allowsFields: true))
            return try await requests(step, folder).count
        }
        #expect(try await count("!$") == 1)
        #expect(try await count("^a+$") == 1)
        #expect(try await count("^a+!?$") == 2)
    }

    @Test("a pattern that takes too long ends the plan, with the line named", arguments: ["csv", "jsonl"])
    func slowPattern(ending: String) async throws {
        let name = String(repeating: "a", count: 60) + "!"
        let folder = try TemporaryFolder([
            "x.csv": "name\nb\n\(name)\n", "x.jsonl": "{\"name\":\"b\"}\n{\"name\":\"\(name)\"}\n",
        ])
        let conditions = [RecordCondition("name", .matches(.known("^(a+)+$")))]
        let step = RecordsStep(from: .file("x.\(ending)"), where: conditions, .known("hit", nil, allowsFields: true))
        let line = ending == "csv" ? 3 : 2
        await #expect(
            throws: PlanError(
                place: "x.\(ending), line \(line)",
                problem: "'^(a+)+$' was looked for longer than 0.5s in a text of this kind")
        ) { try await requests(step, folder) }
    }

    @Test("a record that is left out need not have what the template wants")
    func leftOut() async throws {
        let folder = try TemporaryFolder([
            "x.jsonl": #"{"name":"a","n":"1"}"# + "\n" + #"{"name":"b"}"# + "\n" + #"{"name":"c","n":"1"}"#
        ])
        let step = RecordsStep(
            from: .file("x.jsonl"), where: [RecordCondition("name", .isNoneOf(["b"]))],
            .known("{name} {n}", nil, allowsFields: true))
        #expect(try await requests(step, folder).map(\.name) == ["a 1", "c 1"])
    }

    @Test("without a template a record is the request, and only what the conditions name may be beside it")
    func recordIsRequest() async throws {
        let folder = try TemporaryFolder([
            "a.csv": "language,name\nen,Ana\n,Bob\n", "b.jsonl": "{\"name\":\"Ana\"}\n{\"name\":\"Bob\",\"ok\":true}\n",
            "c.csv": "name,ok\nAna,1\nBob,2\n",
        ])
        #expect(
            try await requests(RecordsStep(from: .file("a.csv")), folder)
                == [HelloRequest(name: "Ana", language: "en"), HelloRequest(name: "Bob")])
        let condition = RecordCondition("ok", .isOneOf(["true", "2"]))
        for file in ["b.jsonl", "c.csv"] {
            #expect(
                try await requests(RecordsStep(from: .file(file), where: [condition]), folder)
                    == [HelloRequest(name: "Bob")])
        }
        await #expect(
            throws: PlanError(
                place: "c.csv, line 1",
                problem: "has an unknown field 'ok'; the fields are 'name', 'language'; 'send' says what is made of a "
                    + "record with more")
        ) { try await requests(RecordsStep(from: .file("c.csv")), folder) }
        await #expect(
            throws: PlanError(
                place: "b.jsonl, line 2", problem: "has an unknown field 'ok'; the fields are 'name' and 'language'")
        ) { try await requests(RecordsStep(from: .file("b.jsonl")), folder) }
    }

    @Test("a field that is missing from JSON meets no condition but those that empty text meets")
    func missingField() async throws {
        let folder = try TemporaryFolder(["a.jsonl": "{\"name\":\"Ana\",\"x\":\"1\"}\n{\"name\":\"Bob\"}\n"])
        for (test, name) in [(RecordCondition.Test.isOneOf(["1"]), "Ana"), (.isNoneOf(["1"]), "Bob")] {
            let step = RecordsStep(from: .file("a.jsonl"), where: [RecordCondition("x", test)])
            #expect(try await requests(step, folder).map(\.name) == [name])
        }
    }

    @Test("what comes before a bad record is handed over first, and the error names file and line")
    func handsOverWhatIsGood() async throws {
        let folder = try TemporaryFolder(["users.csv": "name\nAna\nBob\nEve,1\n"])
        let document = PlanDocument(
            steps: [.request(HelloRequest(name: "first")), .records(RecordsStep(from: .file("users.csv")))],
            directory: folder.path)
        var source = PlanRun(document).makeSource(clock: ManualClock())
        #expect(try await source.next(atMost: 10)?.map(\.name) == ["first"])
        #expect(try await source.next(atMost: 10)?.map(\.name) == ["Ana", "Bob"])
        for _ in 1...2 {
            await #expect(
                throws: PlanError(
                    place: "users.csv, line 4", problem: "has 2 fields, and the first line names 1 field")
            ) { try await source.next(atMost: 10) }
        }
    }

    @Test("a file that is not there is an error that says where it was looked for")
    func missingFile() async throws {
        let folder = try TemporaryFolder([:])
        await #expect(
            throws: PlanError(
                place: folder.path + "/users.csv", problem: "cannot be read: \(String(cString: strerror(ENOENT)))")
        ) { try await requests(RecordsStep(from: .file("users.csv")), folder) }
    }

    @Test("a file longer than a chunk is read through, and each run reads it anew")
    func longFile() async throws {
        let lines = (1...20_000).map { "{\"name\":\"User \($0)\",\"id\":\($0)}\n" }.joined()
        let folder = try TemporaryFolder(["users.jsonl": lines])
        let step = RecordsStep(
            from: .file("users.jsonl"), .known("{id}", allowsFields: true))
        let plan = PlanRun(PlanDocument(steps: [.records(step)], directory: folder.path))
        #expect(plan.isRepeatable)
        for skipped in [0, 19_990] {
            var source = plan.makeSource(clock: ManualClock(), skipping: skipped)
            var next = skipped
            while let batch = try await source.next(atMost: 256) {
                for request in batch {
                    next += 1
                    try #require(request.name == "\(next)")
                }
            }
            #expect(next == 20_000)
        }
    }

    @Test("a preview reads files and waits for nothing, and does not touch standard input")
    func preview() async throws {
        let folder = try TemporaryFolder(["users.csv": "name\nAna\nBob\nEve\n"])
        let pacing = Pacing(every: .seconds(60))
        let document = PlanDocument(
            steps: [
                .records(RecordsStep(from: .file("users.csv"), pacing: pacing)),
                .records(RecordsStep(from: .standardInput)), .request(HelloRequest(name: "last")),
            ], directory: folder.path)
        let run = PlanRun(document, inputDescriptor: -1)
        #expect(
            try await run.preview(2)
                == [
                    PlannedRequest(HelloRequest(name: "Ana"), at: .zero),
                    PlannedRequest(HelloRequest(name: "Bob"), at: .seconds(60)),
                ])
        #expect(try await run.preview(9).count == 3)
    }
}
