import RPCCore
import TestSupport
import Testing

@testable import Plans

@Suite("CSV")
struct CSVTests {
    /// The values of the fields `a` and `b` in bytes that come in these pieces.
    static func read(_ pieces: [[UInt8]], _ fields: [String] = ["a", "b"], limit: Int = 1 << 20) throws -> [[String?]] {
        var selection = FieldSelection()
        for field in fields { _ = selection.add(field, isRequired: true) }
        var decoder = CSVDecoder(place: "x.csv", selection: selection, maximumLength: limit)
        var records: [[String?]] = []
        for piece in pieces.map(Optional.some) + [nil] {
            decoder.feed(piece)
            while case .fields(let values)? = try decoder.next() { records.append(values) }
        }
        #expect(decoder.isFinished)
        return records
    }

    static let texts: [(String, [[String?]])] = [
        ("a,b\n1,2\n3,4\n", [["1", "2"], ["3", "4"]]),
        ("a,b\r\n1,2\r\n3,4", [["1", "2"], ["3", "4"]]),
        ("\u{FEFF}b,c,a\n1,2,3\n", [["3", "1"]]),
        ("a,b\n\"1\",\"2\"\n", [["1", "2"]]),
        ("a,b\n\"x,\"\"y\"\"\",\"line 1\r\nline 2\"\n3,4\n", [["x,\"y\"", "line 1\r\nline 2"], ["3", "4"]]),
        ("a,b\n,\n\"\",\"\"\n", [["", ""], ["", ""]]),
        ("a,b\n\n1,2\n\r\n\n3,4\n\n", [["1", "2"], ["3", "4"]]),
        ("a,b\n 1 , 2 \n", [[" 1 ", " 2 "]]),
        ("\"a\",\"b\"\n\"1\",2", [["1", "2"]]),
        ("a,b\n1,\"2\"\r", [["1", "2"]]),
        ("a,b\n1,2\r", [["1", "2"]]),
        ("a,b\n你,é\n", [["你", "é"]]),
        ("a,b\n", []),
        ("a,b", []),
    ]

    @Test(
        "fields, quotation marks and line ends are read as RFC 4180 has them, wherever the bytes are cut",
        arguments: texts)
    func reads(_ text: String, _ expected: [[String?]]) throws {
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            #expect(try Self.read([Array(bytes[..<cut]), Array(bytes[cut...])]) == expected)
        }
        #expect(try Self.read(bytes.map { [$0] }) == expected)
    }

    @Test("an empty field in quotation marks is a record, a blank line is none")
    func tellsBlankLines() throws {
        #expect(try Self.read([Array("a\n\"\"\n\nx\n".utf8)], ["a"]) == [[""], ["x"]])
    }

    static let mark =
        "has a quotation mark inside a field that does not begin with one; put the whole field into quotation marks "
        + "and double those inside"
    static let errors: [(String, String, String)] = [
        ("", "x.csv", "is empty; expected a line of field names"),
        ("\n\r\n", "x.csv", "is empty; expected a line of field names"),
        ("a,B\n", "x.csv, line 1", "has no field 'b'; did you mean 'B'?"),
        ("a,language\n", "x.csv, line 1", "has no field 'b'; did you mean 'a'?"),
        ("a,b,a\n1,2,3", "x.csv, line 1", "names the field 'a' twice"),
        ("a,b\n1,2\n3\n", "x.csv, line 3", "has 1 field, and the first line names 2 fields"),
        ("a,b\n1,2,3\n", "x.csv, line 2", "has 3 fields, and the first line names 2 fields"),
        ("a,b\n\"1\n2\",3\n4,5,6\n", "x.csv, line 4", "has 3 fields, and the first line names 2 fields"),
        ("a,b\n1,2\"\n", "x.csv, line 2", mark),
        (
            "a,b\n1,\"2\"3\n", "x.csv, line 2",
            "goes on after a closing quotation mark; expected a comma or the end of the line"
        ),
        (
            "a,b\n1,\"2\" \n", "x.csv, line 2",
            "goes on after a closing quotation mark; expected a comma or the end of the line"
        ),
        ("a,b\n1,\"2\n3\n4,5\n", "x.csv, line 2", "opens a quotation mark that is never closed"),
        ("a,b\n\"1\n\",\"2\n3", "x.csv, line 3", "opens a quotation mark that is never closed"),
        ("a;b\n1;2\n", "x.csv, line 1", "has no field 'a'; the fields are 'a;b'"),
    ]

    @Test("a malformed line is named, with what was expected", arguments: errors)
    func refuses(_ text: String, _ place: String, _ problem: String) {
        let expected = PlanError(place: place, problem: problem)
        #expect(throws: expected) { try Self.read([Array(text.utf8)]) }
        #expect(throws: expected) { try Self.read(text.utf8.map { [$0] }) }
    }

    @Test("bytes that are not UTF-8 are refused")
    func refusesBadUTF8() {
        let bytes = Array("a,b\n1,2\n3,".utf8) + [0xC3, 0x28] + Array("\n".utf8)
        #expect(throws: PlanError(place: "x.csv, line 3", problem: "is not UTF-8")) { try Self.read([bytes]) }
    }

    @Test("a record up to the limit is taken, a longer one refused before it is read whole")
    func limitsLength() throws {
        let text = Array("a,b\n\"\(String(repeating: "x\n", count: 50))\",2\n".utf8)
        #expect(try Self.read([text], limit: text.count).count == 1)
        let problem = "is longer than 50 bytes, the most that is taken"
        #expect(throws: PlanError(place: "x.csv, line 2", problem: problem)) { try Self.read([text], limit: 50) }
        #expect(throws: PlanError(place: "x.csv, line 2", problem: problem)) {
            try Self.read([Array(text.prefix(80)), []], limit: 50)
        }
        let wide = "a,b" + String(repeating: ",", count: RecordLimits.fieldCount)
        #expect(throws: PlanError(place: "x.csv, line 1", problem: "has more than 4096 fields, the most that is taken"))
        {
            try Self.read([Array(wide.utf8)])
        }
    }

    @Test("whatever the fields hold, what is written by the rules is read back")
    func readsBack() throws {
        var random = SeededGenerator(seed: 1)
        let alphabet = ["a", "\"", ",", "\n", "\r\n", " ", "é", "👩‍👩‍👧", "\r", "{", "'"]
        for _ in 0..<500 {
            let rows = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                (0..<2).map { _ in
                    (0..<Int.random(in: 0...6, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? ""
                    }
                    .joined()
                }
            }
            let text =
                (["a,b"] + rows.map { $0.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",") })
                .joined(separator: "\r\n")
            let bytes = Array(text.utf8)
            let cut = Int.random(in: 0...bytes.count, using: &random)
            #expect(try Self.read([Array(bytes[..<cut]), Array(bytes[cut...])]) == rows)
        }
    }
}
