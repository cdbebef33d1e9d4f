import Plans
import RPCCore

/// JSON as it is written in a message of a plan: places may stand in its texts, and where a value stands.
indirect enum JSONTree: Hashable, Sendable {
    case null
    case bool(Bool)
    /// As it is written.
    case number(String)
    /// As it is written in a form: see ``Writing``.
    case text(String)
    /// A place without quotation marks.
    case place(String)
    case list([JSONTree])
    case object([Member])
    /// JSON that is handed on as it is.
    case verbatim(String)

    struct Member: Hashable, Sendable {
        /// As it is written in a form.
        var name: String
        var value: JSONTree
    }

    /// Reads JSON; `nil` for what is none, and where it is too deep.
    init?(_ text: String, _ writing: Writing) {
        if var parser = JSONTreeParser(text, writing), let tree = parser.whole() {
            self = tree
            return
        }
        guard writing != .plain, var parser = JSONTreeParser(GuardedJSON(text).text, writing), let tree = parser.whole()
        else { return nil }
        self = tree
    }

    // MARK: Writing

    /// The JSON on one line.
    func json(_ writing: Writing) -> String {
        var printer = JSONTreePrinter(writing: writing, isIndented: false)
        printer.append(self, indent: "")
        return printer.text
    }

    /// The JSON on lines of its own.
    func document(_ writing: Writing) -> String {
        var printer = JSONTreePrinter(writing: writing, isIndented: true)
        printer.append(self, indent: "")
        return printer.text
    }
}

/// Writes a tree as JSON.
private struct JSONTreePrinter {
    let writing: Writing
    let isIndented: Bool
    var text = ""

    mutating func append(_ tree: JSONTree, indent: String) {
        switch tree {
        case .null: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .number(let number): text += number
        case .place(let place): text += place
        case .verbatim(let json): text += json
        case .text(let string): append(string: string)
        case .list(let elements): append("[", elements, "]", indent) { $0.append($1, indent: $2) }
        case .object(let members):
            append("{", members, "}", indent) { printer, member, indent in
                printer.append(string: member.name)
                printer.text += printer.isIndented ? ": " : ":"
                printer.append(member.value, indent: indent)
            }
        }
    }

    private mutating func append<Part>(
        _ open: String, _ parts: [Part], _ close: String, _ indent: String,
        _ append: (inout JSONTreePrinter, Part, String) -> Void
    ) {
        let inner = indent + "  "
        text += open
        for (index, part) in parts.enumerated() {
            if index > 0 { text += "," }
            if isIndented { text += "\n\(inner)" }
            append(&self, part, inner)
        }
        if isIndented, !parts.isEmpty { text += "\n\(indent)" }
        text += close
    }

    private mutating func append(string: String) {
        guard let parts = try? writing.parts(of: string) else { return append(quoted: string) }
        text += "\""
        for part in parts {
            switch part {
            case .text(let literal): append(literal: literal)
            case .place(let written, _): text += written
            }
        }
        text += "\""
    }

    private mutating func append(quoted string: String) {
        text += "\""
        append(literal: string)
        text += "\""
    }

    /// A brace is written as an escape where it could be taken for a place.
    private mutating func append(literal: String) {
        for scalar in literal.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "{" where writing != .plain: text += "\\u007b"
            case "}" where writing != .plain: text += "\\u007d"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                text += "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
