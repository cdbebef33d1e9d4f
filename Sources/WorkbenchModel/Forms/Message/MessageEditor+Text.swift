import Plans
import RPCCore

/// What the keys do where the message is JSON.
extension MessageEditor {
    /// A longer text is checked when it is left, and not at each key.
    private static let checkedBytes = 65_536

    /// What is wrong with the JSON as it is now; `nil` where nothing is, and for a long text.
    public var textFault: TextFault? {
        guard case .text(let text) = mode else { return nil }
        let document = text.text
        return document.utf8.count <= Self.checkedBytes ? kind.fault(in: document, writing) : nil
    }

    mutating func performInText(_ text: EditedText, _ command: FormCommand) {
        var text = text
        remark = nil
        switch command {
        case .text(let change):
            if case .insert(let typed) = change, !text.hasRoom(for: typed) {
                remark = "the text can have \(EditedText.limit >> 20) MiB at most"
                return
            }
            text.change(change)
        case .moveInText(let move): text.move(move)
        case .complete:
            if let completed = complete(text) { text = completed }
        case .undo: text.change(.undo)
        case .redo: text.change(.redo)
        case .toggleText, .leave: return leaveText(text)
        default: return
        }
        mode = .text(text)
    }

    mutating func showText() {
        guard awaited == nil else {
            remark = Self.stillRead
            return
        }
        remark = nil
        mode = .text(EditedText(kind.document(of: root, writing)))
    }

    private static let refusal = "not a form yet"

    /// Whether it was said already why the text, as it stands, cannot be shown as a form.
    var isTextRefused: Bool {
        if case .text = mode { remark?.hasPrefix(Self.refusal) == true } else { false }
    }

    /// Goes back to the form, unless the text is no JSON.
    mutating func leaveText(_ text: EditedText) {
        if !text.isChanged {
            mode = .rows
            return
        }
        let document = text.text
        guard var message = kind.draft(ofDocument: document, writing) else {
            let fault = kind.fault(in: document, writing)
            if let fault {
                var text = text
                text.place(fault.line, fault.column)
                mode = .text(text)
            }
            remark =
                "\(Self.refusal): \(fault.map { "\($0.line + 1):\($0.column + 1): \($0.reason)" } ?? "no JSON object")"
            return
        }
        message.isOpen = root.isOpen
        var value = DraftValue.message(message)
        value.open(like: .message(root))
        if case .message(let opened) = value { message = opened }
        mode = .rows
        replace(message)
        if let fault = kind.fault(in: document, writing) { remark = fault.reason }
    }

    // MARK: Completion

    /// What may stand at the cursor.
    var completion: JSONCompletion? {
        guard case .text(let text) = mode else { return nil }
        return completion(text)
    }

    private func completion(_ text: EditedText) -> JSONCompletion? {
        let before = text.lines.prefix(text.line).joined(separator: "\n")
        guard before.utf8.count <= Self.checkedBytes else { return nil }
        let line = text.lines[text.line].prefix(text.column)
        return JSONCompletion(text.line == 0 ? String(line) : before + "\n" + line, kind)
    }

    /// What is offered at the cursor, for the foot of the form.
    public var candidates: [String] {
        if case .editing(let edit) = mode { return mask(edit)?.candidates ?? [] }
        return completion?.candidates ?? []
    }

    /// Writes the one candidate, or what all of them begin with.
    private mutating func complete(_ text: EditedText) -> EditedText? {
        guard let completion = completion(text), let first = completion.candidates.first else {
            remark = "nothing to complete here"
            return nil
        }
        var common = first
        for candidate in completion.candidates.dropFirst() {
            common = String(zip(common, candidate).prefix { $0 == $1 }.map(\.0))
        }
        let isOnly = completion.candidates.count == 1
        guard isOnly || common.count > completion.begun else { return nil }
        var text = text
        text.complete(replacing: completion.begun, with: isOnly ? first : common)
        guard isOnly else { return text }
        if text.lines[text.line].dropFirst(text.column).first == "\"" {
            text.move(.right)
        } else {
            text.change(.insert("\""))
        }
        return text
    }
}
