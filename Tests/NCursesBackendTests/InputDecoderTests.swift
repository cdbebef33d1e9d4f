import TerminalUI
import Testing

@testable import NCursesBackend

@Suite("Bytes become keys, mouse events and pastes, in whatever pieces they come")
struct InputDecoderTests {
    private static let mouse = MouseEvent(.press, button: .left, at: Point(column: 9, row: 2))

    @Test(
        "Numbers in sequences may be anything",
        arguments: [
            "0", "-1", "65536", "2147483648", "9223372036854775806", "9223372036854775807", "-9223372036854775808",
            "9223372036854775808", "18446744073709551616", "1e308", String(repeating: "9", count: 10_000),
        ])
    func numbers(number: String) {
        let forms = [
            "[<0;N;N", "[<N;1;1", "[1;N", "[N", "[27;N;N", "[N;N", "[27;5;N",
        ]
        for (form, final) in forms.flatMap({ form in "MmA~uZ".map { (form, $0) } }) {
            var decoder = InputDecoder()
            let text = "\u{1B}" + form.replacing("N", with: number) + String(final)
            for case .mouse(let event) in decoder.feed(text.utf8.map { .byte($0) }) {
                #expect((0..<1 << 21).contains(event.point.column) && (0..<1 << 21).contains(event.point.row))
            }
        }
    }

    @Test(
        "Each sequence is one event",
        arguments: [
            ("a", [.key(.character("a"))]), ("G", [.key(.character("G"))]), ("é", [.key(.character("é"))]),
            ("e\u{301}", [.key(.character("e\u{301}"))]), ("👩‍👩‍👧", [.key(.character("👩‍👩‍👧"))]),
            ("🇩🇪", [.key(.character("🇩🇪"))]), ("ab", [.key(.character("a")), .key(.character("b"))]),
            ("\r", [.key(KeyEvent(.enter))]), ("\t", [.key(KeyEvent(.tab))]), ("\u{7F}", [.key(KeyEvent(.backspace))]),
            ("\u{10}", [.key(.control("p"))]), ("\u{0}", [.key(.control(" "))]), ("\u{1C}", [.key(.control("\\"))]),
            ("\u{1B}b", [.key(.alt("b"))]), ("\u{1B}\u{7F}", [.key(KeyEvent(.backspace, .alt))]),
            ("\u{1B}[A", [.key(KeyEvent(.up))]), ("\u{1B}OA", [.key(KeyEvent(.up))]),
            ("\u{1B}[1;5D", [.key(KeyEvent(.left, .control))]), ("\u{1B}[3~", [.key(KeyEvent(.delete))]),
            ("\u{1B}[6;3~", [.key(KeyEvent(.pageDown, .alt))]), ("\u{1B}[Z", [.key(KeyEvent(.backTab))]),
            ("\u{1B}[15~", [.key(KeyEvent(.function(5)))]), ("\u{1B}OP", [.key(KeyEvent(.function(1)))]),
            ("\u{1B}[1;2Q", [.key(KeyEvent(.function(2), .shift))]), ("\u{1B}OM", [.key(KeyEvent(.enter))]),
            ("\u{1B}[97;5u", [.key(.control("a"))]), ("\u{1B}[27;5;112~", [.key(.control("p"))]),
            ("\u{1B}[9;2u", [.key(KeyEvent(.backTab))]),
            ("\u{1B}[<0;10;3M", [.mouse(mouse)]),
            (
                "\u{1B}[M !#\u{1B}[A",
                [.mouse(MouseEvent(.press, button: .left, at: Point(column: 0, row: 2))), .key(KeyEvent(.up))]
            ),
            ("\u{1B}[<0;10;3m", [.mouse(MouseEvent(.release, button: .left, at: mouse.point))]),
            ("\u{1B}[<32;10;3M", [.mouse(MouseEvent(.drag, button: .left, at: mouse.point))]),
            ("\u{1B}[<64;10;3M", [.mouse(MouseEvent(.wheelUp, at: mouse.point))]),
            ("\u{1B}[<65;10;3M", [.mouse(MouseEvent(.wheelDown, at: mouse.point))]),
            ("\u{1B}[<18;10;3M", [.mouse(MouseEvent(.press, button: .right, at: mouse.point, modifiers: .control))]),
            ("\u{1B}[<0;0;0M\u{1B}[<;;M\u{1B}[<66;1;1M\u{1B}[I\u{1B}[?1;2c", []),
            (
                "\u{1B}[200~one\r\ntwo\u{1B}[A\u{3}é\u{1B}[201~x",
                [.paste("one\r\ntwo\u{1B}[A\u{3}é"), .key(.character("x"))]
            ),
            ("\u{1B}[200~\u{1B}[201~", [.paste("")]),
            ("\u{1B}[200~\u{1B}\u{1B}[20\u{1B}[201~", [.paste("\u{1B}\u{1B}[20")]),
            ("\u{1B}[\u{1B}[B", [.key(KeyEvent(.down))]),
            ("\u{1B}\u{1B}[A", [.key(KeyEvent(.escape)), .key(KeyEvent(.up))]),
        ] as [(String, [TerminalEvent])])
    func sequences(text: String, expected: [TerminalEvent]) {
        var whole = InputDecoder()
        #expect(whole.feed(text.utf8.map { .byte($0) }) == expected)
        #expect(!whole.isPending)
        var pieces = InputDecoder()
        let scattered = text.utf8.flatMap { pieces.feed([.byte($0)]) }
        // A grapheme of several characters is one key only where they come together.
        if text.unicodeScalars.count == text.count || text.contains("\u{1B}") { #expect(scattered == expected) }
        #expect(!pieces.isPending)
    }

    @Test(
        "What is left incomplete is taken for what it is",
        arguments: [
            ("\u{1B}", [.key(KeyEvent(.escape))]), ("\u{1B}[", [.key(.alt("["))]), ("\u{1B}O", [.key(.alt("O"))]),
            ("\u{1B}[1;", []), ("\u{1B}[<0;1", []), ("\u{1B}[M!", []), ("\u{1B}[200~half", [.paste("half")]),
            ("\u{1B}[200~half\u{1B}[20", [.paste("half")]),
        ] as [(String, [TerminalEvent])])
    func givingUp(text: String, expected: [TerminalEvent]) {
        var decoder = InputDecoder()
        #expect(decoder.feed(text.utf8.map { .byte($0) }).isEmpty)
        #expect(decoder.isPending)
        #expect(decoder.giveUp() == expected)
        #expect(!decoder.isPending)
        #expect(decoder.feed([.byte(0x61)]) == [.key(.character("a"))])
    }

    @Test("Broken UTF-8 is one replacement character a byte, and never a key of its own")
    func brokenCharacters() {
        var decoder = InputDecoder()
        #expect(
            decoder.feed([0xFF, 0x71].map { .byte($0) }) == [.key(.character("\u{FFFD}")), .key(.character("q"))])
        #expect(decoder.feed([.byte(0xE4), .byte(0xBD)]) == [])
        #expect(decoder.giveUp() == [.key(.character("\u{FFFD}")), .key(.character("\u{FFFD}"))])
    }

    @Test("A key that ncurses knows ends what was incomplete, and is an alt key after escape")
    func knownKeys() {
        var decoder = InputDecoder()
        #expect(decoder.feed([.byte(0x1B), .key(KeyEvent(.up))]) == [.key(KeyEvent(.up, .alt))])
        #expect(
            decoder.feed([.byte(0xE4), .key(KeyEvent(.down))])
                == [.key(.character("\u{FFFD}")), .key(KeyEvent(.down))])
        #expect(decoder.feed([.pasteBegins] + "x\u{1B}[201~".utf8.map { .byte($0) }) == [.paste("x")])
    }

    @Test("A paste is kept to its limit, and a control sequence without end to none")
    func bounds() {
        var decoder = InputDecoder()
        _ = decoder.feed([.pasteBegins])
        #expect(decoder.feed(repeatElement(.byte(0x61), count: PasteCollector.limit + 5000)).isEmpty)
        guard case .paste(let text) = decoder.feed("\u{1B}[201~".utf8.map { .byte($0) }).first else {
            Issue.record("the paste has not ended")
            return
        }
        #expect(text.utf8.count == PasteCollector.limit)
        _ = decoder.feed("\u{1B}[".utf8.map { .byte($0) })
        let events = decoder.feed(repeatElement(.byte(0x31), count: 1000))
        #expect(!decoder.isPending)
        #expect(events.count < 1000)
    }

    @Test("No bytes whatever leave it stuck or make it fail")
    func noise() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            var decoder = InputDecoder()
            let alphabet = Array("\u{1B}[O<;~Mm0129AuZé\u{0}\u{7F}".utf8) + [0xFF, 0xC3]
            let bytes = (0..<200).compactMap { _ in alphabet.randomElement(using: &generator) }
            _ = decoder.feed(bytes.map { .byte($0) })
            _ = decoder.giveUp()
            #expect(decoder.feed([.byte(0x61)]) == [.key(.character("a"))], "after \(bytes)")
        }
    }
}
