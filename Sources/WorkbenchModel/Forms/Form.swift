/// A few text fields and what is done with them.
public struct Form: OverlayComponent {
    var content: any FormContent
    /// The field that takes the keys, counted from 0.
    public private(set) var focus = 0
    /// Which of the texts entered before is shown, counted from the newest; `nil` for the one that is typed.
    private var recalled: Int?
    private var typed = ""

    init(_ content: any FormContent) {
        self.content = content
    }

    public var title: String { content.title }
    public var fields: [FieldInput] { content.inputs }
    /// Whether it has one field, which can be filled with what was entered before.
    public var isPrompt: Bool { content.isPrompt }

    public static func == (one: Form, other: Form) -> Bool {
        one.focus == other.focus && one.recalled == other.recalled
            && AnyHashable(one.content) == AnyHashable(other.content)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(focus)
        hasher.combine(AnyHashable(content))
    }

    // MARK: What a user does

    var overlay: Overlay { .form(self) }
    var editedText: String? { fields[focus].text }

    mutating func edit(_ text: String) -> [Effect] {
        content.edit(focus, text)
        recalled = nil
        return []
    }

    /// Goes through what was entered before, the newest first, and back to what was being typed.
    mutating func recall(by distance: Int, of entered: [String]) {
        if recalled == nil { typed = fields[focus].text }
        let place = min(max((recalled ?? -1) + distance, -1), entered.count - 1)
        content.edit(focus, place < 0 ? typed : entered[place])
        recalled = place < 0 ? nil : place
    }

    mutating func step(by distance: Int, in metrics: PaneMetrics) -> [Effect] {
        let count = fields.count
        focus = ((focus + distance) % count + count) % count
        return []
    }

    func accept(in state: inout State) -> [Effect] {
        var form = self
        state.overlays.removeLast()
        let effects: [Effect]
        switch form.content.accept(in: &state) {
        case .done(let effects):
            if isPrompt { state.remember(form.fields[0].text, in: title) }
            return effects
        case .refused:
            form.focus = fields.indices.first { form.fields[$0].problem != nil } ?? focus
            effects = []
        case .stays(let more):
            form.focus = 0
            effects = more
        }
        state.overlays.append(.form(form))
        return effects
    }
}

/// What a form is for: its fields, and what is done with them.
protocol FormContent: Hashable, Sendable {
    /// The fields, one below the other.
    var order: [WritableKeyPath<Self, FieldInput>] { get }
    var title: String { get }
    /// Whether it asks for one thing, time and again.
    var isPrompt: Bool { get }

    /// Does what the form is for. The form is gone meanwhile.
    mutating func accept(in state: inout State) -> FormOutcome
}

/// What has become of a form that was accepted.
enum FormOutcome {
    case done([Effect])
    /// It is back, with what is wrong noted in its fields.
    case refused
    /// It is back, for more.
    case stays([Effect])
}

extension FormContent {
    var isPrompt: Bool { false }
    var inputs: [FieldInput] { order.map { self[keyPath: $0] } }

    /// Whether all fields could be read.
    var isRead: Bool { inputs.allSatisfy { $0.problem == nil } }

    mutating func edit(_ field: Int, _ text: String) {
        let path = order[field]
        (self[keyPath: path].text, self[keyPath: path].problem) = (text, nil)
    }
}
