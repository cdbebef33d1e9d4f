import Foundation
import FoundationXML
import TerminalUI
import Testing

@testable import Tapes

@Suite("What is made of screens")
struct RecordingTests {
    private static let red = Style(foreground: .red).bold
    private static let marked = Style(foreground: .indexed(208), background: .indexed(237)).underline

    private func screen(_ lines: String..., style: Style = .plain, cursor: Point? = nil) -> ScreenBuffer {
        var screen = ScreenBuffer(size: Size(columns: 20, rows: 4))
        for (row, line) in lines.enumerated() { screen.draw(line, at: Point(column: 0, row: row), style: style) }
        screen.cursor = cursor
        return screen
    }

    // MARK: Terminals

    @Test("what a terminal is told of a screen shows that screen, whatever it showed before")
    func differences() {
        var painter = AnsiPainter()
        var terminal = PlainTerminal(columns: 20, rows: 4)
        let screens = [
            screen("Hello", "World", cursor: Point(column: 2, row: 1)), screen("Hello", "Wurld"),
            screen("你好，世界", "🎉 so", style: Self.red), screen("好你，世界", "🎉🎉", style: Self.marked),
            screen("a你好", "e\u{301}\u{302}x", style: Self.red), screen(), screen("12345678901234567890"),
            screen("║─┼", "\u{1F1E9}\u{1F1EA} ok", cursor: Point(column: 19, row: 3)),
        ]
        for screen in screens + screens.reversed() {
            terminal.feed(painter.paint(screen))
            #expect(terminal.lines == screen.lines)
            #expect(terminal.styles == screen.styleMap.lines)
            #expect(terminal.cursor == screen.cursor)
        }
        #expect(painter.paint(screens[0]).isEmpty)
    }

    @Test("styles are selected by their codes, whatever was selected before")
    func styles() {
        #expect(AnsiPainter.select(.plain) == "\u{1B}[0m")
        #expect(AnsiPainter.select(Self.red) == "\u{1B}[0;1;31m")
        #expect(AnsiPainter.select(Self.marked) == "\u{1B}[0;4;38;5;208;48;5;237m")
        #expect(
            AnsiPainter.select(
                Style(foreground: .brightCyan, background: .black, attributes: [.dim, .italic, .reverse]))
                == "\u{1B}[0;2;3;7;96;40m")
    }

    @Test("a recording for asciinema has a header, and an event for each change")
    func cast() throws {
        var cast = CastFile(size: Size(columns: 20, rows: 4), palette: .standard)
        cast.show(screen("one"), at: .zero)
        cast.show(screen("one"), at: .seconds(1))
        cast.show(screen("two \"quoted\""), at: .milliseconds(1500))
        var larger = ScreenBuffer(size: Size(columns: 30, rows: 5))
        larger.draw("larger", at: .zero)
        cast.show(larger, at: .seconds(2))
        let lines = try cast.contents(end: .seconds(3)).split(separator: "\n").map {
            try JSONSerialization.jsonObject(with: Data($0.utf8))
        }
        let header = try #require(lines.first as? [String: Any])
        #expect(header["version"] as? Int == 2)
        #expect(header["width"] as? Int == 20 && header["height"] as? Int == 4)
        #expect((header["theme"] as? [String: String])?["palette"]?.split(separator: ":").count == 16)
        let events = lines.dropFirst().compactMap { $0 as? [Any] }
        #expect(events.compactMap { $0[0] as? Double } == [0, 1.5, 2, 2, 3])
        #expect(events.compactMap { $0[1] as? String } == ["o", "o", "r", "o", "o"])
        #expect(events[2][2] as? String == "30x5")
    }

    // MARK: Pictures

    @Test("a picture is well-formed and carries the text, each piece at its column")
    func picture() throws {
        var screen = screen("<a & b>  你好", style: Self.red, cursor: Point(column: 0, row: 2))
        screen.drawBox(Rect(column: 0, row: 1, columns: 20, rows: 2))
        let elements = try XMLElements.parse(SVGPicture.make(screen))
        #expect(elements.first?.name == "svg")
        let texts = elements.filter { $0.name == "text" }
        #expect(texts.map(\.text) == ["<a & b>", "你", "好"])
        #expect(texts.map { $0.attributes["x"] } == ["0", "84", "100.8"])
        #expect(
            texts.first?.attributes == [
                "x": "0", "y": "13", "class": "b", "style": "fill: #e06c75", "textLength": "58.8",
            ])
        #expect(elements.count { $0.name == "path" } == 3, "a row's lines are one path, but for those under the cursor")
    }

    @Test("reverse, the cursor and colours of the ground are drawn as they are on a terminal")
    func grounds() throws {
        var screen = screen("ab", style: .plain.reverse, cursor: Point(column: 1, row: 0))
        screen.draw("x", at: Point(column: 4, row: 0), style: Style(background: .indexed(21)))
        // The first is the ground of the whole picture.
        let grounds = try XMLElements.parse(SVGPicture.make(screen)).filter { $0.name == "rect" }.dropFirst()
        // Under the cursor reversed text is upright.
        #expect(grounds.map { $0.attributes["x"] } == ["0", "33.6"])
        #expect(grounds.map { $0.attributes["fill"] } == ["#d8dee9", "#0000ff"])
    }

    @Test("a film shows each screen at its time, and keeps what is alike once")
    func film() throws {
        var film = SVGFilm(SVGLook())
        film.show(screen("one", "same"), at: .zero)
        film.show(screen("two", "same"), at: .seconds(1))
        film.show(screen("one", "same"), at: .seconds(2))
        let text = film.contents(end: .seconds(5))
        let elements = try XMLElements.parse(text)
        #expect(elements.filter { $0.name == "text" }.map(\.text) == ["one", "same", "two"])
        #expect(elements.filter { $0.name == "use" }.map { $0.attributes["href"] } == ["#r0", "#r1", "#r3", "#r1"])
        #expect(text.contains("animation: film 8.000s step-end infinite"))
        #expect(text.contains("0.000% { transform: translateX(-0px) }"))
        #expect(text.contains("12.500% { transform: translateX(-192px) }"))
        #expect(text.contains("25.000% { transform: translateX(-0px) }"))
    }

    @Test("where nothing is animated, a film shows its last frame")
    func stillFilm() throws {
        var film = SVGFilm(SVGLook())
        film.show(screen("$"), at: .zero)
        film.show(screen("done"), at: .seconds(1))
        let strip = try XMLElements.parse(film.contents(end: .seconds(5))).first { $0.attributes["class"] == "film" }
        #expect(
            strip?.attributes["transform"] == "translate(-192 0)", "two frames side by side, the first one is passed by"
        )
    }

    @Test("colours of the palette are those of xterm")
    func palette() {
        let palette = ScreenPalette.standard
        #expect(palette[16] == RGB(0, 0, 0))
        #expect(palette[21] == RGB(0, 0, 255))
        #expect(palette[208] == RGB(255, 135, 0))
        #expect(palette[231] == RGB(255, 255, 255))
        #expect(palette[232] == RGB(8, 8, 8))
        #expect(palette[255] == RGB(238, 238, 238))
        #expect(RGB(hex: "#0aF10b")?.hex == "#0af10b")
        #expect(RGB(hex: "0af10b") == nil && RGB(hex: "#0af10") == nil && RGB(hex: "#+af10b") == nil)
    }

    // MARK: Recordings

    @Test("screens as text stand under the commands that led to them, without what was typed")
    func text() {
        var text = ScreenText()
        let typing = TapeStep(.type("secret", every: nil), file: "/x/a.tape", at: TapePosition(line: 3, column: 1))
        text.finish(typing, with: screen("one"))
        text.finish(typing, with: screen("one"))
        text.finish(
            TapeStep(.sleep(.seconds(1)), file: "a.tape", at: TapePosition(line: 4, column: 1)), with: screen("two"))
        #expect(
            text.contents(end: .zero)
                == "===== a.tape:3 Type =====\none\n\n\n\n===== a.tape:4 Sleep =====\ntwo\n\n\n\n")
    }

    @Test("hidden time is cut out, and the playback speed makes the rest shorter")
    func hiding() throws {
        var recording = Recording(
            [try #require(RecordingOutput("a.cast"))], size: Size(columns: 20, rows: 4), look: SVGLook(), speed: 2,
            start: .seconds(10))
        try recording.show(screen("one"), at: .seconds(10))
        recording.hide(at: .seconds(12))
        try recording.show(screen("hidden"), at: .seconds(13))
        recording.unhide(at: .seconds(20))
        try recording.show(screen("two"), at: .seconds(24))
        let file = try #require(recording.files(end: .seconds(30)).first)
        let times = file.contents.split(separator: "\n").dropFirst().map { $0.prefix(9) }
        #expect(times == ["[0.000000", "[3.000000", "[6.000000"])
        #expect(!file.contents.contains("hidden"))
    }

    @Test("a recording that grows beyond its limit is broken off")
    func limit() throws {
        var recording = Recording(
            [try #require(RecordingOutput("a.svg"))], size: Size(columns: 20, rows: 4), look: SVGLook(), speed: 1,
            start: .zero, sizeLimit: 10_000)
        #expect(throws: Recording.TooLong.self) {
            for number in 0..<1000 { try recording.show(screen("screen \(number)"), at: .seconds(number)) }
        }
    }

    @Test(
        "what is asked for is made, or what comes nearest, and that is said",
        arguments: [
            ("a.txt", "a.txt", false), ("a.ascii", "a.ascii", false), ("a.cast", "a.cast", false),
            ("dir/a.SVG", "dir/a.SVG", false), ("a.gif", "a.svg", true), ("b/a.webm", "b/a.svg", true),
            ("a.b.mp4", "a.b.svg", true),
        ])
    func outputs(asked: String, written: String, isNoted: Bool) throws {
        let output = try #require(RecordingOutput(asked))
        #expect(output.path == written)
        #expect((output.note != nil) == isNoted)
    }

    @Test("two commands that write the same file are an error, and so is a file of an unknown sort")
    func sameFile() throws {
        func outputs(_ tape: String) throws -> TapeOutputs {
            try TapeOutputs(of: try TapeParser.parse(tape, file: "a.tape"))
        }
        #expect(throws: TapeErrors.self) { try outputs("Output a.gif\nOutput a.svg") }
        #expect(throws: TapeErrors.self) { try outputs("Output a.gif\nScreenshot a.png") }
        #expect(throws: TapeErrors.self) { try outputs("Output a.xyz") }
        let fine = try outputs("Output a.gif\nOutput a.txt\nOutput frames/\nScreenshot b.png")
        #expect(fine.recordings.map(\.path) == ["a.svg", "a.txt"])
        #expect(fine.notes.count == 3)
    }
}

/// As much of a terminal as recordings ask for.
private struct PlainTerminal {
    private var buffer: ScreenBuffer
    private var column = 0
    private var row = 0
    private var style = Style.plain
    private var showsCursor = true

    init(columns: Int, rows: Int) {
        buffer = ScreenBuffer(size: Size(columns: columns, rows: rows))
    }

    var lines: [String] { buffer.lines }
    var styles: [String] { buffer.styleMap.lines }
    var cursor: Point? { showsCursor ? Point(column: column, row: row) : nil }

    mutating func feed(_ output: String) {
        var rest = output.unicodeScalars[...]
        while let first = rest.popFirst() {
            guard first == "\u{1B}" else {
                write(first)
                continue
            }
            let end = rest.dropFirst().firstIndex { $0.properties.isAlphabetic } ?? rest.endIndex
            obey(String(rest[rest.index(after: rest.startIndex)..<end]), rest[end])
            rest = rest[rest.index(after: end)...]
        }
    }

    private mutating func write(_ scalar: Unicode.Scalar) {
        let width = TextWidth.columns(of: scalar)
        if width == 0 {
            let before = Point(column: column - 1, row: row)
            let target = buffer[before].isContinuation ? Point(column: column - 2, row: row) : before
            buffer[target].text.unicodeScalars.append(scalar)
        } else {
            buffer[column, row] = Cell(String(scalar), width: UInt8(width), style: style)
            column += width
        }
    }

    private mutating func obey(_ parameters: String, _ final: Unicode.Scalar) {
        let numbers = parameters.split(separator: ";").compactMap { Int($0) }
        switch final {
        case "H": (row, column) = (numbers[0] - 1, numbers[1] - 1)
        case "J": buffer.fill(buffer.bounds)
        case "h": showsCursor = true
        case "l": showsCursor = false
        case "m": select(numbers)
        default: Issue.record("an unknown sequence: \(parameters)\(final)")
        }
    }

    private mutating func select(_ numbers: [Int]) {
        style = .plain
        var rest = numbers[...]
        while let number = rest.popFirst() {
            switch number {
            case 1: style = style.bold
            case 4: style = style.underline
            case 31: style.foreground = .red
            case 38: style.foreground = .indexed(UInt8(rest.dropFirst().first ?? 0))
            case 48: style.background = .indexed(UInt8(rest.dropFirst().first ?? 0))
            default: continue
            }
            if number == 38 || number == 48 { rest = rest.dropFirst(2) }
        }
    }
}

/// The elements of a document, in the order in which they begin.
private final class XMLElements: NSObject, XMLParserDelegate {
    struct Element {
        var name: String
        var attributes: [String: String]
        var text = ""
    }

    private var elements: [Element] = []
    private var open: [Int] = []

    /// - Throws: where the document is not well-formed.
    static func parse(_ text: String) throws -> [Element] {
        let parser = XMLParser(data: Data(text.utf8))
        let elements = XMLElements()
        parser.delegate = elements
        guard parser.parse() else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
        return elements.elements
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        open.append(elements.count)
        elements.append(Element(name: name, attributes: attributes))
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        if let last = open.last { elements[last].text += text }
    }
}
