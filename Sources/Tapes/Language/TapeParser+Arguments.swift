import Foundation
import RPCCore

extension TapeParser {
    /// Times are at most a day.
    static let longestTime = Duration.seconds(86_400)

    // MARK: Times and numbers

    /// `@TIME`, if it stands there.
    mutating func speed() throws(TapeError) -> Duration? {
        guard takes("@") != nil else { return nil }
        return try time("a time")
    }

    /// A time: a number, and `ms`, `s` or `m` behind it; seconds without.
    mutating func time(_ expected: String) throws(TapeError) -> Duration {
        let expected = "\(expected), such as 500ms, 2s or 0.5"
        let token = try take(expected)
        guard case .number(let text) = token.kind else {
            throw error(at: token, "expected \(expected), found \(token.described)")
        }
        var name = "s"
        if let unit = next, unit.isAdjacent(to: token) || Self.unit(unit) != nil {
            skip()
            guard let known = Self.unit(unit) else {
                throw error(at: unit, "expected one of the units ms, s and m, found \(unit.described)")
            }
            name = known
        }
        _ = try number(text, at: token)
        guard let time = Duration(text: text + name), time <= Self.longestTime else {
            throw error(at: token, "a time is at most a day (1440m)")
        }
        return .milliseconds(time.rounded(to: .milliseconds(1)))
    }

    private static func unit(_ token: TapeToken) -> String? {
        guard case .word(let name) = token.kind, ["ms", "s", "m"].contains(name) else { return nil }
        return name
    }

    /// How often, if it stands there; once without.
    mutating func count() throws(TapeError) -> Int {
        guard let token = next, case .number(let text) = token.kind else { return 1 }
        skip()
        guard let count = Int(text), (1...10_000).contains(count) else {
            throw error(at: token, "a key is pressed from 1 to 10000 times, not \(text.prefix(40))")
        }
        return count
    }

    func number(_ text: String, at token: TapeToken) throws(TapeError) -> Double {
        guard let number = Double(text), number.isFinite else {
            throw error(at: token, "'\(text.prefix(40))' is no number")
        }
        return number
    }

    // MARK: Text

    /// One text, in quotes or a plain word.
    mutating func text(_ expected: String) throws(TapeError) -> String {
        let token = try take(expected)
        switch token.kind {
        case .text(let text), .word(let text): return text
        default: throw error(at: token, "expected \(expected), found \(token.described)")
        }
    }

    /// Texts, with a space between two. A word that is a command ends them.
    mutating func words() throws(TapeError) -> String {
        var words: [String] = []
        while let token = next {
            switch token.kind {
            case .text(let text): words.append(text)
            case .word(let word) where !Self.commands.contains(word): words.append(word)
            case .word where !words.isEmpty: return words.joined(separator: " ")
            default: throw error(at: token, "expected text in quotes, found \(token.described)")
            }
            skip()
        }
        guard !words.isEmpty else { throw missing("text in quotes") }
        return words.joined(separator: " ")
    }

    mutating func pattern() throws(TapeError) -> TextPattern {
        let expected = "an expression such as /Ready/"
        let token = try take(expected)
        guard case .expression(let text) = token.kind else {
            throw error(at: token, "expected \(expected), found \(token.described)")
        }
        do throws(TextPattern.Problem) {
            return try TextPattern(text)
        } catch {
            throw self.error(at: token, "/\(text.prefix(80))/ is no regular expression: \(error.text)")
        }
    }

    // MARK: Waiting

    /// `Wait[+Screen|+Line][@TIME] [/EXPRESSION/]`
    mutating func wait() throws(TapeError) -> TapeWait {
        var wait = TapeWait()
        if takes("+") != nil {
            let expected = "Screen or Line after Wait+"
            let token = try take(expected)
            guard case .word(let name) = token.kind else {
                throw error(at: token, "expected \(expected), found \(token.described)")
            }
            guard let scope = TapeWait.Scope(rawValue: name) else {
                throw error(
                    at: token,
                    unknown(name, sort: "part to wait for", among: TapeWait.Scope.allCases.map(\.rawValue)))
            }
            wait.scope = scope
        }
        if let at = takes("@") {
            let timeout = try time("a time")
            guard timeout > .zero else { throw error(at: at, "a Wait lasts longer than nothing") }
            wait.timeout = timeout
        }
        if let token = next, !isCommand(token) { wait.pattern = try pattern() }
        return wait
    }

    private func isCommand(_ token: TapeToken) -> Bool {
        if case .word(let word) = token.kind { Self.commands.contains(word) } else { false }
    }

    // MARK: Files

    mutating func outputPath() throws(TapeError) -> String {
        let (path, token) = try path("a file for the recording, such as demo.txt or demo.gif")
        guard path.hasSuffix("/") || !Self.pathExtension(path).isEmpty else {
            throw error(at: token, "'\(path.prefix(80))' has no extension, and a folder's name ends with /")
        }
        return path
    }

    mutating func screenshotPath() throws(TapeError) -> String {
        let (path, token) = try path("a file for the screen, such as screen.png")
        guard ["png", "svg", "txt"].contains(Self.pathExtension(path)) else {
            throw error(at: token, "a screenshot's file ends with .png, .svg or .txt, not as in '\(path.prefix(80))'")
        }
        return path
    }

    mutating func sourcePath() throws(TapeError) -> String {
        let (path, token) = try path("a tape, such as setup.tape")
        guard Self.pathExtension(path) == "tape" else {
            throw error(at: token, "a tape's file ends with .tape, not as in '\(path.prefix(80))'")
        }
        return path
    }

    private mutating func path(_ expected: String) throws(TapeError) -> (path: String, token: TapeToken) {
        guard let token = next else { throw missing(expected) }
        if case .expression = token.kind {
            throw error(at: token, "expected \(expected); a path that begins with / is quoted")
        }
        return (try text(expected), token)
    }

    private static func pathExtension(_ path: String) -> String {
        URL(fileURLWithPath: path).pathExtension.lowercased()
    }

    // MARK: Names

    /// What to say of a name that is not known.
    func unknown(_ name: String, sort: String, among names: [String]) -> String {
        let problem = "'\(name.prefix(40))' is no \(sort)"
        let limit = min(NearestName.slip, name.count / 2)
        guard let nearest = NearestName.of(name, among: names, within: limit) else {
            return "\(problem); expected one of \(names.joined(separator: ", "))"
        }
        return "\(problem); did you mean '\(nearest)'?"
    }
}
