import RPCCore

/// A row of a message's form, as it is drawn. Nothing in it is made safe for a terminal yet.
public struct FormLine: Hashable, Sendable {
    public enum Mark: Hashable, Sendable {
        case none, unset, set, required
    }

    public var depth: Int
    public var label: String
    public var type = ""
    public var mark = Mark.none
    public var value = ""
    /// Whether what it holds is shown below it; `nil` where it holds nothing.
    public var isOpen: Bool?
    /// What is wrong with it.
    public var problem: String?
    /// Whether it is a word of the form, and no field.
    public var isFaint = false
}

/// What the form is like now.
public enum FormMode: Hashable, Sendable {
    case rows
    /// Something is typed into the chosen row: a value, or a key.
    case editing(isKey: Bool)
    case finding
    case text(EditedText)
}

extension MessageEditor {
    public var formMode: FormMode {
        switch mode {
        case .rows: .rows
        case .editing(let edit): .editing(isKey: edit.isKey)
        case .finding: .finding
        case .text(let text): .text(text)
        }
    }

    /// Whether the message is sent, and not kept in the plan.
    public var isSent: Bool { purpose == .send }

    public var title: String {
        switch purpose {
        case .request(let form): form.title
        case .records(let form): form.title
        case .send: "Send into the stream"
        }
    }

    /// The full name of the message.
    public var messageName: String { kind.root.shape.name }

    /// Characters of a value that are drawn at most.
    private static let shownLength = 400

    /// One row, counted from 0.
    public func line(_ index: Int) -> FormLine {
        let row = rows[index]
        switch row.kind {
        case .value: return place(row).map { line(of: $0, row) } ?? FormLine(depth: row.depth, label: "")
        case .oneof(let oneof): return line(ofOneof: oneof, row)
        case .fold(let count):
            return FormLine(depth: row.depth, label: "\(count) more", value: "not set", isOpen: false, isFaint: true)
        case .type:
            let url = root.node(row.path, in: kind.root)?.message.typeURL
            return FormLine(
                depth: row.depth, label: "@type", mark: url == nil ? .required : .set,
                value: url.map(NodeShape.typeName) ?? "enter chooses the type")
        case .other(let other):
            let member = root.node(row.path, in: kind.root)?.message.others[other]
            return FormLine(
                depth: row.depth, label: member?.name ?? "", mark: .set,
                value: String(member?.value.json(writing).prefix(Self.shownLength) ?? ""),
                problem: "the message has no such field, or has it twice")
        case .unknown: return line(ofUnknown: row)
        case .extra(let extra):
            let input = extraInputs[extra]
            return FormLine(
                depth: 0, label: input.label, mark: input.text.isEmpty ? .unset : .set, value: input.text,
                problem: input.problem, isFaint: true)
        }
    }

    private func line(ofUnknown row: DraftRow) -> FormLine {
        let text = root.node(row.path, in: kind.root)?.message.unknown ?? ""
        let lines = kind.root.shape.lines(ofUnknown: text)
        return FormLine(
            depth: row.depth, label: lines.count.counted("unknown field", "unknown fields"), type: "kept", mark: .set,
            value: String(lines.joined(separator: "  ").prefix(Self.shownLength)),
            problem: lines.isEmpty ? "these are no fields in the wire format" : nil)
    }

    private func line(of place: RowPlace, _ row: DraftRow) -> FormLine {
        let label: String
        switch place.part {
        case .element(let index): label = "[\(index)]"
        case .entry: label = "\"\(place.key ?? "")\""
        case .field, nil: label = place.field.name
        }
        let isRequired = place.field.presence == .required && place.part == nil
        return FormLine(
            depth: row.depth, label: label, type: place.part == nil ? Self.short(place.field.typeText) : "",
            mark: place.value != nil ? .set : isRequired ? .required : .unset,
            value: place.value.map { text(of: $0, place) } ?? unsetText(place), isOpen: place.value?.isOpen,
            problem: place.value == nil ? nil : problem(place), isFaint: place.value == nil)
    }

    /// A type without the names of packages.
    private static func short(_ type: String) -> String {
        var words: [String] = []
        for word in type.split(separator: " ", omittingEmptySubsequences: false) {
            let (open, rest) = word.hasPrefix("map<") ? ("map<", word.dropFirst(4)) : ("", word[...])
            words.append(open + (rest.split(separator: ".").last.map(String.init) ?? String(rest)))
        }
        return words.joined(separator: " ")
    }

    private func unsetText(_ place: RowPlace) -> String {
        if let text = place.field.defaultText, !text.isEmpty { return "default \(text)" }
        return ""
    }

    private func text(of value: DraftValue, _ place: RowPlace) -> String {
        switch value {
        case .message(let message):
            let type = message.typeURL.map { NodeShape.typeName(inURL: $0) + " " } ?? ""
            return message.isOpen ? type : type + (message.fields.isEmpty ? "{}" : "{… \(message.fields.count) set}")
        case .list(let list): return "[\(list.elements.count)]"
        case .map(let map): return "{\(map.entries.count)}"
        case .raw(let json): return String(json.prefix(Self.shownLength))
        case .leaf(let text): return leafText(text, place.field.value.unwrapped)
        }
    }

    private func leafText(_ text: String, _ shape: ValueShape) -> String {
        let shown = String(text.prefix(Self.shownLength))
        switch shape {
        case .enum(let shape):
            if let number = shape.number(of: text) { return "\(shown)  \(number)" }
            if let number = Int32(text) { return "\(shown)  \(shape.name(of: number) ?? "without a name")" }
            return shown
        case .scalar(.bytes):
            if let file = files[text] {
                return "\(Self.bytes(ofBase64: text)) B of \(file.path), read at \(file.time)  \(shown)"
            }
            return writing.hasPlaces(text) ? shown : "\(shown)  \(Self.bytes(ofBase64: text)) B"
        case .scalar(.string): return text.isEmpty ? "\"\"" : shown
        default: return shown
        }
    }

    private static func bytes(ofBase64 text: String) -> Int {
        (text.utf8.count - (text.hasSuffix("==") ? 2 : text.hasSuffix("=") ? 1 : 0)) * 3 / 4
    }

    private func line(ofOneof oneof: Int, _ row: DraftRow) -> FormLine {
        guard case (let message, let node?, _)? = root.node(row.path, in: kind.root) else {
            return FormLine(depth: row.depth, label: "")
        }
        let members = node.members(ofOneof: oneof)
        let choices = members.prefix(Self.shownMembers).map { index in
            "\(message.fields[index] == nil ? "( )" : "(•)") \(node.field(index).name)"
        }
        let more = members.count > Self.shownMembers ? ["…"] : []
        return FormLine(
            depth: row.depth, label: node.shape.oneofs[oneof], type: "oneof",
            value: (choices + more).joined(separator: "  ")
        )
    }

    private static let shownMembers = 40

    /// What there is to say of the chosen row, where nothing is wrong with it.
    public var comment: String {
        guard let row else { return "" }
        switch row.kind {
        case .extra(let index): return extraInputs[index].hint
        case .fold: return "enter shows them"
        case .oneof: return "enter chooses which of them is set"
        case .type: return "enter chooses what kind of message it holds"
        case .other: return "- takes it away"
        case .unknown: return "not in the definition: sent as they are; - takes them away"
        case .value:
            guard let place else { return "" }
            let text = place.node.comment(ofField: place.index)
            let about = [text, Self.hint(place)].filter { !$0.isEmpty }.joined(separator: "  ")
            return about.isEmpty ? place.field.typeText : about
        }
    }

    /// What may be written there.
    private static func hint(_ place: RowPlace) -> String {
        guard place.isOne else { return "" }
        switch place.field.value.unwrapped {
        case .scalar(.bytes): return "base64, or hex:… text:… @FILE"
        case .message(let shape):
            switch shape.wellKnown {
            case .timestamp: return "2026-11-28T09:30:00Z, now, +5m"
            case .duration: return "1.5s, 500ms, 2m"
            case .fieldMask: return MaskCompletion.hint(place)
            case .struct, .listValue, .value: return "JSON"
            default: return ""
            }
        default: return ""
        }
    }

    /// What is wrong with the chosen row.
    public var rowProblem: String? {
        guard let row else { return nil }
        if case .extra(let index) = row.kind { return extraInputs[index].problem }
        return place.flatMap { $0.value == nil ? nil : problem($0) }
    }
}
