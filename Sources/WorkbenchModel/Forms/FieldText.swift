import RPCCore

/// What the texts of fields mean.
enum FieldText {
    /// A time that may be zero.
    static func pause(_ text: String) throws(FieldProblem) -> Duration {
        guard let duration = Duration(text: text.trimmingSpaces()) else {
            throw FieldProblem("a number and a unit: 100ms, 1.5s, 2m")
        }
        return duration
    }

    /// A time of more than zero.
    static func time(_ text: String) throws(FieldProblem) -> Duration {
        let duration = try pause(text)
        guard duration > .zero else { throw FieldProblem("more than zero, such as 100ms") }
        return duration
    }

    static func count(_ text: String) throws(FieldProblem) -> Int {
        try count(text, atMost: RepeatStep.maximumCount)
    }

    static func unanswered(_ text: String) throws(FieldProblem) -> Int {
        try count(text, atMost: 1_000_000)
    }

    private static func count(_ text: String, atMost limit: Int) throws(FieldProblem) -> Int {
        guard let count = Int(text.trimmingSpaces()), (1...limit).contains(count) else {
            throw FieldProblem("a whole number from 1 to \(limit)")
        }
        return count
    }

    static let endless = "endless"

    /// - Returns: `nil` for `endless`.
    static func repetitions(_ text: String) throws(FieldProblem) -> Int? {
        if text.trimmingSpaces() == endless { return nil }
        do {
            return try count(text)
        } catch {
            throw FieldProblem("\(error.text), or \(endless)")
        }
    }

    static func seed(_ text: String) throws(FieldProblem) -> UInt64 {
        guard let seed = UInt64(text.trimmingSpaces()) else {
            throw FieldProblem("a whole number from 0 to \(UInt64.max)")
        }
        return seed
    }

    /// A part of a whole, from 0 to 1: `20%`, or `0.2`.
    static func fraction(_ text: String) throws(FieldProblem) -> Double {
        let text = text.trimmingSpaces()
        let part = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
        guard let part, (0...1).contains(part) else { throw FieldProblem("a part of 'every' from 0% to 100%") }
        return part
    }

    /// A part of a whole as ``fraction(_:)`` reads it: a percentage where that is exact. Nothing for zero.
    static func text(fraction: Double) -> String {
        let percent = fraction * 100
        if fraction == 0 { return "" }
        if percent / 100 != fraction { return "\(fraction)" }
        return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
    }

    static func template(_ text: String, allowsFields: Bool) throws(FieldProblem) -> Template {
        do {
            return try Template(text, allowsFields: allowsFields)
        } catch {
            throw FieldProblem(error.problem)
        }
    }

    static func pattern(_ text: String) throws(FieldProblem) -> TextPattern {
        do {
            return try TextPattern(text)
        } catch {
            throw FieldProblem("no regular expression: \(error.text)")
        }
    }

    static func conditions(_ text: String) throws(FieldProblem) -> [RecordCondition] {
        do {
            return try RecordCondition.list(parsing: text)
        } catch {
            throw FieldProblem(error.description)
        }
    }

    static func format(_ text: String) throws(FieldProblem) -> RecordFormat {
        guard let format = RecordFormat(rawValue: text.trimmingSpaces().lowercased()) else {
            throw FieldProblem("csv, jsonl, or nothing where the file's name says it")
        }
        return format
    }

    static func kind(_ text: String) throws(FieldProblem) -> CallKind {
        guard let kind = CallKind(rawValue: text.trimmingSpaces().lowercased()) else {
            throw FieldProblem("one of \(CallKind.allCases.map(\.rawValue).joined(separator: ", ")), or nothing")
        }
        return kind
    }

    static func flag(_ text: String) throws(FieldProblem) -> Bool {
        guard let flag = ["yes": true, "y": true, "no": false, "n": false][text.trimmingSpaces().lowercased()] else {
            throw FieldProblem("yes or no")
        }
        return flag
    }
}
