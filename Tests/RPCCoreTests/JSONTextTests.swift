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
}
