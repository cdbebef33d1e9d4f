import RPCCore

/// What the text of a field means, and how a value is written in it.
struct FieldFormat<Value>: Sendable {
    let read: @Sendable (String) throws(FieldProblem) -> Value
    let text: @Sendable (Value) -> String

    init(
        _ text: @escaping @Sendable (Value) -> String,
        read: @escaping @Sendable (String) throws(FieldProblem) -> Value
    ) {
        self.text = text
        self.read = read
    }

    /// Something that may be left out.
    static func optional<Wrapped>(_ format: FieldFormat<Wrapped>) -> FieldFormat where Value == Wrapped? {
        FieldFormat {
            $0.map(format.text) ?? ""
        } read: { text throws(FieldProblem) in
            text.trimmingSpaces().isEmpty ? nil : try format.read(text)
        }
    }

    /// One of some words, whatever the case of its letters.
    /// - Parameter problem: What is said of any other.
    static func word(else problem: String) -> FieldFormat where Value: RawRepresentable<String> & Sendable {
        FieldFormat(\.rawValue) { text throws(FieldProblem) in
            guard let value = Value(rawValue: text.trimmingSpaces().lowercased()) else { throw FieldProblem(problem) }
            return value
        }
    }
}

extension FieldFormat where Value: LosslessStringConvertible & Sendable {
    /// Any number.
    /// - Parameter problem: What is said of anything else.
    static func number(else problem: String) -> FieldFormat {
        FieldFormat(\.description) { text throws(FieldProblem) in
            guard let number = Value(text.trimmingSpaces()) else { throw FieldProblem(problem) }
            return number
        }
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
    static let address = FieldFormat {
        $0
    } read: { text throws(FieldProblem) in
        do {
            _ = try ServerAddress(parsing: text.trimmingSpaces())
            return text.trimmingSpaces()
        } catch {
            throw FieldProblem("\(error)")
        }
    }
}

extension FieldFormat<Duration> {
    /// A time that may be zero.
    static func pause(else problem: String = "a number and a unit: 100ms, 1.5s, 2m") -> FieldFormat {
        FieldFormat(\.exactText) { text throws(FieldProblem) in
            guard let duration = Duration(text: text.trimmingSpaces()) else { throw FieldProblem(problem) }
            return duration
        }
    }

    /// A time of more than zero.
    static let time = FieldFormat(\.exactText) { text throws(FieldProblem) in
        let duration = try pause().read(text)
        guard duration > .zero else { throw FieldProblem("more than zero, such as 100ms") }
        return duration
    }
}

extension FieldFormat<Int> {
    static func count(atMost limit: Int = RepeatStep.maximumCount) -> FieldFormat {
        FieldFormat(\.description) { text throws(FieldProblem) in
            guard let count = Int(text.trimmingSpaces()), (1...limit).contains(count) else {
                throw FieldProblem("a whole number from 1 to \(limit)")
            }
            return count
        }
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
    static let fraction = FieldFormat { fraction in
        let percent = fraction * 100
        if fraction == 0 { return "" }
        if percent / 100 != fraction { return "\(fraction)" }
        return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
    } read: { text throws(FieldProblem) in
        let text = text.trimmingSpaces()
        if text.isEmpty { return 0 }
        let part = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
        guard let part, (0...1).contains(part) else { throw FieldProblem("a part of 'every' from 0% to 100%") }
        return part
    }
}

extension FieldFormat<Bool> {
    static func flag(else problem: String = "yes or no") -> FieldFormat {
        FieldFormat {
            $0 ? "yes" : "no"
        } read: { text throws(FieldProblem) in
            let words = ["yes": true, "y": true, "no": false, "n": false]
            guard let flag = words[text.trimmingSpaces().lowercased()] else { throw FieldProblem(problem) }
            return flag
        }
    }
}

extension FieldFormat<Template?> {
    static func template(allowsFields: Bool) -> FieldFormat {
        FieldFormat {
            $0?.text ?? ""
        } read: { text throws(FieldProblem) in
            guard !text.isEmpty else { return nil }
            do throws(TemplateError) {
                return try Template(text, allowsFields: allowsFields)
            } catch {
                throw FieldProblem(error.problem)
            }
        }
    }
}

extension FieldFormat<TextPattern> {
    static let pattern = FieldFormat(\.text) { text throws(FieldProblem) in
        do throws(TextPattern.Problem) {
            return try TextPattern(text)
        } catch {
            throw FieldProblem("no regular expression: \(error.text)")
        }
    }
}

extension FieldFormat<MessagePattern> {
    /// What is looked for in messages.
    static let messages = FieldFormat { pattern in
        switch pattern {
        case .text(let text): text
        case .expression(let expression): "/\(expression.text)/"
        }
    } read: { text throws(FieldProblem) in
        do throws(TextPattern.Problem) {
            return try MessagePattern(parsing: text)
        } catch {
            throw FieldProblem("no regular expression: \(error.text)")
        }
    }
}

extension FieldFormat<[RecordCondition]> {
    static let conditions = FieldFormat {
        $0.map(\.text).joined(separator: " ")
    } read: { text throws(FieldProblem) in
        do throws(ConditionError) {
            return try RecordCondition.list(parsing: text)
        } catch {
            throw FieldProblem(error.description)
        }
    }
}
