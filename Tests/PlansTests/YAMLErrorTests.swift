import Plans
import RPCCore
import TestSupport
import Testing

@Suite("Plans in YAML: errors", .timeLimit(.minutes(10)))
struct YAMLErrorTests {
    /// Plans that are wrong, each in one way.
    static let malformed = [
        // No plan.
        "", "# nothing", "---\n", "[]", "Ana", "{}", "null", "requests: []\n---\nrequests: []\n",
        // No YAML.
        "requests: [", "requests:\n  - {name: User {i}}\n", "requests:\n\t- {name: Ana}\n", "requests: *nobody\n",
        "requests: []\nrequests: []\n", "requests:\n  - name: \"Ana\n", "? [a]\n: b\n", "requests: [@]",
        // The plan.
        "kinds: unary\nrequests: []\n", "colour: red\nrequests: []\n", "kind: client\nrequests: []\n",
        "kind: [unary]\nrequests: []\n", "kind:\nrequests: []\n", "seed: -1\nrequests: []\n", "requests: Ana\n",
        "requests: {name: Ana}\n", "requests:\n",
        // Steps.
        "requests:\n  - Ana\n", "requests:\n  - {nmae: Ana}\n", "requests:\n  - {}\n", "requests:\n  - {who: Ana}\n",
        "requests:\n  - {name: Ana, langauge: en}\n", "requests:\n  - {name: Ana, every: 1s}\n",
        "requests:\n  - {name: [Ana]}\n", "requests:\n  - {name: }\n", "requests:\n  - {name: Ana, language: {a: b}}\n",
        "requests:\n  - pause: 5\n", "requests:\n  - pause: [1s]\n", "requests:\n  - {pause: 1s, name: Ana}\n",
        "requests:\n  - repeat: 5\n", "requests:\n  - {repeat: 0, send: {name: A}}\n",
        "requests:\n  - {repeat: often, send: {name: A}}\n", "requests:\n  - {repeat: 1000000001, send: {name: A}}\n",
        "requests:\n  - {repeat: , send: {name: A}}\n", "requests:\n  - {repeat: 5, send: Ana}\n",
        "requests:\n  - {repeat: 5, send: {language: en}}\n", "requests:\n  - {repeat: 5, send: {name: A, lang: en}}\n",
        "requests:\n  - {repeat: 5, sned: {name: A}}\n",
        // Templates.
        "requests:\n  - {repeat: 5, send: {name: \"User {n}\"}}\n",
        "requests:\n  - repeat: 5\n    send:\n      name: User {i\n",
        "requests:\n  - {repeat: 5, send: {name: 'a }'}}\n",
        "requests:\n  - {repeat: 5, send: {name: \"\\u0041{x}\"}}\n",
        "requests:\n  - {repeat: 5, send: {name: A, language: \"{random:}\"}}\n",
        // Pacing.
        "requests:\n  - {repeat: 5, send: {name: A}, every: soon}\n",
        "requests:\n  - {repeat: 5, send: {name: A}, every: 0s}\n",
        "requests:\n  - {repeat: 5, send: {name: A}, jitter: 20%}\n",
        "requests:\n  - {repeat: 5, send: {name: A}, every: 1s, jitter: 200%}\n",
        "requests:\n  - {repeat: 5, send: {name: A}, batch: 50}\n",
        "requests:\n  - {repeat: 5, send: {name: A}, batch: {size: 50}}\n",
        "requests:\n  - {repeat: 5, send: {name: A}, batch: {size: 0, pause: 1s}}\n",
        "requests:\n  - {repeat: 5, send: {name: A}, batch: {sise: 5, pause: 1s}}\n",
        // Records.
        "requests:\n  - from: users.txt\n", "requests:\n  - {from: users.csv, format: xml}\n",
        "requests:\n  - {from: users.csv, format: cvs}\n", "requests:\n  - {from: users.csv, where: active}\n",
        "requests:\n  - {from: users.csv, where: {active: }}\n",
        "requests:\n  - {from: users.csv, where: {active: []}}\n",
        "requests:\n  - {from: users.csv, where: {active: {is: x}}}\n",
        "requests:\n  - {from: users.csv, where: {active: {not: x, matches: y}}}\n",
        "requests:\n  - {from: users.csv, where: {active: {matches: \"(a\"}}}\n", "requests:\n  - {from: }\n",
        // Flow and stop.
        "requests: []\nflow: 1\n", "requests: []\nflow: {unanswered: 0}\n", "requests: []\nflow: {unaswered: 1}\n",
        "requests: []\nstop: {after: many}\n", "requests: []\nstop: {time: 0s}\n",
        "requests: []\nstop: {reply: \"[\"}\n",
        "requests: []\nstop: {manual: yes}\n", "requests: []\nstop: {at: 5}\n",
    ]

    @Test("every error names its line and column, what is wrong, and what was expected")
    func errors() throws {
        var text = ""
        for yaml in Self.malformed {
            let error = #expect(throws: PlanError.self, "\(yaml)") {
                try PlanFile(yaml: yaml, of: Greeter.request, place: "plan.yaml")
            }
            let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
            text += lines.map { "| \($0)\n" }.joined() + "\(error.map { "\($0)" } ?? "no error")\n\n"
        }
        #expect(try GoldenFile("errors.txt").difference(from: text) == nil)
    }

    @Test("a file that is too long, and a small one that means a large one, are refused at once")
    func bounds() throws {
        let long = "requests: []\n" + String(repeating: "#", count: 1 << 20)
        #expect(throws: PlanError(place: "p", problem: "is longer than 1048576 bytes, the most that is taken")) {
            try PlanFile(yaml: long, of: Greeter.request, place: "p")
        }
        var laughs = "a0: &a0 [x]\n"
        for level in 1...30 {
            laughs += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ","))]\n"
        }
        #expect(throws: PlanError(place: "p", problem: "has more than 16 aliases, the most that is taken")) {
            try PlanFile(yaml: laughs + "? *a30\n: x\n", of: Greeter.request, place: "p")
        }
        for nesting in [900, 2_000, 200_000] {
            let nested = "requests: " + String(repeating: "[", count: nesting) + String(repeating: "]", count: nesting)
            #expect(throws: PlanError.self) { try PlanFile(yaml: nested, of: Greeter.request, place: "p") }
            let blocks = "requests:\n " + String(repeating: "- ", count: nesting) + "x\n"
            #expect(throws: PlanError.self) { try PlanFile(yaml: blocks, of: Greeter.request, place: "p") }
        }
    }

    @Test("whatever is done to a plan's text, reading it ends well or in an error that names the file")
    func survivesChanges() {
        let plan = Array(
            """
            kind: bidi
            requests:
              - {name: Alice, language: en}
              - {repeat: 10, send: {name: "User {i}"}, every: 1s, jitter: 10%}
              - {from: users.csv, where: {a: {matches: x}}, batch: {size: 5, pause: 1s}}
            stop: {after: 100, reply: "x"}
            """.utf8)
        var random = SeededGenerator(seed: 7)
        let bytes = Array("{}[]:,-&*?|>%@`\"'#! \n\t\\x\u{0}é".utf8)
        for _ in 0..<2_000 {
            var changed = plan
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: changed.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: changed.remove(at: index)
                case 1: changed.insert(bytes.randomElement(using: &random) ?? 0, at: index)
                default: changed[index] = bytes.randomElement(using: &random) ?? 0
                }
            }
            do throws(PlanError) {
                _ = try PlanFile(
                    yaml: String(decoding: changed, as: UTF8.self), of: Greeter.request, place: "plan.yaml")
            } catch {
                #expect(error.place.hasPrefix("plan.yaml"))
            }
        }
    }
}
