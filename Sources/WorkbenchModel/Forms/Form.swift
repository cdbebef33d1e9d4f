public import RPCCore

/// A few text fields and what is done with them.
public struct Form: Hashable, Sendable {
    public enum Purpose: Hashable, Sendable {
        /// A new step, below the chosen one.
        case addStep(StepKind)
        /// The step of this index, counted from 0.
        case editStep(StepKind, index: Int)
        case planSettings
        case sendMessage
        case find(Pane)
        case filter(Direction)
        case filterWire
        case jump(Direction)
        case server
        /// The server to compare the present one with.
        case compare
        case settings
        /// The value of a fault that is written like this: `refuse=N`.
        case fault(form: String)
    }

    public struct Field: Hashable, Sendable {
        public var label: String
        public var text: String
        /// What may be written here.
        public var hint: String
        /// Whether the text is the path of a file, which can be looked for.
        public var isPath: Bool
        /// What is wrong with the text.
        public var problem: String?

        public init(_ label: String, _ text: String = "", hint: String, isPath: Bool = false) {
            self.label = label
            self.text = text
            self.hint = hint
            self.isPath = isPath
        }
    }

    public var purpose: Purpose
    public var fields: [Field]
    /// The field that takes the keys, counted from 0.
    public var focus = 0

    public init(_ purpose: Purpose, fields: [Field]) {
        self.purpose = purpose
        self.fields = fields
    }

    public var title: String {
        switch purpose {
        case .addStep(.records): "Add \(StepKind.records.title)"
        case .addStep(let kind): "Add a \(kind.title)"
        case .editStep(let kind, let index): "Step \(index + 1): \(kind.title)"
        case .planSettings: "The plan's end, flow and chance"
        case .sendMessage: "Send into the stream"
        case .find(let pane): "Find in \(pane.title.lowercased())"
        case .filter(let direction): "Show only what matches in \(direction == .sent ? "sent" : "received")"
        case .filterWire: "Show only what matches on the wire"
        case .jump(let direction): "Go to a message in \(direction == .sent ? "sent" : "received")"
        case .server: "Server"
        case .compare: "Run the plan here and there"
        case .settings: "Settings"
        case .fault(let form): "Order \(form)"
        }
    }

    public mutating func moveFocus(by distance: Int) {
        focus = (focus + distance + fields.count) % fields.count
    }
}

// MARK: - Reading

/// What is wrong with the text of a field: what was expected.
struct FieldProblem: Error {
    let text: String

    init(_ text: String) {
        self.text = text
    }
}

extension Form {
    func text(_ label: String) -> String { fields.first { $0.label == label }?.text ?? "" }

    /// Notes what is wrong with a field.
    mutating func refuse(_ label: String, _ problem: String?) {
        guard let index = fields.firstIndex(where: { $0.label == label }) else { return }
        fields[index].problem = problem
    }

    /// The value of a field. Where its text means none, the problem is noted in the field, and the fallback stands in.
    mutating func read<Value>(
        _ label: String, else fallback: Value, _ read: (String) throws(FieldProblem) -> Value
    ) -> Value {
        do {
            let value = try read(text(label))
            refuse(label, nil)
            return value
        } catch {
            refuse(label, error.text)
            return fallback
        }
    }

    /// The value of a field that may be empty.
    mutating func readOptional<Value>(
        _ label: String, _ read: (String) throws(FieldProblem) -> Value
    ) -> Value? {
        self.read(label, else: nil) { text throws(FieldProblem) in
            text.trimmingSpaces().isEmpty ? nil : try read(text)
        }
    }

    /// Ends the reading of all fields.
    /// - Returns: whether all of them could be read; where not, the first that could not has the focus.
    mutating func isRead() -> Bool {
        guard let index = fields.firstIndex(where: { $0.problem != nil }) else { return true }
        focus = index
        return false
    }
}

// MARK: - A message

extension Form {
    /// A form for one message into an open stream.
    static func message(language: String) -> Form {
        Form(
            .sendMessage,
            fields: [
                Field("name", hint: "enter sends, esc leaves"),
                Field("language", language, hint: Hint.language),
            ])
    }

    /// The request that the name and the language make, as they stand.
    func readRequest() -> HelloRequest {
        let language = text("language")
        return HelloRequest(name: text("name"), language: language.isEmpty ? nil : language)
    }

    /// What several forms say of a field.
    enum Hint {
        static let language = "en zh es fr de ja; empty leaves it out"
    }
}

extension String {
    func trimmingSpaces() -> String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
