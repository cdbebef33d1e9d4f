extension TapeParser {
    /// `Set NAME VALUE`
    mutating func setting() throws(TapeError) -> TapeSetting {
        let expected = "a setting such as Columns"
        let token = try take(expected)
        guard case .word(let text) = token.kind else {
            throw error(at: token, "expected \(expected), found \(token.described)")
        }
        guard let name = TapeSetting.Name(rawValue: text) else {
            let names = TapeSetting.Name.allCases.map(\.rawValue)
            throw error(at: token, unknown(text, sort: "setting", among: names))
        }
        return TapeSetting(name, try value(of: name))
    }

    private mutating func value(of name: TapeSetting.Name) throws(TapeError) -> TapeSetting.Value {
        switch name.form {
        case .number(let range, let isWhole): .number(try number(in: range, isWhole: isWhole))
        case .time: .time(try time("a time"))
        case .share: .number(try share())
        case .text: .text(try text("text in quotes"))
        case .flag: .flag(try flag())
        case .colour: .text(try colour())
        case .choice(let words): .text(try choice(words))
        case .theme: try theme()
        case .pattern: .pattern(try pattern())
        }
    }

    private mutating func number(in range: ClosedRange<Double>, isWhole: Bool) throws(TapeError) -> Double {
        let bounds = "\(Self.plain(range.lowerBound)) to \(Self.plain(range.upperBound))"
        let expected = "a \(isWhole ? "whole " : "")number from \(bounds)"
        let token = try take(expected)
        guard case .number(let text) = token.kind else {
            throw error(at: token, "expected \(expected), found \(token.described)")
        }
        let number = try number(text, at: token)
        guard range.contains(number), !isWhole || number == number.rounded() else {
            throw error(at: token, "expected \(expected), found \(token.described)")
        }
        return number
    }

    private static func plain(_ number: Double) -> String {
        number == number.rounded() ? String(Int(number)) : String(number)
    }

    private mutating func share() throws(TapeError) -> Double {
        let number = try number(in: 0...1_000_000, isWhole: false)
        _ = takes("%")
        return number
    }

    private mutating func flag() throws(TapeError) -> Bool {
        try choice(["true", "false"]) == "true"
    }

    private mutating func choice(_ words: [String]) throws(TapeError) -> String {
        let expected = "one of \(words.joined(separator: ", "))"
        let token = try take(expected)
        switch token.kind {
        case .word(let word) where words.contains(word), .text(let word) where words.contains(word): return word
        default: throw error(at: token, "expected \(expected), found \(token.described)")
        }
    }

    /// `#674EFF` in quotes, or a file with a picture.
    private mutating func colour() throws(TapeError) -> String {
        let token = next
        let text = try text("a colour such as \"#674EFF\"")
        if let token, text.hasPrefix("#"), RGB(hex: text) == nil {
            throw error(at: token, "expected a colour such as \"#674EFF\", found \(token.described)")
        }
        return text
    }

    /// A theme by name, or its colours as JSON.
    private mutating func theme() throws(TapeError) -> TapeSetting.Value {
        let expected = "a theme: its name in quotes, or its colours as JSON"
        let token = try take(expected)
        do throws(ScreenPalette.Problem) {
            switch token.kind {
            case .json(let json): return .palette(try ScreenPalette(json: json))
            case .text(let name), .word(let name): return .palette(try ScreenPalette(themeNamed: name))
            default: throw ScreenPalette.Problem(text: "expected \(expected), found \(token.described)")
            }
        } catch {
            throw self.error(at: token, error.text)
        }
    }
}
