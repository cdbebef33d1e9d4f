import Plans
import RPCCore
import TestSupport
import Testing

@testable import Plans

@Suite("Plans in YAML: writing", .timeLimit(.minutes(10)))
struct YAMLWritingTests {
    @Test("a plan is written as a user would write it")
    func layout() throws {
        let plan = PlanDocument(
            kind: .clientStream, seed: 42,
            steps: [
                .request(HelloRequest(name: "Alice", language: "en")),
                .request(HelloRequest(name: "true", language: "")), .pause(.milliseconds(1500)),
                .repeating("User {i}", nil, language: "en", every: .milliseconds(100)),
                .records(
                    RecordsStep(
                        from: .file("users.csv"),
                        where: [
                            RecordCondition("active", .isOneOf(["true"])),
                            RecordCondition("x", .isNoneOf(["a", "b c"])),
                            RecordCondition("y", .matches(.known("^\\d"))),
                        ],
                        .known("{name}", "{language}", allowsFields: true),
                        pacing: Pacing(
                            every: .seconds(1), jitter: 0.2, batch: Pacing.Batch(size: 50, pause: .seconds(60))))),
                .records(RecordsStep(from: .standardInput, format: .csv)),
            ], flow: PlanFlow(unanswered: 1),
            stop: PlanStop(after: 100, time: .seconds(30), reply: .known("(?i)enough"), isManual: true))
        #expect(try GoldenFile("written.yaml").difference(from: plan.yaml()) == nil)
        #expect(try PlanFile(yaml: plan.yaml(), of: Greeter.request, place: "p").document == plan)
    }

    @Test("columns are written and read back, as a list or as one name")
    func columns() throws {
        var plan = PlanDocument(names: ["Ana"])
        plan.columns = ["sensor", "book.labels[a b]"]
        #expect(try PlanFile(yaml: plan.yaml(), of: Greeter.request, place: "p").document == plan)
        let one = try PlanFile(yaml: "columns: sensor\nrequests: [{name: Ana}]", of: Greeter.request, place: "p")
        #expect(one.document.columns == ["sensor"])
        #expect(throws: PlanError.self) {
            try PlanFile(yaml: "columns: [{a: 1}]\nrequests: [{name: Ana}]", of: Greeter.request, place: "p")
        }
    }

    @Test("what is written is read back as the same plan, whatever is in it")
    func readsBack() throws {
        var maker = PlanMaker(random: SeededGenerator(seed: 2026))
        for _ in 0..<1_000 {
            let plan = try maker.plan()
            let yaml = try plan.yaml()
            #expect(try PlanFile(yaml: yaml, of: Greeter.request, place: "p").document == plan, "\(yaml)")
        }
    }
}

extension YAMLWritingTests {
    @Test("every sort of character is read back", arguments: PlanMaker.characters)
    func readsCharacter(_ character: String) throws {
        for text in [character, "a\(character)", "\(character)a", "\(character)\(character)"] {
            let plan = PlanDocument(steps: [.request(HelloRequest(name: text, language: character))])
            #expect(try PlanFile(yaml: plan.yaml(), of: Greeter.request, place: "p").document == plan)
        }
    }
}

/// Makes plans by chance.
private struct PlanMaker {
    var random: SeededGenerator

    static let characters: [String] = [
        "a", "B", "7", " ", "  ", "\t", "\n", "\r\n", "\u{0}", "\u{1B}", "\u{7F}", "\u{85}", "\u{A0}", "\u{2028}",
        "x\u{FEFF}", "\u{FFFF}", "é", "你", "👩‍👩‍👧", "🇩🇪", "{", "}", "[", "]", ":", ": ", ",", "#", " #", "&", "*", "!", "|",
        ">", "'", "\"", "%", "@", "`", "-", "- ", "?", "~", "null", "true", "\\", "\\n", "=", "<<", "0x1", "1e3", "---",
        "...",
    ]

    private mutating func chance(_ part: Double = 0.5) -> Bool { Double.random(in: 0..<1, using: &random) < part }
    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func maybe<Value>(_ make: (inout PlanMaker) throws -> Value) rethrows -> Value? {
        chance() ? try make(&self) : nil
    }

    private mutating func text() -> String {
        (0..<number(0...5)).map { _ in Self.characters.randomElement(using: &random) ?? "" }.joined()
    }

    private mutating func time() -> Duration {
        .microseconds(number(1...10_000_000)) * [1, 1000, 1_000_000][number(0...2)]
    }

    private mutating func template(allowsFields: Bool) throws -> Template {
        let places =
            ["{i}", "{uuid}", "{now:ms}", "{random:1-6}", "{random:a|b}"] + (allowsFields ? ["{name}", "{a b}"] : [])
        let text = (0..<number(0...3)).reduce(into: "") { text, _ in
            text += Template(literal: self.text()).text
            if chance() { text += places.randomElement(using: &random) ?? "" }
        }
        return try Template(text, allowsFields: allowsFields)
    }

    private mutating func request(allowsFields: Bool) throws -> RequestTemplate {
        try RequestTemplate(
            name: template(allowsFields: allowsFields),
            language: maybe { try $0.template(allowsFields: allowsFields) })
    }

    private mutating func pacing() -> Pacing {
        var pacing = Pacing(every: maybe { $0.time() })
        if pacing.every != nil { pacing.jitter = [0, 0.2, 0.123, 1, 1.0 / 3][number(0...4)] }
        pacing.batch = maybe { Pacing.Batch(size: $0.number(1...99), pause: $0.time()) }
        return pacing
    }

    private mutating func test() throws -> RecordCondition.Test {
        let texts = (0...number(0...2)).map { _ in text() }
        switch number(0...2) {
        case 0: return .isOneOf(texts)
        case 1: return .isNoneOf(texts)
        default: return .matches(.known("\\d+|[a-z]\\{"))
        }
    }

    private mutating func records() throws -> RecordsStep {
        let source: RecordSource = chance() ? .standardInput : .file("x" + text() + ".csv")
        let conditions = try (0..<number(0...2)).map { try RecordCondition("\($0)" + text(), test()) }
        return RecordsStep(
            from: source, format: maybe { $0.chance() ? .csv : .jsonLines }, where: conditions,
            try maybe { try $0.request(allowsFields: true) }, pacing: pacing())
    }

    mutating func plan() throws -> PlanDocument {
        let steps = try (0..<number(0...5)).map { _ -> PlanStep in
            switch number(0...3) {
            case 0: .request(HelloRequest(name: text(), language: maybe { $0.text() }))
            case 1: .pause(time())
            case 2:
                .repetition(
                    RepeatStep(
                        maybe { $0.number(1...1_000_000_000) }, try request(allowsFields: false), pacing: pacing()))
            default: .records(try records())
            }
        }
        return PlanDocument(
            kind: maybe { CallKind.allCases.randomElement(using: &$0.random) ?? .unary },
            seed: maybe { $0.random.next() }, steps: steps,
            flow: PlanFlow(unanswered: maybe { $0.number(1...9) }, timeout: maybe { $0.time() }),
            stop: PlanStop(
                after: maybe { $0.number(1...9) }, time: maybe { $0.time() },
                reply: maybe { _ in .known("(?i)enough: \"x\"") }, isManual: chance()))
    }
}
