import RPCCore
import TestSupport
import Testing

@testable import Plans

@Suite("JSON records")
struct JSONRecordTests {
    /// The values of the fields `a`, which must be there, and `b` in one line.
    static func read(_ line: String, allowsOthers: Bool = true) throws -> [String?] {
        var selection = FieldSelection()
        _ = selection.add("a", isRequired: true)
        _ = selection.add("b", isRequired: false)
        selection.allowsOthers = allowsOthers
        var decoder = JSONRecordDecoder(place: "x.jsonl", selection: selection)
        decoder.feed(Array(line.utf8))
        decoder.feed(nil)
        guard case .fields(let values)? = try decoder.next() else { return [] }
        return values
    }

    static let lines: [(String, [String?])] = [
        (#"{"a":"x","b":"y"}"#, ["x", "y"]),
        (#" { "b" : "y" , "c" : "z" , "a" : "x" } "#, ["x", "y"]),
        (#"{"a":"x"}"#, ["x", nil]),
        (#"{"a":1,"b":-20}"#, ["1", "-20"]),
        (#"{"a":1.10,"b":1e40}"#, ["1.10", "1e40"]),
        (#"{"a":true,"b":false}"#, ["true", "false"]),
        (#"{"a":null}"#, ["", nil]),
        (#"{"a":"\u0041\n\"","b":"é"}"#, ["A\n\"", "é"]),
        (#"{"\u0061":"x"}"#, ["x", nil]),
        (#"{"a":[1, {"b":"}"}],"b":{"c":[]}}"#, [#"[1, {"b":"}"}]"#, #"{"c":[]}"#]),
        (#"{"a":"1","a":"2"}"#, ["2", nil]),
        (#"{"a":"你好","b":"👩‍👩‍👧"}"#, ["你好", "👩‍👩‍👧"]),
    ]

    @Test("fields are read as text", arguments: lines)
    func reads(_ line: String, _ expected: [String?]) throws {
        #expect(try Self.read(line) == expected)
    }

    static let example = #"expected an object such as {"name":"Ana","active":true}"#
    static let errors: [(String, String)] = [
        ("{}", "has no field 'a'; it has none"),
        (#"{"b":1,"A":1}"#, "has no field 'a'; did you mean 'A'?"),
        (#"{"identifier":1,"language":2}"#, "has no field 'a'; the fields are 'identifier', 'language'"),
        (#"{"a":01}"#, "is not a JSON object; \(example)"),
        (#"{"a":}"#, "is not a JSON object; \(example)"),
        (#"{"a":1,}"#, "is not a JSON object; \(example)"),
        (#"{"a":"x"}}"#, "is not a JSON object; \(example)"),
        (#"{"a":"x""#, "is not a JSON object; \(example)"),
        (#"{"a":"\x"}"#, "is not a JSON object; \(example)"),
        (#"{"a":[}"#, "is not a JSON object; \(example)"),
        (#"{"a":tru}"#, "is not a JSON object; \(example)"),
        ("{a:1}", "is not a JSON object; \(example)"),
        ("[1]", "is not a JSON object; \(example)"),
        ("7", "is not a JSON object; \(example)"),
        ("Ana", "is not a JSON object; \(example)"),
    ]

    @Test("a line that is no record of these fields is named, with what was expected", arguments: errors)
    func refuses(_ line: String, _ problem: String) {
        #expect(throws: PlanError(place: "x.jsonl, line 2", problem: problem)) { try Self.read("\n" + line) }
    }

    @Test("other fields are an error where the record is the request")
    func refusesOthers() {
        let problem = "has an unknown field 'c'; did you mean 'a'?; 'send' says what is made of a record with more"
        #expect(throws: PlanError(place: "x.jsonl, line 1", problem: problem)) {
            try Self.read(#"{"a":1,"c":2}"#, allowsOthers: false)
        }
    }
}
