import Plans
import RPCCore

/// The form of a message of any kind: a row for each of its fields, and for the fields of what is open in it; or all of it as JSON.
///
/// In its list keys are commands; a row that is edited takes what is typed until it is left.
public struct MessageEditor: OverlayComponent {
    /// What is done with the message.
    enum Purpose: Hashable, Sendable {
        case request(RequestForm)
        case records(RecordsForm)
        /// It is sent into the open stream, and stays for the next.
        case send
    }

    /// What takes the keys.
    enum Mode: Hashable, Sendable {
        case rows
        case editing(LineEdit)
        case finding(String)
        case text(EditedText)
    }

    /// What is typed in a row.
    struct LineEdit: Hashable, Sendable {
        var text: String
        /// Whether it is the key of an entry.
        var isKey = false
        /// Whether the entry goes where its key is not typed.
        var isNew = false
        /// Whether the form itself has set what stands there: it stays where nothing is typed, and is not added to.
        var isFresh = false
    }

    /// Where something was set to be looked into.
    struct LookedInto: Hashable, Sendable {
        var root: DraftMessage
        var path: DraftPath
    }

    /// Steps that can be undone.
    private static let undoLimit = 100

    let kind: MessageKind
    var purpose: Purpose
    private(set) var root: DraftMessage
    /// The fields as they came, and what the form has made of them.
    private let original: [WrittenField]
    private let initial: DraftMessage
    public private(set) var selected = 0
    var mode = Mode.rows
    /// What is to be said of what was done last.
    public internal(set) var remark: String?
    /// The row that waits for what a file or the clock has to say.
    var awaited: DraftPath?
    /// What was set only to be looked into, and the message as it was then.
    var lookedInto: LookedInto?
    /// Where bytes are from that were read from files, by their text.
    var files: [String: FileReading] = [:]
    /// What was looked for.
    var sought = ""
    private(set) var rows: [DraftRow] = []
    private var past: [DraftMessage] = []
    private var future: [DraftMessage] = []

    /// - Parameter fields: What is written at first.
    init(_ kind: MessageKind, _ fields: [WrittenField], _ purpose: Purpose) {
        self.kind = kind
        self.purpose = purpose
        original = fields
        let writing = Self.writing(of: purpose)
        root = kind.draft(of: fields, writing)
        initial = root
        initialExtra = extraInputs
        refresh()
    }

    /// The form of a step; `nil` for one that sends nothing.
    /// - Parameters:
    ///   - step: The step as it is, where there is one.
    ///   - template: What the message is like at first.
    init?(_ kind: MessageKind, _ place: StepPlace, _ step: PlanStep?, _ template: RequestTemplate?) {
        let purpose: Purpose
        switch place.kind {
        case .pause: return nil
        case .request: purpose = .request(RequestForm(place, nil, of: [], { _ in "" }))
        case .repetition:
            let repetition: RepeatStep? = if case .repetition(let step)? = step { step } else { nil }
            purpose = .request(RequestForm(place, repetition, of: [], { _ in "" }))
        case .records:
            let records: RecordsStep? = if case .records(let step)? = step { step } else { nil }
            purpose = .records(RecordsForm(place, records, of: []))
        }
        self.init(
            kind, template?.fields.map { WrittenField(name: $0.field.name, text: $0.template.text) } ?? [], purpose)
    }

    private static func writing(of purpose: Purpose) -> Writing {
        switch purpose {
        case .request: .template(fromRecord: false)
        case .records: .template(fromRecord: true)
        case .send: .plain
        }
    }

    var writing: Writing { Self.writing(of: purpose) }

    /// The fields with their texts: those that were not changed as they came.
    var fields: [WrittenField] { kind.fields(of: root, original, initial, writing) }

    /// Whether anything is not as it came.
    var isChanged: Bool {
        if case .text(let text) = mode, text.isChanged { return true }
        return fields != original || extraInputs.map(\.text) != initialExtra.map(\.text)
    }

    private var initialExtra: [FieldInput] = []

    // MARK: What it is to all overlays

    var overlay: Overlay { .message(self) }

    var editedText: String? {
        switch mode {
        case .editing(let edit): edit.text
        case .finding(let text): text
        case .rows, .text: nil
        }
    }

    var focus: Int { selected }

    mutating func edit(_ text: String) -> [Effect] {
        switch mode {
        case .editing(var edit):
            edit.text = text
            mode = .editing(edit)
            remark = nil
        case .finding: find(text)
        case .rows, .text: break
        }
        return []
    }

    mutating func step(by distance: Int, in metrics: PaneMetrics) -> [Effect] {
        if case .text(var text) = mode {
            text.moveLine(by: distance)
            mode = .text(text)
        } else {
            select(selected + distance)
        }
        return []
    }

    func choose(_ index: Int, in state: inout State) -> [Effect] {
        guard case .rows = mode, rows.indices.contains(index) else { return [] }
        var chosen = self
        let isAgain = chosen.selected == index
        chosen.select(index)
        state.replaceOverlay(chosen)
        return isAgain ? state.perform(FormCommand.activate) : []
    }

    func accept(in state: inout State) -> [Effect] { state.perform(FormCommand.activate) }

    // MARK: Rows

    /// How many rows it has.
    public var count: Int { rows.count }

    mutating func select(_ row: Int) {
        selected = max(0, min(row, rows.count - 1))
    }

    var row: DraftRow? { rows.indices.contains(selected) ? rows[selected] : nil }

    /// What the chosen row is about, where that is a value.
    var place: RowPlace? { row.flatMap(place) }

    func place(_ row: DraftRow) -> RowPlace? {
        row.kind == .value ? root.place(row.path, in: kind.root) : nil
    }

    /// Chooses the row of a value, or of what it is in.
    mutating func select(_ path: DraftPath) {
        for length in stride(from: path.count, through: 1, by: -1) {
            let part = Array(path.prefix(length))
            if let index = rows.firstIndex(where: { $0.kind == .value && $0.path == part }) { return select(index) }
        }
    }

    private mutating func refresh() {
        let message = DraftRow.rows(of: root, kind.root, at: [], depth: 0)
        let extra = extraInputs.indices.map { DraftRow(kind: .extra($0), path: [], depth: 0) }
        // A step that reads records begins with its file.
        if case .records = purpose { rows = extra + message } else { rows = message + extra }
        select(selected)
    }

    // MARK: Changes

    /// Changes the message, so that it can be undone.
    mutating func change(_ body: (inout DraftValue) -> Void) {
        let before = root
        arrange(body)
        guard root != before else { return }
        past.append(before)
        if past.count > Self.undoLimit { past.removeFirst() }
        future = []
    }

    /// Changes what is shown of it.
    mutating func arrange(_ body: (inout DraftValue) -> Void) {
        var value = DraftValue.message(root)
        body(&value)
        if case .message(let message) = value { root = message }
        refresh()
    }

    mutating func replace(_ message: DraftMessage) {
        change { $0 = .message(message) }
    }

    mutating func undo() {
        if !restore(from: \.past, keepingIn: \.future) { remark = "nothing to undo" }
    }

    mutating func redo() {
        if !restore(from: \.future, keepingIn: \.past) { remark = "nothing to redo" }
    }

    /// - Returns: whether there was a version to go to.
    private mutating func restore(
        from versions: WritableKeyPath<Self, [DraftMessage]>, keepingIn others: WritableKeyPath<Self, [DraftMessage]>
    ) -> Bool {
        guard let version = self[keyPath: versions].popLast() else { return false }
        self[keyPath: others].append(root)
        root = version
        refresh()
        return true
    }

    // MARK: What is not of the message

    var extraInputs: [FieldInput] {
        switch purpose {
        case .request(let form): form.inputs
        case .records(let form): form.inputs
        case .send: []
        }
    }

    /// The chosen row, where it is the path of a file.
    var chosenPath: Int? {
        guard case .extra(let index)? = row?.kind, extraInputs[index].isPath, isComplete else { return nil }
        return index
    }

    mutating func setExtra(_ index: Int, _ text: String) {
        switch purpose {
        case .request(var form):
            form.edit(index, text)
            _ = form.read()
            purpose = .request(form)
        case .records(var form):
            form.edit(index, text)
            _ = form.read()
            purpose = .records(form)
        case .send: break
        }
    }
}
