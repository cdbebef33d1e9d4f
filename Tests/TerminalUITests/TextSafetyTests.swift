import Testing

@testable import TerminalUI

@Suite("Text from anywhere is made inert and visible")
struct TextSafetyTests {
    @Test(
        "Each unsafe character becomes a mark",
        arguments: [
            ("\u{1b}]0;owned\u{7}\u{1b}[2J\u{202E}abc", "␛]0;owned␇␛[2J<U+202E>abc"),
            ("a\tb\nc\rd\r\ne", "a␉b␊c␍d␍␊e"), ("\u{0}\u{8}\u{E}\u{F}", "␀␈␎␏"), ("\u{7F}", "␡"),
            ("\u{9B}2J\u{85}\u{90}", "<U+009B>2J<U+0085><U+0090>"),
            ("\u{200E}\u{200F}\u{61C}", "<U+200E><U+200F><U+061C>"),
            ("\u{202A}\u{202C}\u{2066}\u{2069}", "<U+202A><U+202C><U+2066><U+2069>"),
            ("a\u{200B}b\u{2060}c\u{FEFF}d\u{AD}e", "a<U+200B>b<U+2060>c<U+FEFF>d<U+00AD>e"),
            ("\u{2028}\u{2029}", "<U+2028><U+2029>"), ("\u{E0041}\u{E007F}", "<U+E0041><U+E007F>"),
            ("\u{378}", "<U+0378>"), ("\u{3164}\u{115F}", "<U+3164><U+115F>"), ("a\u{200D}b", "a<U+200D>b"),
            ("a\u{FE0F}b", "a<U+FE0F>b"), ("\u{180E}\u{FFF9}", "<U+180E><U+FFF9>"),
            ("x\u{E0100}", "x<U+E0100>"),
        ])
    func unsafeText(text: String, expected: String) {
        #expect(TextSafety.sanitised(text) == expected)
    }

    @Test(
        "Text of the world's languages stays as it is",
        arguments: [
            "Hello, Ana!", "你好，世界！", "¡Hola!", "こんにちは", "Привет", "שלום עולם", "مرحبا", "می\u{200C}خواهم", "नमस्ते",
            "क्\u{200D}ष", "e\u{301}", "한국어", "👩‍👩‍👧‍👦", "👍🏽", "🇩🇪", "❤\u{FE0F}", "1\u{FE0F}\u{20E3}", "✓ ─ ┼ …",
        ])
    func safeText(text: String) {
        #expect(TextSafety.sanitised(text) == text)
    }

    @Test("Private use and noncharacters become marks", arguments: [0xE000, 0xFDD0, 0xFFFF, 0x10FFFF] as [UInt32])
    func noCharacter(value: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(value))
        #expect(TextSafety.sanitised(String(scalar)) == "<U+\(String(value, radix: 16, uppercase: true))>")
    }

    @Test("Nothing that comes out can steer a terminal, whatever went in, and making it safe twice changes nothing")
    func everyScalar() {
        for value in UInt32(0)...0x2FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let safe = TextSafety.sanitised(String(scalar))
            let isInert = safe.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) && !$0.properties.isBidiControl
            }
            if !isInert || TextSafety.sanitised(safe) != safe || safe.isEmpty {
                Issue.record("U+\(String(value, radix: 16)) comes out as \(safe.debugDescription)")
            }
        }
    }

    @Test("Where there is only ASCII control characters look as on a keyboard")
    func ascii() {
        #expect(TextSafety.sanitised("\u{1B}[\u{0}\u{7F}\t", ascii: true) == "^[[^@^?^I")
    }

    @Test("A heap of combining marks is cut down to four")
    func heapOfMarks() {
        let heap = "a" + String(repeating: "\u{301}", count: 500) + "b"
        #expect(TextSafety.sanitised(heap).unicodeScalars.count == 6)
        #expect(TextWidth.columns(of: heap) == 2)
    }

    @Test(
        "Bytes that are no UTF-8 appear by their numbers",
        arguments: [
            ([0x61, 0xFF, 0x62], "a<FF>b"), ([0xC3, 0xA9], "é"), ([0xC3], "<C3>"), ([0xC0, 0x80], "<C0><80>"),
            ([0xED, 0xA0, 0x80], "<ED><A0><80>"), ([0xF0, 0x9F, 0x8E, 0x89], "🎉"), ([0xE4, 0xBD, 0x41], "<E4><BD>A"),
            ([0xF5, 0x05], "<F5>\u{5}"), ([0xE4, 0xE4, 0xBD, 0xA0], "<E4>你"),
        ] as [([UInt8], String)])
    func decoding(bytes: [UInt8], expected: String) {
        #expect(TextSafety.decoded(bytes) == expected)
    }
}
