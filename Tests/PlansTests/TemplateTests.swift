import Foundation
import RPCCore
import TestSupport
import Testing

@testable import Plans

@Suite("Templates")
struct TemplateTests {
    /// The names that a plan makes of a template, with chance and time as given.
    private func names(_ template: String, _ count: Int = 1, seed: UInt64 = 1) async throws -> [String] {
        let start = Date(timeIntervalSince1970: 1_795_348_800.25)
        let run = PlanRun(
            PlanDocument(steps: [.repeating(template, count)]), origin: PlanOrigin(seed: seed, start: start))
        return try await run.preview(count).map(\.request.name)
    }

    static let known: [(String, [String])] = [
        ("Ana", ["Ana", "Ana"]),
        ("User {i} of {i}", ["User 1 of 1", "User 2 of 2"]),
        ("{i:0}", ["0", "1"]),
        ("{i:-1}", ["-1", "0"]),
        ("{{i}} {{{i}}}", ["{i} {1}", "{i} {2}"]),
        ("}}{{", ["}{", "}{"]),
        ("{now}", ["2026-11-22T12:00:00.250Z", "2026-11-22T12:00:00.250Z"]),
        ("{now:unix} {now:ms}", ["1795348800 1795348800250", "1795348800 1795348800250"]),
        ("{random:7-7}{random:-3--3}", ["7-3", "7-3"]),
        ("你{i}👩‍👩‍👧", ["你1👩‍👩‍👧", "你2👩‍👩‍👧"]),
        ("", ["", ""]),
    ]

    @Test("places are filled in, and the rest stands as it is", arguments: known)
    func fills(_ template: String, _ expected: [String]) async throws {
        #expect(try await names(template, 2) == expected)
    }

    @Test("a UUID is of version 4 and each is its own")
    func makesUUIDs() async throws {
        let all = try await names("{uuid} {uuid}", 100).flatMap { $0.split(separator: " ") }
        #expect(Set(all).count == 200)
        for text in all {
            #expect(text.wholeMatch(of: #/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#) != nil)
        }
    }

    @Test("random numbers and words are from those that are named, and all of them come")
    func choosesAtRandom() async throws {
        #expect(Set(try await names("{random:1-6}", 200)) == Set((1...6).map(String.init)))
        #expect(Set(try await names("{random:en|es|}", 100)) == ["en", "es", ""])
        #expect(try await names("{random}", 50).allSatisfy { (0...999_999_999).contains(Int($0) ?? -1) })
    }

    @Test("the same seed makes the same requests, another one others")
    func followsSeed() async throws {
        let template = "{uuid} {random} {random:a|b|c}"
        #expect(try await names(template, 20, seed: 5) == names(template, 20, seed: 5))
        #expect(try await names(template, 20, seed: 5) != names(template, 20, seed: 6))
    }

    static let errors: [(String, Bool, Int, String)] = [
        ("{", false, 0, "'{' is not closed; write '{{' for a brace"),
        ("User {i", false, 5, "'{' is not closed; write '{{' for a brace"),
        ("{i{i}", false, 0, "'{' is not closed; write '{{' for a brace"),
        ("User }", false, 5, "'}' stands alone; write '}}' for a brace"),
        ("{i}}", false, 3, "'}' stands alone; write '}}' for a brace"),
        (
            "Hi {name}", false, 3,
            "{name} is unknown: {{ is a brace; the places are {i}, {uuid}, {now}, {random}; fields are for steps that read records"
        ),
        (
            "{field:}", false, 0,
            "{field:} is unknown: {{ is a brace; the places are {i}, {uuid}, {now}, {random}; fields are for steps that read records"
        ),
        ("{i:x}", false, 0, "{i:…} takes a whole number, such as {i:0}"),
        ("{now:utc}", false, 0, "{now:…} takes unix or ms"),
        ("{now:iso}", false, 0, "{now:…} takes unix or ms"),
        (
            "{random:6-1}", false, 0,
            "{random:…} takes a range, such as {random:1-6}, or words, such as {random:en|es}"
        ),
        (
            "{random:x}", false, 0, "{random:…} takes a range, such as {random:1-6}, or words, such as {random:en|es}"
        ),
    ]

    @Test("what cannot be read is an error that says where and what was expected", arguments: errors)
    func refuses(_ text: String, _ allowsFields: Bool, _ position: Int, _ problem: String) {
        #expect(throws: TemplateError(position: position, problem: problem)) {
            try Template(text, allowsFields: allowsFields)
        }
    }

    @Test("the fields are those of the record, and a longer form names one that is called as a place is")
    func findsFields() throws {
        let template = try Template("{First name} {field:now} {a:b} {now}", allowsFields: true)
        #expect(template.fields == ["First name", "now", "a:b"])
    }

    @Test("a template of a literal text makes that text", arguments: ["", "Ana", "{i}", "}{", "{{uuid}}"])
    func escapes(_ text: String) async throws {
        let template = Template(literal: text)
        #expect(template.constant == text)
        #expect(try Template(template.text) == template)
        #expect(try await names(template.text) == [text])
    }

    @Test(
        "the braces of JSON are text, and places within it are places",
        arguments: [
            (#"{"a": 1}"#, 0), ("{}", 0), (#"{"a":{"b":[{"c":1},{}]}}"#, 0), (#"{"a": "{i}"}"#, 1),
            (#"{"a": {i}, "b": {"c": "{uuid}"}}"#, 2), (#"[{"a":1}, {"a":"{now}"}]"#, 1),
        ])
    func json(text: String, places: Int) throws {
        let template = try Template(text)
        #expect((template.constant == text) == (places == 0))
        #expect(Template(literal: text).constant == text)
        let parsed = try Template(Template(literal: text).text)
        #expect(parsed.constant == text, "a literal is read back as itself")
    }
}
