import Plans
import RPCCore
import Testing

@Suite("Conditions in one line")
struct ConditionTextTests {
    static func pattern(_ text: String) -> RecordCondition.Test {
        do {
            return .matches(try TextPattern(text))
        } catch {
            Issue.record("\(text) is no pattern")
            return .isOneOf([])
        }
    }

    static let written: [(String, [RecordCondition])] = [
        ("", []), ("  ", []),
        ("active=true", [RecordCondition("active", .isOneOf(["true"]))]),
        (
            " language=en|es  city!=Rome ",
            [RecordCondition("language", .isOneOf(["en", "es"])), RecordCondition("city", .isNoneOf(["Rome"]))]
        ),
        ("name~^A|B$", [RecordCondition("name", pattern("^A|B$"))]),
        (#"city="New York"|Rome"#, [RecordCondition("city", .isOneOf(["New York", "Rome"]))]),
        (#""first name"="""#, [RecordCondition("first name", .isOneOf([""]))]),
        (#"said="a ""b""""#, [RecordCondition("said", .isOneOf([#"a "b""#]))]),
        (#"name~"a b\d""#, [RecordCondition("name", pattern(#"a b\d"#))]),
        ("a=b=c", [RecordCondition("a", .isOneOf(["b=c"]))]),
        ("名前=太郎", [RecordCondition("名前", .isOneOf(["太郎"]))]),
    ]

    @Test("they are read as people write them", arguments: written)
    func reading(text: String, conditions: [RecordCondition]) throws {
        #expect(try RecordCondition.list(parsing: text) == conditions)
    }

    @Test(
        "whatever the texts are, what is written is read again",
        arguments: ["x", "", " ", "a b", "a|b", "=", "!", "~", "\"", "\"\"", "a\"b", "\t", "é", "|", "a=b!c~d", "'"])
    func roundTrip(text: String) throws {
        let field = text.isEmpty ? "field" : text
        let conditions = [
            RecordCondition(field, .isOneOf([text, "other"])), RecordCondition("second", .isNoneOf([text])),
        ]
        let line = conditions.map(\.text).joined(separator: " ")
        #expect(try RecordCondition.list(parsing: line) == conditions)
    }

    @Test(
        "what cannot be read says what was expected",
        arguments: [
            ("active", "expected =, != or ~ after 'active', not the end"),
            ("active true", "expected =, != or ~ after 'active', not ' '"),
            ("=true", "expected a field, as in active=true, not '='"),
            ("active=", "expected a text, or \"\" for none, not the end"),
            ("a=b|", "expected a text, or \"\" for none, not the end"),
            ("a!b", "expected =, != or ~ after 'a', not 'b'"),
            ("name~", "expected a pattern, as in name~^A, not the end"),
            ("name=\"Ana", "a quotation mark is not closed"),
            ("name=\"Ana\"x", "expected a space between conditions, not 'x'"),
            ("a=1 a=2", "'a' is there twice; write one|other for one of several texts"),
        ])
    func problems(text: String, problem: String) {
        #expect(throws: ConditionError(description: problem)) { try RecordCondition.list(parsing: text) }
    }

    @Test("a pattern that cannot be read says why")
    func badPattern() {
        #expect { try RecordCondition.list(parsing: "name~(") } throws: { error in
            "\(error)".hasPrefix("'(' is no regular expression: ")
        }
    }
}
