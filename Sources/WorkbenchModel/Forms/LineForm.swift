/// A form of one field.
struct LineForm<Value>: FormContent {
    let title: String
    let isPrompt = true
    var field: Field<Value>
    var suggestions: [FormSuggestion] = []
    private(set) var notes: [String] = []
    /// What there is to know, as it is known now.
    var known: (@Sendable (State) -> [String])?
    /// Does what the form is for, with the value and the text that it was read from.
    private let body: @Sendable (inout State, Value, String) throws(FieldProblem) -> [Effect]

    var order: [WritableKeyPath<Self, FieldInput>] { [\.field.input] }

    init(
        _ title: String, _ field: Field<Value>,
        body: @escaping @Sendable (inout State, Value, String) throws(FieldProblem) -> [Effect]
    ) {
        (self.title, self.field, self.body) = (title, field, body)
    }

    mutating func follow(_ state: State) {
        if let known { notes = known(state) }
    }

    mutating func accept(in state: inout State) -> FormOutcome {
        guard let value = field.read() else { return .refused }
        do {
            return .done(try body(&state, value, field.input.text))
        } catch {
            field.input.problem = error.text
            return .refused
        }
    }

    static func == (one: LineForm, other: LineForm) -> Bool {
        one.title == other.title && one.field == other.field && one.notes == other.notes
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(title)
        hasher.combine(field)
    }
}
