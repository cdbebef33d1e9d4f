import RPCCore
import TerminalUI
import Testing

@testable import Tapes

@Suite("The language of tapes")
struct GrammarTests {
    /// One command as it is written, and what it means.
    struct Row: CustomTestStringConvertible, Sendable {
        var text: String
        var command: TapeCommand
        var testDescription: String { text }

        init(_ text: String, _ command: TapeCommand) {
            self.text = text
            self.command = command
        }
    }

    /// Two of its colours are looked at, the rest is as long as it must be.
    private static let catppuccinFrappe: ScreenPalette = {
        // swift-format-ignore: NeverUseForceTry
        let palette = try! ScreenPalette(themeNamed: "Catppuccin Frappe")
        precondition(palette.background == RGB(0x30, 0x34, 0x46) && palette[1] == RGB(0xE7, 0x82, 0x84))
        return palette
    }()

    private func parse(_ text: String) throws -> [TapeCommand] {
        try TapeParser.parse(text, file: "test.tape").map(\.command)
    }

    @Test(
        "text is typed in any quotes, and its pieces are joined by spaces",
        arguments: [
            Row("Type \"echo 'hi'\"", .type("echo 'hi'", every: nil)),
            Row("Type 'say \"hi\"'", .type("say \"hi\"", every: nil)),
            Row("Type `VAR=\"it's\"`", .type("VAR=\"it's\"", every: nil)),
            Row("Type@500ms \"slow\"", .type("slow", every: .milliseconds(500))),
            Row("Type@.1 \"fast\"", .type("fast", every: .milliseconds(100))),
            Row("Type @2 \"spaced\"", .type("spaced", every: .seconds(2))),
            Row("Type one \"two three\" four", .type("one two three four", every: nil)),
            Row("Type \"\"", .type("", every: nil)),
            Row("Type \"# no comment\"", .type("# no comment", every: nil)),
            Row("Type \"你好 🎉\"", .type("你好 🎉", every: nil)),
            Row("Type \"back\\slash\"", .type("back\\slash", every: nil)),
            Row("Copy \"text\"", .copy("text")),
            Row("Subtitle \"a caption\"", .subtitle("a caption")),
            Row("Subtitle \"\"", .subtitle("")),
            Row("Paste", .paste),
        ])
    func text(_ row: Row) throws {
        #expect(try parse(row.text) == [row.command])
    }

    @Test(
        "keys have names, a speed and a count",
        arguments: [
            Row("Enter", .press(KeyEvent(.enter), every: nil, times: 1)),
            Row("Enter 2", .press(KeyEvent(.enter), every: nil, times: 2)),
            Row("Left@500ms 5", .press(KeyEvent(.left), every: .milliseconds(500), times: 5)),
            Row("Tab@1", .press(KeyEvent(.tab), every: .seconds(1), times: 1)),
            Row("Space 10", .press(.character(" "), every: nil, times: 10)),
            Row("Backspace", .press(KeyEvent(.backspace), every: nil, times: 1)),
            Row("Delete", .press(KeyEvent(.delete), every: nil, times: 1)),
            Row("Insert", .press(KeyEvent(.insert), every: nil, times: 1)),
            Row("Escape", .press(KeyEvent(.escape), every: nil, times: 1)),
            Row("Up", .press(KeyEvent(.up), every: nil, times: 1)),
            Row("Down", .press(KeyEvent(.down), every: nil, times: 1)),
            Row("Right", .press(KeyEvent(.right), every: nil, times: 1)),
            Row("PageUp", .press(KeyEvent(.pageUp), every: nil, times: 1)),
            Row("PageDown 3", .press(KeyEvent(.pageDown), every: nil, times: 3)),
            Row("Home", .press(KeyEvent(.home), every: nil, times: 1)),
            Row("End", .press(KeyEvent(.end), every: nil, times: 1)),
            Row("ScrollUp@100ms 3", .scroll(every: .milliseconds(100), times: 3)),
            Row("ScrollDown", .scroll(every: nil, times: 1)),
        ])
    func keys(_ row: Row) throws {
        #expect(try parse(row.text) == [row.command])
    }

    @Test(
        "combinations are what a terminal sends for them",
        arguments: [
            Row("Ctrl+R", .press(.control("r"), every: nil, times: 1)),
            Row("Ctrl+s", .press(.control("s"), every: nil, times: 1)),
            Row("Ctrl+Shift+O", .press(.control("o"), every: nil, times: 1)),
            Row("Ctrl+Alt+P", .press(KeyEvent(.character("p"), [.control, .alt]), every: nil, times: 1)),
            Row("Ctrl+Space", .press(.control(" "), every: nil, times: 1)),
            Row("Ctrl+@", .press(.control(" "), every: nil, times: 1)),
            Row("Ctrl+-", .press(.control("_"), every: nil, times: 1)),
            Row("Ctrl+]", .press(.control("]"), every: nil, times: 1)),
            Row("Ctrl+[", .press(KeyEvent(.escape), every: nil, times: 1)),
            Row("Ctrl+\\", .press(.control("\\"), every: nil, times: 1)),
            Row("Ctrl+^", .press(.control("^"), every: nil, times: 1)),
            Row("Ctrl+I", .press(KeyEvent(.tab), every: nil, times: 1)),
            Row("Ctrl+M", .press(KeyEvent(.enter), every: nil, times: 1)),
            Row("Ctrl+H", .press(KeyEvent(.backspace), every: nil, times: 1)),
            Row("Ctrl+Left", .press(KeyEvent(.left, .control), every: nil, times: 1)),
            Row("Ctrl+Enter", .press(KeyEvent(.enter), every: nil, times: 1)),
            Row("Ctrl+Alt+Enter", .press(KeyEvent(.enter, .alt), every: nil, times: 1)),
            Row("Alt+b", .press(.alt("b"), every: nil, times: 1)),
            Row("Alt+.", .press(.alt("."), every: nil, times: 1)),
            Row("Alt+Enter", .press(KeyEvent(.enter, .alt), every: nil, times: 1)),
            Row("Shift+Tab", .press(KeyEvent(.backTab), every: nil, times: 1)),
            Row("Shift+a", .press(.character("A"), every: nil, times: 1)),
            Row("Shift+Enter", .press(KeyEvent(.enter), every: nil, times: 1)),
        ])
    func combinations(_ row: Row) throws {
        #expect(try parse(row.text) == [row.command])
    }

    @Test(
        "times have units, and are seconds without",
        arguments: [
            Row("Sleep 0.5", .sleep(.milliseconds(500))),
            Row("Sleep .5", .sleep(.milliseconds(500))),
            Row("Sleep 2", .sleep(.seconds(2))),
            Row("Sleep 100ms", .sleep(.milliseconds(100))),
            Row("Sleep 1s", .sleep(.seconds(1))),
            Row("Sleep 1.5 s", .sleep(.milliseconds(1500))),
            Row("Sleep 2m", .sleep(.seconds(120))),
            Row("Sleep 0", .sleep(.zero)),
        ])
    func times(_ row: Row) throws {
        #expect(try parse(row.text) == [row.command])
    }

    @Test(
        "waiting looks at the line or the screen, for a time, for an expression",
        arguments: [
            Row("Wait", .wait(TapeWait())),
            Row("Wait /Ready/", .wait(TapeWait(pattern: try? TextPattern("Ready")))),
            Row("Wait+Line /\\$ $/", .wait(TapeWait(.line, pattern: try? TextPattern("\\$ $")))),
            Row("Wait+Screen /a b/", .wait(TapeWait(.screen, pattern: try? TextPattern("a b")))),
            Row(
                "Wait+Screen@10ms /x/",
                .wait(TapeWait(.screen, timeout: .milliseconds(10), pattern: try? TextPattern("x")))),
            Row("Wait@2m", .wait(TapeWait(timeout: .seconds(120)))),
        ])
    func waiting(_ row: Row) throws {
        #expect(try parse(row.text) == [row.command])
    }

    @Test(
        "settings have values of their own sort",
        arguments: [
            Row("Set Width 1200", .set(TapeSetting(.width, .number(1200)))),
            Row("Set Columns 120", .set(TapeSetting(.columns, .number(120)))),
            Row("Set Rows 36", .set(TapeSetting(.rows, .number(36)))),
            Row("Set FontSize 22", .set(TapeSetting(.fontSize, .number(22)))),
            Row("Set LineHeight 1.8", .set(TapeSetting(.lineHeight, .number(1.8)))),
            Row("Set TypingSpeed 0.1", .set(TapeSetting(.typingSpeed, .time(.milliseconds(100))))),
            Row("Set TypingSpeed 500ms", .set(TapeSetting(.typingSpeed, .time(.milliseconds(500))))),
            Row("Set WaitTimeout 10s", .set(TapeSetting(.waitTimeout, .time(.seconds(10))))),
            Row("Set WaitPattern /ready/", .set(TapeSetting(.waitPattern, .pattern(try! TextPattern("ready"))))),
            Row("Set PlaybackSpeed 2.0", .set(TapeSetting(.playbackSpeed, .number(2)))),
            Row("Set LoopOffset 50%", .set(TapeSetting(.loopOffset, .number(50)))),
            Row("Set LoopOffset 20", .set(TapeSetting(.loopOffset, .number(20)))),
            Row("Set CursorBlink false", .set(TapeSetting(.cursorBlink, .flag(false)))),
            Row("Set WindowBar Colorful", .set(TapeSetting(.windowBar, .text("Colorful")))),
            Row("Set MarginFill \"#674EFF\"", .set(TapeSetting(.marginFill, .text("#674EFF")))),
            Row("Set Shell bash", .set(TapeSetting(.shell, .text("bash")))),
            Row("Set FontFamily \"Fira Code\"", .set(TapeSetting(.fontFamily, .text("Fira Code")))),
            Row("Set Theme \"Catppuccin Frappe\"", .set(TapeSetting(.theme, .palette(Self.catppuccinFrappe)))),
            Row("Set Theme \"catppuccin-frappe\"", .set(TapeSetting(.theme, .palette(Self.catppuccinFrappe)))),
        ])
    func settings(_ row: Row) throws {
        #expect(try parse(row.text) == [row.command])
    }

    @Test(
        "files and names are words, or in quotes",
        arguments: [
            Row("Output demo.gif", .output("demo.gif")),
            Row("Output \"/tmp/a b.txt\"", .output("/tmp/a b.txt")),
            Row("Output frames/", .output("frames/")),
            Row("Output docs/demos/x_1-2.cast", .output("docs/demos/x_1-2.cast")),
            Row("Screenshot shot.png", .screenshot("shot.png")),
            Row("Source setup.tape", .source("setup.tape")),
            Row("Require greeter-tui", .require("greeter-tui")),
            Row("Env NO_COLOR \"1\"", .environment(name: "NO_COLOR", value: "1")),
            Row("Hide", .hide), Row("Show", .show),
        ])
    func files(_ row: Row) throws {
        #expect(try parse(row.text) == [row.command])
    }

    @Test("a theme is given by its colours, over several lines")
    func theme() throws {
        let commands = try parse(
            """
            Set Theme { "name": "Whimsy", "red": "#ef6487",
              "brightPurple": "#AA7FF0", "background": "#29283b", "cursor": "#b3b0d6" }
            Enter
            """)
        #expect(commands.count == 2)
        guard case .set(let setting) = commands.first, case .palette(let palette) = setting.value else {
            Issue.record("no palette: \(commands)")
            return
        }
        #expect(palette[1] == RGB(0xEF, 0x64, 0x87))
        #expect(palette[13] == RGB(0xAA, 0x7F, 0xF0))
        #expect(palette.background == RGB(0x29, 0x28, 0x3B))
        #expect(palette.foreground == ScreenPalette.standard.foreground)
    }

    @Test("commands stand one below the other or side by side, with comments and blank lines between")
    func several() throws {
        let steps = try TapeParser.parse(
            "\u{FEFF}# a comment\r\n\r\nType \"a\" Enter Sleep 1s # and so on\r\n  Ctrl+C\r\n", file: "test.tape")
        #expect(
            steps.map(\.command) == [
                .type("a", every: nil), .press(KeyEvent(.enter), every: nil, times: 1), .sleep(.seconds(1)),
                .press(.control("c"), every: nil, times: 1),
            ])
        #expect(steps.map(\.position.description) == ["3:1", "3:10", "3:16", "4:3"])
    }

    @Test("an empty tape has no commands")
    func empty() throws {
        #expect(try parse("") == [])
        #expect(try parse("# only a comment") == [])
    }
}
