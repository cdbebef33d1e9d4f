import TestSupport
import Testing

@testable import Tapes

@Suite("What is said of a wrong tape")
struct TapeErrorTests {
    /// Every tape is wrong; a line may hold several.
    private static let wrong = [
        "Entr", "enter", "Foo \"bar\"", "123", "\"text\"", "/x/", "@", "Type", "Type 5", "Type Enter",
        "Type \"open\nEnter", "Type 'a\" b", "Type@ \"x\"", "Type@5min \"x\"", "Type hé", "Enter 0", "Enter 1.5",
        "Enter 100000", "Enter@x", "Ctrl", "Ctrl+", "Ctrl+Shift", "Ctrl+Foo", "Ctrl+é", "Alt", "Alt+", "Alt+foo",
        "Shift+\"ab\"", "Sleep", "Sleep x", "Sleep 5sec", "Sleep 1.2.3", "Sleep 99999m", "Wait+", "Wait+screen /x/",
        "Wait+Page /x/", "Wait@0s /x/", "Wait /x", "Wait /(/", "Wait Ready", "Set", "Set 5", "Set Widht 5",
        "Set Colour 5", "Set Width", "Set Width 1.5", "Set Width 0", "Set Columns 5", "Set LineHeight \"x\"",
        "Set TypingSpeed fast", "Set CursorBlink maybe", "Set WindowBar Round", "Set MarginFill \"#12\"",
        "Set WaitPattern x", "Set Theme", "Set Theme { \"red\": 5 }", "Set Theme { \"rde\": \"#ffffff\" }",
        "Set Theme { \"red\": }", "Set Theme \"Catpuccin Frappe\"", "Set Theme \"No such theme\"",
        "Set Theme { \"red\"", "Enter\nSet Width 100", "Output", "Output demo",
        "Output /tmp/x",
        "Output 5", "Screenshot", "Screenshot a.gif", "Source", "Source a.txt", "Require", "Env", "Env NAME",
        "Env NAME 5", "Copy", "Subtitle", "Paste \"x\"", "Hide 5", "é", "Type \"a\" 5",
        "Entr\n\nSleep\nType \"fine\"\nWait+X",
    ]

    @Test("each error says where it is, what stands there, what was expected, and what was probably meant")
    func corpus() throws {
        let report = Self.wrong.map { tape in
            let shown = tape.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
                .joined(separator: "\n")
            do {
                return "\(shown)\nis a tape: \(try TapeParser.parse(tape, file: "wrong.tape").map(\.command))\n"
            } catch {
                return "\(shown)\n\(error)\n"
            }
        }.joined(separator: "\n")
        #expect(!report.contains("is a tape"))
        let difference = try GoldenFile("wrong-tapes.txt").difference(from: report)
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test("no more than the limit of errors is told, however many there are")
    func limit() {
        #expect(throws: TapeErrors.self) {
            try TapeParser.parse(String(repeating: "Foo\n", count: 10_000), file: "wrong.tape")
        }
        do {
            _ = try TapeParser.parse(String(repeating: "Foo\n", count: 10_000), file: "wrong.tape")
        } catch {
            #expect(error.errors.count == TapeErrors.limit)
        }
    }

    @Test("a source's commands stand where it is named, without its outputs")
    func sources() throws {
        let files = ["a.tape": "Output a.txt\nSource b.tape\nEnter", "b.tape": "Output b.txt\nTab"]
        let steps = try TapeLoader { try #require(files[$0]) }.load("a.tape")
        #expect(
            steps.map(\.command) == [
                .output("a.txt"), .press(.init(.tab), every: nil, times: 1),
                .press(.init(.enter), every: nil, times: 1),
            ])
        #expect(steps.map(\.file) == ["a.tape", "b.tape", "a.tape"])
    }

    @Test(
        "errors in a source are told with its name; a source of a source is one, and one that is not there",
        arguments: [
            ("a.tape", "b.tape:1:1: a tape that is a source itself takes in no other"),
            ("d.tape", "e.tape:1:1: 'Entr' is no command; did you mean 'Enter'?"),
            ("b.tape", "b.tape:1:1: c.tape is gone"),
        ])
    func wrongSources(file: String, message: String) {
        let files = [
            "a.tape": "Source b.tape", "b.tape": "Source c.tape", "d.tape": "Tab\nSource e.tape", "e.tape": "Entr",
        ]
        let loader = TapeLoader { name in
            guard let text = files[name] else { throw Gone(description: "\(name) is gone") }
            return text
        }
        #expect { try loader.load(file) } throws: { "\($0)" == message }
    }

    struct Gone: Error, CustomStringConvertible {
        let description: String
    }
}
