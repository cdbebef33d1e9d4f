import Plans
import RPCCore
import Retry

/// What the text of a field means, and how a value is written in it. It follows from the field: of two that are alike otherwise it is the same.
struct FieldFormat<Value>: Hashable, Sendable {
    let read: @Sendable (String) throws(FieldProblem) -> Value
    let text: @Sendable (Value) -> String
    /// The texts that it takes, where there are only some; the empty text is nothing.
    private(set) var choices: [String] = []

    init(
        _ text: @escaping @Sendable (Value) -> String,
        read: @escaping @Sendable (String) throws(FieldProblem) -> Value
    ) {
        (self.text, self.read) = (text, read)
    }

    /// The same, of a few texts.
    func choosing(among choices: [String]) -> FieldFormat {
        var format = self
        format.choices = choices
        return format
    }

    /// A format that knows one problem only. Spaces around a text mean nothing in it.
    init(
        _ text: @escaping @Sendable (Value) -> String, else problem: String,
        read: @escaping @Sendable (String) -> Value?
    ) {
        self.init(text) { text throws(FieldProblem) in
            guard let value = read(text.trimmingSpaces()) else { throw FieldProblem(problem) }
            return value
        }
    }

    /// A format whose reader says what is wrong with a text.
    init<Problem: Error>(
        _ text: @escaping @Sendable (Value) -> String,
        reading read: @escaping @Sendable (String) throws(Problem) -> Value,
        explain: @escaping @Sendable (Problem) -> String
    ) {
        self.init(text) { text throws(FieldProblem) in
            do throws(Problem) {
                return try read(text)
            } catch {
                throw FieldProblem(explain(error))
            }
        }
    }

    static func == (one: FieldFormat, other: FieldFormat) -> Bool { true }
    func hash(into hasher: inout Hasher) {}

    /// Something that may be left out.
    static func optional<Wrapped>(_ format: FieldFormat<Wrapped>) -> FieldFormat where Value == Wrapped? {
        FieldFormat {
            $0.map(format.text) ?? ""
        } read: { text throws(FieldProblem) in
            text.trimmingSpaces().isEmpty ? nil : try format.read(text)
        }.choosing(among: format.choices.isEmpty ? [] : [""] + format.choices)
    }
}

extension FieldFormat where Value: SettingText & RawRepresentable<String> {
    /// One of some words, whatever the case of its letters.
    static func word(else problem: String) -> FieldFormat {
        FieldFormat(\.settingText, else: problem) { Value(settingText: $0.lowercased()) }
            .choosing(among: Value.words)
    }
}

extension FieldFormat where Value: SettingText & LosslessStringConvertible {
    static func number(else problem: String) -> FieldFormat {
        FieldFormat(\.description, else: problem) { Value(settingText: $0) }
    }
}

extension FieldFormat<Int> {
    static func count(atMost limit: Int = RepeatStep.maximumCount) -> FieldFormat {
        FieldFormat(\.description, else: "a whole number from 1 to \(limit)") { text in
            Int(text).flatMap { (1...limit).contains($0) ? $0 : nil }
        }
    }
}

extension FieldFormat<Bool> {
    static func flag(else problem: String = "yes or no") -> FieldFormat {
        FieldFormat({ $0 ? "yes" : "no" }, else: problem) { Bool(settingText: $0) }
            .choosing(among: ["yes", "no"])
    }
}

extension FieldFormat<Duration> {
    /// A time that may be zero.
    static func pause(else problem: String = "a number and a unit: 100ms, 1.5s, 2m") -> FieldFormat {
        FieldFormat(\.exactText, else: problem) { Duration(settingText: $0) }
    }

    static let time = FieldFormat(\.exactText) { text throws(FieldProblem) in
        let duration = try pause().read(text)
        guard duration > .zero else { throw FieldProblem("more than zero, such as 100ms") }
        return duration
    }
}

extension FieldFormat<Duration?> {
    /// How long a call may take, or `none`.
    static let deadline = FieldFormat(
        { $0?.exactText ?? "none" }, else: "a number and a unit, such as 30s, or none"
    ) { text -> Duration?? in
        Duration?(settingText: text.lowercased()).flatMap { $0.flatMap(RetryRule.time) == nil ? .some($0) : nil }
    }
}

extension FieldFormat<Int?> {
    static let endless = "endless"

    /// How often something is sent; `nil` for `endless`.
    static let repetitions = FieldFormat {
        $0.map(String.init) ?? endless
    } read: { text throws(FieldProblem) in
        if text.trimmingSpaces() == endless { return nil }
        do throws(FieldProblem) {
            return try FieldFormat<Int>.count().read(text)
        } catch {
            throw FieldProblem("\(error.text), or \(endless)")
        }
    }
}

extension FieldFormat<Double> {
    /// A part of a whole, from 0 to 1: `20%`, where that is exact, or `0.2`. Nothing for zero.
    static let fraction = FieldFormat(
        { fraction in
            let percent = fraction * 100
            if fraction == 0 { return "" }
            if percent / 100 != fraction { return "\(fraction)" }
            return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
        }, else: "a part of 'every' from 0% to 100%"
    ) { text in
        if text.isEmpty { return 0 }
        let part = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
        return part.flatMap { (0...1).contains($0) ? $0 : nil }
    }
}

extension FieldFormat<String> {
    /// The text as it stands.
    static let verbatim = FieldFormat {
        $0
    } read: { text throws(FieldProblem) in
        text
    }

    /// The address of a server.
    static let address = FieldFormat({ $0 }, reading: checked) { "\($0)" }

    private static func checked(_ address: String) throws(ServerAddressError) -> String {
        _ = try ServerAddress(parsing: address.trimmingSpaces())
        return address.trimmingSpaces()
    }
}

extension FieldFormat<Template?> {
    static func template(allowsFields: Bool) -> FieldFormat {
        FieldFormat({ $0?.text ?? "" }) { text throws(TemplateError) in
            text.isEmpty ? nil : try Template(text, allowsFields: allowsFields)
        } explain: {
            $0.problem
        }
    }
}

extension FieldFormat<TextPattern> {
    static let pattern = FieldFormat(\.text, reading: TextPattern.init) { "no regular expression: \($0.text)" }
}

extension FieldFormat<MessagePattern> {
    /// What is looked for in messages.
    static let messages = FieldFormat(\.text, reading: MessagePattern.init) { "no regular expression: \($0.text)" }
}

extension FieldFormat<[RecordCondition]> {
    static let conditions = FieldFormat(
        { $0.map(\.text).joined(separator: " ") }, reading: RecordCondition.list, explain: \.description)
}

extension FieldFormat<RecordSource> {
    /// The path of a file, or `-`.
    static let records = FieldFormat(
        { source in
            switch source {
            case .file(let path): path
            case .standardInput: "-"
            }
        }, else: "the path of a CSV or JSON Lines file"
    ) { $0.isEmpty ? nil : $0 == "-" ? .standardInput : .file($0) }
}

extension MessagePattern {
    fileprivate var text: String {
        switch self {
        case .text(let text): text
        case .expression(let expression): "/\(expression.text)/"
        }
    }
}
