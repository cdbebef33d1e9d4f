/// Text in mdoc(7) under construction.
struct MdocText {
    private(set) var text = ""

    /// A macro with its arguments, each of which is quoted where it must be.
    mutating func macro(_ name: String, _ arguments: [String]) {
        text += ".\(name)" + arguments.map { " " + Self.argument($0) }.joined() + "\n"
    }

    mutating func macro(_ name: String, _ arguments: String...) {
        macro(name, arguments)
    }

    mutating func section(_ title: String) {
        macro("Sh", title)
    }

    /// Paragraphs of running text, parted by empty lines.
    /// - Parameter isFirst: Whether nothing comes before them under their heading.
    mutating func paragraphs(_ text: String, isFirst: Bool = true) {
        for (index, paragraph) in text.split(separator: "\n\n").enumerated() {
            if index > 0 || !isFirst { macro("Pp") }
            line(String(paragraph))
        }
    }

    /// A list of what there is to say about things.
    mutating func list(_ items: (inout MdocText) -> Void) {
        text += ".Bl -tag -width indent\n"
        items(&self)
        macro("El")
    }

    /// One thing, named by a macro and its arguments, and what there is to say about it.
    mutating func item(_ name: [String], _ description: String) {
        macro("It", name)
        line(description)
    }

    /// Running text, with each sentence on a line of its own.
    private mutating func line(_ line: String) {
        let words = line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for sentence in words.replacing(". ", with: ".\n").split(separator: "\n") {
            text += Self.escaped(String(sentence)) + "\n"
        }
    }

    private static func argument(_ text: String) -> String {
        let escaped = escaped(text).replacing("\"", with: "\\(dq")
        return escaped.isEmpty || escaped.contains(" ") ? "\"\(escaped)\"" : escaped
    }

    /// Text with nothing in it that the formatter would act on.
    private static func escaped(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }
}
