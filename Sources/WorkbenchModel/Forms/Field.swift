/// A field whose text means a value.
struct Field<Value>: Hashable, Sendable {
    var input: FieldInput
    private let format: FieldFormat<Value>

    /// - Parameters:
    ///   - value: What the field says at first; `nil` where it says nothing.
    ///   - hint: What may be written here.
    init(_ label: String, _ value: Value?, _ format: FieldFormat<Value>, hint: String, isPath: Bool = false) {
        self.init(label, text: value.map(format.text) ?? "", format, hint: hint, isPath: isPath)
    }

    init(_ label: String, text: String, _ format: FieldFormat<Value>, hint: String, isPath: Bool = false) {
        self.format = format
        input = FieldInput(label: label, text: text, hint: hint, isPath: isPath, choices: format.choices)
    }

    /// Whether nothing is written in it.
    var isEmpty: Bool { input.text.trimmingSpaces().isEmpty }

    /// The value that its text means; `nil` where it means none, which is noted as its problem.
    mutating func read() -> Value? {
        do {
            let value = try format.read(input.text)
            input.problem = nil
            return value
        } catch {
            input.problem = error.text
            return nil
        }
    }

    /// The value of a field that may mean nothing; `nil` also where its text cannot be read.
    mutating func readOptional<Wrapped>() -> Wrapped? where Value == Wrapped? { read().flatMap { $0 } }
}

/// A field as it is on screen.
public struct FieldInput: Hashable, Sendable {
    public let label: String
    public internal(set) var text: String
    /// What may be written here.
    public let hint: String
    /// Whether the text is the path of a file, which can be looked for.
    public let isPath: Bool
    /// The texts to choose among, where only these are taken.
    public let choices: [String]
    /// Which part of the text may be a secret.
    var secrecy = FieldSecrecy.none
    /// What is wrong with the text.
    public internal(set) var problem: String?

    /// The text as others may see it.
    public var shownText: String { secrecy.shown(text) }
}

extension FieldInput {
    /// The choice that comes so many after the one that stands there, in a circle; `nil` where there are none.
    func choice(after distance: Int) -> String? {
        guard !choices.isEmpty else { return nil }
        let text = text.trimmingSpaces().lowercased()
        guard let present = choices.firstIndex(of: text) else { return distance < 0 ? choices.last : choices.first }
        return choices[((present + distance) % choices.count + choices.count) % choices.count]
    }
}

/// The fields of a part of a form, as those of the form.
func within<Whole, Part>(
    _ part: WritableKeyPath<Whole, Part>, _ order: [WritableKeyPath<Part, FieldInput>]
) -> [WritableKeyPath<Whole, FieldInput>] {
    order.map { part.appending(path: $0) }
}

/// What is wrong with the text of a field: what was expected.
struct FieldProblem: Error {
    let text: String

    init(_ text: String) {
        self.text = text
    }
}

extension String {
    func trimmingSpaces() -> String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
