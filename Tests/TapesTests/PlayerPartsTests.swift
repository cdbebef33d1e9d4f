import TerminalUI
import Testing

@testable import Tapes

@Suite("What playing a tape is made of")
struct PlayerPartsTests {
    @Test(
        "a command line is cut into words as in a shell",
        arguments: [
            ("greeter-tui", ["greeter-tui"]), ("  a   b ", ["a", "b"]), ("a 'b c' \"d e\"", ["a", "b c", "d e"]),
            ("a 'it'\\''s'", ["a", "it's"]), ("a \"say \\\"hi\\\"\"", ["a", "say \"hi\""]), ("a b\\ c", ["a", "b c"]),
            ("a ''", ["a", ""]), ("--header 'X-A: b'", ["--header", "X-A: b"]),
            ("delay=100ms~50ms", ["delay=100ms~50ms"]),
            ("", []),
        ])
    func words(line: String, words: [String]) throws {
        #expect(try CommandLineWords.split(line) == words)
    }

    @Test(
        "nothing else of a shell is understood",
        arguments: [
            "a | b", "a; b", "a > b", "a $HOME", "a `b`", "a *", "a ~", "# a", "a & b", "a (b)", "a 'b", "a \\",
        ])
    func noShell(line: String) {
        #expect(throws: CommandLineWords.Problem.self) { try CommandLineWords.split(line) }
    }

    @Test(
        "a credential in a command line is masked as it is typed",
        arguments: [
            ("greeter-tui --header 'X-Api-Key: abc'", "greeter-tui --header 'X-Api-Key: [redacted]'"),
            ("greeter-tui --header=\"X-Auth-Token:a b", "greeter-tui --header=\"X-Auth-Token:[redacted]"),
            (
                "--header 'Cookie: x' --header 'X-A: y' --header 'My-Secret: z'",
                "--header 'Cookie: [redacted]' --header 'X-A: y' --header 'My-Secret: [redacted]'"
            ),
            ("--header 'X-Tenant: blue'", "--header 'X-Tenant: blue'"), ("--header", "--header"),
        ])
    func masked(line: String, shown: String) {
        #expect(TapePrompt.masked(line) == shown)
    }

    @Test("the prompt shows what is typed, edited like a field, and the lines before it")
    func prompt() {
        var prompt = TapePrompt()
        for character in "greeter-tu --fault stall" { prompt.press(.character(character)) }
        prompt.press(KeyEvent(.home))
        for _ in 0..<10 { prompt.press(KeyEvent(.right)) }
        prompt.press(.character("i"))
        #expect(prompt.line == "greeter-tui --fault stall")
        let size = Size(columns: 20, rows: 4)
        #expect(prompt.draw(size, glyphs: .unicode).lines == ["> greeter-tui --faul", "t stall", "", ""])
        prompt.finishLine()
        prompt.paste("next")
        let screen = prompt.draw(size, glyphs: .unicode)
        #expect(screen.lines == ["> greeter-tui --faul", "t stall", "> next", ""])
        #expect(screen.cursor == Point(column: 6, row: 2))
        prompt.press(.control("c"))
        #expect(prompt.draw(size, glyphs: .unicode).lines[2] == ">")
    }

    @Test(
        "the size of the screen follows from the settings",
        arguments: [
            ("", 120, 36), ("Set Columns 100", 100, 36), ("Set Columns 100 Set Rows 30", 100, 30),
            // 1200 − 120 pixels in columns of 13.2; 600 − 120 in rows of 29.04.
            ("Set FontSize 22", 81, 16), ("Set Width 800", 51, 16), ("Set Width 800 Set Padding 0", 60, 20),
            ("Set Height 1000 Set LineHeight 2", 81, 15), ("Set Margin 30 Set WindowBar Rings", 77, 13),
            ("Set Width 500 Set Columns 90", 90, 16), ("Set Width 1", 10, 16),
        ])
    func size(tape: String, columns: Int, rows: Int) throws {
        let settings = TapeSettings(of: try TapeParser.parse(tape, file: "a.tape"))
        #expect(settings.screenSize == Size(columns: columns, rows: rows))
    }
}
