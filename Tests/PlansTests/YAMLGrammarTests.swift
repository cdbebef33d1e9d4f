import Plans
import RPCCore
import TestSupport
import Testing

@Suite("Plans in YAML: the grammar")
struct YAMLGrammarTests {
    static func plan(_ yaml: String) throws -> PlanDocument {
        try PlanFile(yaml: yaml, of: Greeter.request, place: "plan.yaml", directory: "plans").document
    }

    @Test("a byte order mark is no part of a plan")
    func byteOrderMark() throws {
        let yaml = "kind: bidi\nrequests:\n  - {name: Ana}\n"
        #expect(try Self.plan("\u{FEFF}" + yaml) == Self.plan(yaml))
    }

    @Test("a plan with everything in it")
    func everything() throws {
        let plan = try Self.plan(
            """
            kind: client-stream
            requests:
              - {name: Alice, language: en}
              - pause: 500ms
              - repeat: 1000
                send: {name: "User {i}", language: en}
                every: 100ms
              - from: users.csv                 # or .jsonl; read as it is needed, never whole
                where: {active: "true"}
                send: {name: "{name}", language: "{preferred_language}"}
                batch: {size: 50, pause: 1s}
            stop: {after: 100, time: 30s, reply: "(?i)enough"}
            """)
        #expect(
            plan
                == PlanDocument(
                    kind: .clientStream,
                    steps: [
                        .request(HelloRequest(name: "Alice", language: "en")), .pause(.milliseconds(500)),
                        .repetition(
                            RepeatStep(
                                1000, .known("User {i}", "en"), pacing: Pacing(every: .milliseconds(100)))),
                        .records(
                            RecordsStep(
                                from: .file("users.csv"), where: [RecordCondition("active", .isOneOf(["true"]))],
                                .known("{name}", "{preferred_language}", allowsFields: true),
                                pacing: Pacing(batch: Pacing.Batch(size: 50, pause: .seconds(1))))),
                    ],
                    stop: PlanStop(after: 100, time: .seconds(30), reply: .known("(?i)enough")),
                    directory: "plans"))
    }

    struct StepCase: Sendable, CustomTestStringConvertible {
        var yaml: String
        var step: PlanStep

        var testDescription: String { yaml }
    }

    static let steps: [StepCase] = [
        StepCase(yaml: "{name: Ana}", step: .request(HelloRequest(name: "Ana"))),
        StepCase(yaml: "{name: Ana, language: null}", step: .request(HelloRequest(name: "Ana"))),
        StepCase(yaml: "{name: Ana, language: }", step: .request(HelloRequest(name: "Ana"))),
        StepCase(yaml: "{name: \"\", language: \"\"}", step: .request(HelloRequest(name: "", language: ""))),
        StepCase(yaml: "{name: 5, language: true}", step: .request(HelloRequest(name: "5", language: "true"))),
        StepCase(yaml: "{name: 'null'}", step: .request(HelloRequest(name: "null"))),
        StepCase(yaml: "name: User {i}", step: .request(HelloRequest(name: "User {i}"))),
        StepCase(yaml: "{\"name\": \"\\u4f60\\n\"}", step: .request(HelloRequest(name: "你\n"))),
        StepCase(yaml: "pause: 0s", step: .pause(.zero)),
        StepCase(yaml: "pause: 1.5m", step: .pause(.seconds(90))),
        StepCase(yaml: "send: {name: '{i}'}", step: .repetition(RepeatStep(1, .known("{i}")))),
        StepCase(yaml: "{repeat: 7, send: {name: A}}", step: .repetition(RepeatStep(7, .known("A")))),
        StepCase(yaml: "{repeat: endless, send: {name: A}}", step: .repetition(RepeatStep(nil, .known("A")))),
        StepCase(
            yaml: "{repeat: 2, send: {name: A, language: null}, every: 1s, jitter: 20%}",
            step: .repetition(RepeatStep(2, .known("A"), pacing: Pacing(every: .seconds(1), jitter: 0.2)))),
        StepCase(
            yaml: "{repeat: 2, send: {name: A}, every: 1s, jitter: 0.125, batch: {size: 3, pause: 2s}}",
            step: .repetition(
                RepeatStep(
                    2, .known("A"),
                    pacing: Pacing(
                        every: .seconds(1), jitter: 0.125, batch: Pacing.Batch(size: 3, pause: .seconds(2)))))),
        StepCase(yaml: "from: users.ndjson", step: .records(RecordsStep(from: .file("users.ndjson")))),
        StepCase(yaml: "from: '-'", step: .records(RecordsStep(from: .standardInput))),
        StepCase(
            yaml: "{from: \"-\", format: csv}", step: .records(RecordsStep(from: .standardInput, format: .csv))),
        StepCase(
            yaml: "{from: users.txt, format: jsonl}",
            step: .records(RecordsStep(from: .file("users.txt"), format: .jsonLines))),
        StepCase(
            yaml: "{from: u.csv, where: {a: 1, b: [x, \"\"], c: {not: y}, d: {not: [x, y]}, e: {matches: ^z}}}",
            step: .records(
                RecordsStep(
                    from: .file("u.csv"),
                    where: [
                        RecordCondition("a", .isOneOf(["1"])), RecordCondition("b", .isOneOf(["x", ""])),
                        RecordCondition("c", .isNoneOf(["y"])), RecordCondition("d", .isNoneOf(["x", "y"])),
                        RecordCondition("e", .matches(.known("^z"))),
                    ]))),
    ]

    @Test("every step can be written", arguments: steps)
    func reads(_ test: StepCase) throws {
        let lines = test.yaml.split(separator: "\n").joined(separator: "\n    ")
        #expect(try Self.plan("requests:\n  - \(lines)\n").steps == [test.step])
    }

    @Test("what is beside the requests can be written")
    func readsRest() throws {
        for kind in CallKind.allCases {
            #expect(try Self.plan("{kind: \(kind.rawValue), requests: []}").kind == kind)
        }
        let plan = try Self.plan(
            "{seed: 18446744073709551615, requests: [], flow: {unanswered: 3, timeout: 1m}, stop: {manual: true}}")
        #expect(plan.seed == .max)
        #expect(plan.flow == PlanFlow(unanswered: 3, timeout: .seconds(60)))
        #expect(plan.stop == PlanStop(isManual: true))
        #expect(try Self.plan("{requests: [], stop: {manual: false}, flow: {}}") == PlanDocument(directory: "plans"))
    }

    @Test(
        "the old name of a key is read and said to be old, and the new one is not",
        arguments: [
            ("flow", "patience", "timeout", "1m", PlanDocument(flow: PlanFlow(timeout: .seconds(60)))),
            ("stop", "hand", "manual", "true", PlanDocument(stop: PlanStop(isManual: true))),
        ])
    func oldName(group: String, old: String, new: String, value: String, plan: PlanDocument) throws {
        func read(_ text: String) throws -> PlanFile {
            try PlanFile(yaml: text, of: Greeter.request, place: "plan.yaml")
        }
        let file = try read("requests: []\n\(group):\n  \(old): \(value)\n")
        #expect(file.document == plan)
        #expect(
            file.notices == [
                "plan.yaml, line 3, column 3: '\(old)' is called '\(new)' now; the next version knows no other name"
            ])
        #expect(try read("requests: []\n\(group): {\(new): \(value)}\n").notices == [])
        #expect(try file.document.yaml().contains("\(new): \(value)"))
        let error = #expect(throws: PlanError.self) {
            try read("requests: []\n\(group): {\(new): \(value), \(old): \(value)}\n")
        }
        #expect(error?.problem == "'\(old)' is the old name of '\(new)', which is there as well")
    }

    @Test("JSON is YAML, and an anchor saves writing a step twice")
    func readsJSON() throws {
        #expect(try Self.plan(#"{"requests":[{"name":"Ana","language":"en"}]}"#).steps.count == 1)
        #expect(try Self.plan("requests: [&ana {name: Ana}, {pause: 1s}, *ana]").steps.count == 3)
    }

    @Test("a problem of the plan as a whole is told with the line of its step")
    func placesProblems() throws {
        let file = try PlanFile(
            yaml: "requests:\n  - {name: Ana}\n\n  - repeat: endless\n    send: {name: Ana}\n", of: Greeter.request,
            place: "plan.yaml")
        #expect(file.problem(for: .bidirectional)?.place == "plan.yaml, line 4")
        #expect(try PlanFile(yaml: "requests: []", of: Greeter.request, place: "plan.yaml").problem(for: .unary) == nil)
    }
}
