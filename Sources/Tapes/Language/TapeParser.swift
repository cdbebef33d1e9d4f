import TerminalUI

/// Reads the commands of a tape: the grammar of charmbracelet/vhs, with its keys, units and quotes.
///
/// A command and what belongs to it stand on one line, which may hold several commands. After an error reading goes on
/// with the next line, so that one reading tells everything that is wrong.
public struct TapeParser {
    let file: String
    var tokens: ArraySlice<TapeToken>
    /// The line of the command that is being read.
    private var line = 0
    /// What was read last.
    private var last: TapeToken

    private init(_ tokens: [TapeToken], file: String) {
        self.file = file
        self.tokens = tokens[...]
        let start = TapePosition(line: 1, column: 1)
        last = TapeToken(kind: .word(""), position: start, end: start)
    }

    /// The commands of a tape, in order.
    /// - Parameter file: What to call the tape in errors.
    /// - Throws: ``TapeErrors`` with everything that is wrong, up to its limit.
    public static func parse(_ text: String, file: String) throws(TapeErrors) -> [TapeStep] {
        var parser = TapeParser(TapeLexer.tokens(of: text), file: file)
        var steps: [TapeStep] = []
        var errors: [TapeError] = []
        while let first = parser.tokens.first, errors.count < TapeErrors.limit {
            do throws(TapeError) {
                steps.append(TapeStep(try parser.command(), file: file, at: first.position))
            } catch {
                errors.append(error)
                parser.skipLine()
            }
        }
        errors += Self.misplaced(in: steps)
        guard errors.isEmpty else { throw TapeErrors(Array(errors.prefix(TapeErrors.limit))) }
        return steps
    }

    /// Settings of the size that come after something was done.
    private static func misplaced(in steps: [TapeStep]) -> [TapeError] {
        let start = steps.firstIndex { !$0.command.isPreparation } ?? steps.endIndex
        return steps[start...].compactMap { step in
            guard case .set(let setting) = step.command, setting.name.decidesSize else { return nil }
            return TapeError(
                file: step.file, at: step.position,
                "Set \(setting.name.rawValue) stands too late: the size is set before the first key is pressed")
        }
    }

    // MARK: Commands

    private mutating func command() throws(TapeError) -> TapeCommand {
        line = tokens.first?.position.line ?? line
        let first = try take("a command")
        guard case .word(let name) = first.kind else {
            throw error(at: first, "expected a command, found \(first.described)")
        }
        if let key = Self.keys[name] { return try press(key) }
        switch name {
        case "Type": return try typing()
        case "Ctrl": return try control()
        case "Alt", "Shift": return try modified(by: name)
        case "ScrollUp", "ScrollDown":
            let every = try speed()
            return .scroll(every: every, times: try count())
        case "Sleep": return .sleep(try time("a time to sleep"))
        case "Wait": return .wait(try wait())
        case "Hide": return .hide
        case "Show": return .show
        case "Set": return .set(try setting())
        case "Output": return .output(try outputPath())
        case "Screenshot": return .screenshot(try screenshotPath())
        case "Source": return .source(try sourcePath())
        case "Require": return .require(try text("the name of a program"))
        case "Env":
            let variable = try text("the name of a variable")
            return .environment(name: variable, value: try text("the value of \(variable), in quotes"))
        case "Copy": return .copy(try words())
        case "Paste": return .paste
        case "Subtitle": return .subtitle(try words())
        default: throw error(at: first, unknown(name, sort: "command", among: Self.commands))
        }
    }

    /// The commands that are no keys.
    private static let otherCommands = [
        "Type", "Ctrl", "Alt", "Shift", "ScrollUp", "ScrollDown", "Sleep", "Wait", "Hide", "Show", "Set", "Output",
        "Screenshot", "Source", "Require", "Env", "Copy", "Paste", "Subtitle",
    ]

    static let commands = otherCommands + keys.keys.sorted()

    // MARK: Tokens

    /// The next token of the command, if it has another.
    var next: TapeToken? {
        guard let token = tokens.first, token.position.line == line else { return nil }
        return token
    }

    /// Takes the next token of the command, if it is this symbol.
    mutating func takes(_ symbol: Character) -> TapeToken? {
        guard let token = next, token.kind == .symbol(symbol) else { return nil }
        skip()
        return token
    }

    /// Takes the next token of the command.
    mutating func take(_ expected: String) throws(TapeError) -> TapeToken {
        guard let token = next else { throw missing(expected) }
        if case .invalid(let reason) = token.kind { throw error(at: token, "expected \(expected), found \(reason)") }
        skip()
        return token
    }

    /// Goes on to the next token.
    mutating func skip() {
        last = tokens.removeFirst()
    }

    private mutating func skipLine() {
        tokens = tokens.drop { $0.position.line <= line }
    }

    // MARK: Errors

    func error(at token: TapeToken, _ message: String) -> TapeError {
        TapeError(file: file, at: token.position, message)
    }

    /// The line ends where something was expected.
    func missing(_ expected: String) -> TapeError {
        TapeError(file: file, at: last.end, "expected \(expected), found the end of the line")
    }
}
