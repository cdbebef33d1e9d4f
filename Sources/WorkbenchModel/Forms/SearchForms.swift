import RPCCore

/// A form for what is to be looked for in a pane.
struct FindForm: FormContent {
    let pane: Pane
    var text: Field<MessagePattern>

    static var order: [WritableKeyPath<Self, FieldInput>] { [\.text.input] }

    init(_ pane: Pane, text: String) {
        self.pane = pane
        self.text = Field("text", text: text, .messages, hint: hint)
    }

    var title: String { "Find in \(pane.title.lowercased())" }

    mutating func accept(in state: inout State) -> FormOutcome {
        guard text.read() != nil else { return .refused }
        state.pattern = text.input.text
        return .done(text.input.text.isEmpty ? [] : state.find(in: pane, forward: true, includingSelected: true))
    }
}

/// A form for what a pane of messages is narrowed to.
struct FilterForm: FormContent {
    let direction: Direction
    var text: Field<MessagePattern>

    static var order: [WritableKeyPath<Self, FieldInput>] { [\.text.input] }

    init(_ direction: Direction, text: String) {
        self.direction = direction
        self.text = Field("text", text: text, .messages, hint: "\(hint); nothing: all")
    }

    var title: String { "Show only what matches in \(direction == .sent ? "sent" : "received")" }

    mutating func accept(in state: inout State) -> FormOutcome {
        guard let pattern = text.read() else { return .refused }
        return .done(state.filter(direction, by: text.input.text, pattern))
    }
}

/// A form for what the wire pane is narrowed to.
struct WireFilterForm: FormContent {
    var text: Field<MessagePattern>

    static var order: [WritableKeyPath<Self, FieldInput>] { [\.text.input] }

    init(text: String) {
        self.text = Field("text", text: text, .messages, hint: "s1, DATA, stalled, or /^GOAWAY|RST/; nothing: all")
    }

    var title: String { "Show only what matches on the wire" }

    mutating func accept(in state: inout State) -> FormOutcome {
        guard let pattern = text.read() else { return .refused }
        return .done(state.filterWire(by: text.input.text, pattern))
    }
}

/// A form for the message to go to.
struct JumpForm: FormContent {
    let direction: Direction
    var message = Field("message", "", .verbatim, hint: jumpHint)

    static var order: [WritableKeyPath<Self, FieldInput>] { [\.message.input] }

    var title: String { "Go to a message in \(direction == .sent ? "sent" : "received")" }

    mutating func accept(in state: inout State) -> FormOutcome {
        do {
            return .done(try state.jump(to: message.input.text.trimmingSpaces(), in: direction))
        } catch {
            message.input.problem = error.text
            return .refused
        }
    }
}

private let hint = "letters of either case; an expression between slashes: /^Hi/"
private let jumpHint = "a number, +2.5s from the start, or 12:03:04 on the clock"

extension State {
    /// Goes where a text says.
    fileprivate mutating func jump(to text: String, in direction: Direction) throws(FieldProblem) -> [Effect] {
        if let number = Int(text), number > 0 {
            let list = list(of: direction == .sent ? .sent : .received)
            let count = (direction == .sent ? call?.progress.sent : call?.progress.received) ?? 0
            guard number <= count else { throw FieldProblem("the last message is number \(count)") }
            return goTo(filters[direction] == nil ? max(number, list.lowerBound + 1) : number, in: direction)
        }
        guard let call, let moment = CallMoment(text) else { throw FieldProblem(jumpHint) }
        return [.search(.jump(direction, callID: call.id, to: moment))]
    }
}
