import Foundation
import Testing

@testable import RPCCore

@Suite("JSON of small messages")
struct JSONTextTests {
    static let strings = [
        "", "Ana", "quote \" backslash \\ slash /", "\n\r\t", "\u{0}\u{1}\u{1F}", "你好", "👩‍👩‍👧", "e\u{301}",
        "\u{7F}\u{85}\u{9B}",
        "\u{202E}abc\u{2066}", "\u{1B}]0;owned\u{7}\u{1B}[2J", "\u{2028}\u{2029}", "\u{FEFF}", "\u{E0001}",
    ]

    @Test("a general parser reads back what was written", arguments: strings, [false, true])
    func roundTrips(_ string: String, _ isTerminalSafe: Bool) throws {
        var text = JSONText(isTerminalSafe: isTerminalSafe)
        text.append(string)
        #expect(
            try JSONDecoder().decode(String.self, from: Data(text.bytes)).unicodeScalars.elementsEqual(
                string.unicodeScalars))
    }

    @Test("what a terminal would act on is written as an escape", arguments: strings)
    func isInert(_ string: String) {
        var text = JSONText(isTerminalSafe: true)
        text.append(string)
        let unsafe: [Unicode.GeneralCategory] = [.control, .lineSeparator, .paragraphSeparator]
        #expect(!text.string.unicodeScalars.contains { unsafe.contains($0.properties.generalCategory) })
        #expect(!text.string.unicodeScalars.contains { $0.properties.isBidiControl || $0 == "\u{FEFF}" })
    }

    @Test("escapes are the short ones, then four lower-case digits, in pairs beyond the basic plane")
    func spellsEscapes() {
        var text = JSONText(isTerminalSafe: true)
        text.append("\"\\\n\r\t\u{1B}\u{202E}\u{E0001}")
        #expect(text.string == #""\"\\\n\r\t\u001b\u202e\udb40\udc01""#)
    }

    @Test("letters of every script stay as they are")
    func keepsLetters() {
        var text = JSONText(isTerminalSafe: true)
        text.append("こんにちは、Ana👩‍👩‍👧")
        #expect(text.string == "\"こんにちは、Ana👩‍👩‍👧\"")
    }

    @Test("a reply has its keys in order, and no language where there is none")
    func writesReplies() {
        var text = JSONText()
        text.append(HelloReply(message: "Hello, Ana!", language: "en"))
        text.append(HelloReply(message: "Hello"))
        #expect(text.string == #"{"message":"Hello, Ana!","language":"en"}{"message":"Hello"}"#)
    }

    @Test(
        "the plain form of a request is read",
        arguments: [
            (#"{"name":"Ana"}"#, "Ana", nil), (#"{"name":"Ana","language":"en"}"#, "Ana", "en"),
            (#"{"language":"zh","name":"你好"}"#, "你好", "zh"), (#"{"name":"","language":null}"#, "", nil),
            (#"{"name":"\u0041\n\/\""}"#, "A\n/\"", nil),
            (" \t\r\n{ \"name\" : \"A b\" , \"language\" : \"x\" } \n", "A b", "x"),
        ])
    func readsPlainForm(_ json: String, _ name: String, _ language: String?) {
        var json = json
        #expect(json.withUTF8 { HelloRequest(plainJSON: .init($0)) } == HelloRequest(name: name, language: language))
    }

    @Test(
        "everything else is left to a general parser",
        arguments: [
            "", "{", "{}", "[]", #""name""#, #"{"name"}"#, #"{"name":}"#, #"{"name":5}"#, #"{"name":null}"#,
            #"{"name":"A""#,
            #"{"name":"A"}}"#, #"{"name":"A"} x"#, #"{"name":"A",}"#, #"{,"name":"A"}"#, #"{"name":"A","name":"B"}"#,
            #"{"name":"A","age":5}"#, #"{"name":"\ud83d\ude00"}"#, #"{"name":"A\"#, "{\"name\":\"\u{1}\"}",
            #"{"Name":"A"}"#,
            #"{"language":"en"}"#,
            #"{"name":"A","language":nul}"#, #"{"name":"A","language":nullx}"#, #"{"name":"A" "language":"B"}"#,
            #"{"name":"A","language":null,"language":"B"}"#,
        ])
    func leavesTheRest(_ json: String) {
        var json = json
        #expect(json.withUTF8 { HelloRequest(plainJSON: .init($0)) } == nil)
    }

    @Test("no prefix of a request is one, and no bad UTF-8", arguments: [#"{"name":"Ana","language":"en"}"#])
    func refusesPieces(_ json: String) {
        let bytes = Array(json.utf8)
        for length in 0..<bytes.count {
            #expect(bytes.prefix(length).withUnsafeBytes { HelloRequest(plainJSON: $0) } == nil)
        }
        let bad = Array(#"{"name":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        #expect(bad.withUnsafeBytes { HelloRequest(plainJSON: $0) } == nil)
    }
}
