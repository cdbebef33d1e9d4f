/// A few text fields and what is done with them.
public struct Form: OverlayComponent {
    var content: any FormContent
    /// Whether something was typed since it was opened.
    private var isTyped = false
    /// Whether something was typed into the field that has the focus since it has it.
    private var isBeingTyped = false
    /// The field that takes the keys, counted from 0.
    public fileprivate(set) var focus = 0
    /// Which of the texts entered before is shown, counted from the newest; `nil` for the one that is typed.
    private var recalled: Int?
    private var typed = ""
    /// What its fields said at first.
    private var initial: [String]

    init(_ content: any FormContent) {
        self.content = content
        initial = content.inputs.map(\.text)
    }

    public var title: String { content.title }
    public var fields: [FieldInput] { content.inputs }
    /// Whether it has one field, which can be filled with what was entered before.
    public var isPrompt: Bool { content.isPrompt }
    /// What is offered for the field, as far as it has what was typed in it.
    public var suggestions: [FormSuggestion] {
        guard isTyped, !typed.isEmpty else { return content.suggestions }
        let typed = typed.trimmingSpaces().lowercased()
        return content.suggestions.filter { "\($0.text) \($0.detail)".lowercased().contains(typed) }
    }

    /// Which of ``suggestions`` stands in the field, counted from 0.
    public var chosenSuggestion: Int? { content.suggestions.isEmpty ? nil : recalled }
    /// What there is to know, a line each.
    public var notes: [String] { content.notes }
    /// Whether what is set in it can be kept for later runs of the program.
    public var canBeKept: Bool { content.canBeKept }

    /// Whether something was typed into it that would be lost. What was typed into a prompt is typed again soon.
    var isChanged: Bool { !isPrompt && fields.map(\.text) != initial }

    public static func == (one: Form, other: Form) -> Bool {
        one.focus == other.focus && one.recalled == other.recalled && one.isBeingTyped == other.isBeingTyped
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
        (recalled, typed, isTyped, isBeingTyped) = (nil, text, true, true)
        return []
    }

    /// Goes through what was entered before, the newest first, and back to what was being typed.
    mutating func recall(by distance: Int, of entered: [String]) {
        if recalled == nil { typed = fields[focus].text }
        let place = min(max((recalled ?? -1) + distance, -1), entered.count - 1)
        content.edit(focus, place < 0 ? typed : entered[place])
        recalled = place < 0 ? nil : place
    }

    /// Puts another choice into the field that has the focus.
    mutating func choose(by distance: Int) {
        guard let choice = fields[focus].choice(after: distance) else { return }
        _ = edit(choice)
    }

    /// Asks where something would be lost.
    func leave(in state: inout State) -> [Effect] {
        if content.putAway(in: &state) || !isChanged { return state.dismissOverlay() }
        return state.open(Question.leaving("What was typed is not kept yet."))
    }

    /// Whether the text of a field is shown as it is: a secret is, as long as it is being typed.
    public func shows(_ field: Int) -> Bool {
        isBeingTyped && field == focus || fields[field].shownText == fields[field].text
    }

    /// Shows what is known now.
    mutating func follow(_ state: State) { content.follow(state) }

    mutating func step(by distance: Int, in metrics: PaneMetrics) -> [Effect] {
        let count = fields.count
        focus = ((focus + distance) % count + count) % count
        isBeingTyped = false
        return []
    }

    /// Takes what is offered.
    func choose(_ index: Int, in state: inout State) -> [Effect] {
        guard suggestions.indices.contains(index) else { return [] }
        var form = self
        form.content.edit(focus, suggestions[index].text)
        return form.accept(in: &state)
    }

    func accept(in state: inout State) -> [Effect] { accept(in: &state, isKept: false) }

    /// - Parameter isKept: Whether what is set is kept for later runs of the program, where that can be.
    func accept(in state: inout State, isKept: Bool) -> [Effect] {
        guard !isKept || canBeKept else { return [] }
        var form = self
        state.overlays.removeLast()
        let effects: [Effect]
        switch isKept ? form.content.keep(in: &state) : form.content.accept(in: &state) {
        case .done(let effects):
            if isPrompt { state.remember(form.fields[0].text, in: title) }
            return effects
        case .refused:
            form.focusOnProblem()
            effects = []
        case .waits(let more): effects = more
        case .stays(let more):
            form.focus = 0
            form.initial = form.fields.map(\.text)
            effects = more
        }
        state.overlays.append(.form(form))
        return effects
    }
}

extension Form {
    /// Goes to the first field that has a problem.
    mutating func focusOnProblem() {
        focus = fields.indices.first { fields[$0].problem != nil } ?? focus
        isBeingTyped = false
    }
}

/// Something that is offered for a field.
public struct FormSuggestion: Hashable, Sendable {
    /// What stands in the field then.
    public var text: String
    /// More about it.
    public var detail: String

    init(_ text: String, _ detail: String) {
        self.text = text
        self.detail = detail
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
    /// The same, and what is set holds in later runs of the program, too.
    mutating func keep(in state: inout State) -> FormOutcome
    var canBeKept: Bool { get }
    /// What is offered for its only field.
    var suggestions: [FormSuggestion] { get }
    /// What there is to know, a line each.
    var notes: [String] { get }
    /// Takes over what is to be known now.
    mutating func follow(_ state: State)
    /// Puts what was typed away, for when the form is opened again.
    /// - Returns: whether it does so; otherwise somebody is asked before it is lost.
    func putAway(in state: inout State) -> Bool
}

/// What has become of a form that was accepted.
enum FormOutcome {
    case done([Effect])
    /// It is back, with what is wrong noted in its fields.
    case refused
    /// It is back, for more.
    case stays([Effect])
    /// It is back as it was, until somebody has answered.
    case waits([Effect])
}

extension FormContent {
    var isPrompt: Bool { false }
    var canBeKept: Bool { false }
    var suggestions: [FormSuggestion] { [] }
    var notes: [String] { [] }
    mutating func follow(_ state: State) {}
    func putAway(in state: inout State) -> Bool { false }
    mutating func keep(in state: inout State) -> FormOutcome { accept(in: &state) }
    var inputs: [FieldInput] { order.map { self[keyPath: $0] } }

    /// Whether all fields could be read.
    var isRead: Bool { inputs.allSatisfy { $0.problem == nil } }

    mutating func edit(_ field: Int, _ text: String) {
        let path = order[field]
        (self[keyPath: path].text, self[keyPath: path].problem) = (text, nil)
    }
}
