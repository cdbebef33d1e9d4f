import Yams

/// Puts settings into the text of a configuration file, and leaves everything else as it stands: comments, order, blanks.
///
/// What comes of it is read again. Where it does not say what was meant, and nothing else, nothing is changed.
public struct ConfigurationEdit: Sendable {
    /// The text as it is now.
    public private(set) var text: String

    public init(_ text: String) {
        self.text = text
    }

    /// Sets what a path of keys leads to, and makes what is missing on the way.
    /// - Parameters:
    ///   - path: The keys, from the top of the file.
    ///   - isOnly: Whether the last key is the only one of its mapping: `file` in `token: {file: PATH}`.
    /// - Throws: ``ConfigurationEditError`` where the text is no YAML, or is written in a way that cannot be changed in its place.
    public mutating func set(
        _ path: [String], to value: String, isOnly: Bool = false
    ) throws(ConfigurationEditError) {
        let before = try YAMLText(text)
        let wanted = before.tree.setting(path[...], to: value, isOnly: isOnly)
        for place in YAMLText.Place.allCases {
            guard let changed = before.setting(path, to: value, isOnly: isOnly, at: place),
                let after = try? YAMLText(changed), after.tree == wanted
            else { continue }
            text = changed
            return
        }
        throw ConfigurationEditError(
            "it is written in a way that only a person can change: set \(path.joined(separator: ".")) there by hand")
    }
}

/// Why a setting was not put into a file, as the end of a sentence.
public struct ConfigurationEditError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// What YAML says, whatever the order of its keys and the way it is written.
private indirect enum YAMLTree: Hashable {
    case scalar(String)
    case list([YAMLTree])
    case mapping([String: YAMLTree])

    init(_ node: Node) {
        switch node {
        case .scalar(let scalar): self = .scalar(scalar.string)
        case .sequence(let sequence): self = .list(sequence.map(YAMLTree.init))
        case .mapping(let mapping):
            self = .mapping(
                Dictionary(mapping.map { ($0.key.scalar?.string ?? "", YAMLTree($0.value)) }) { first, _ in first })
        default: self = .scalar("")
        }
    }

    func setting(_ path: ArraySlice<String>, to value: String, isOnly: Bool, below parent: String = "") -> YAMLTree {
        guard let key = path.first else { return .scalar(value) }
        var fields: [String: YAMLTree] = if case .mapping(let fields) = self { fields } else { [:] }
        if isOnly, path.count == 1 { fields = [:] }
        let name = fields.keys.first { YAMLText.isSame($0, key, below: parent) } ?? key
        fields[name] = (fields[name] ?? .scalar("")).setting(path.dropFirst(), to: value, isOnly: isOnly, below: key)
        return .mapping(fields)
    }
}

/// A text and the nodes in it, each of which knows where it begins.
private struct YAMLText {
    /// Where in a mapping a new key is put. Behind the others is where a person would, but it is not always clear where they end.
    enum Place: CaseIterable {
        case end, begin
    }

    let tree: YAMLTree
    private let root: Node?
    private let scalars: [Unicode.Scalar]
    /// Where each line begins.
    private let starts: [Int]
    private let newline: String

    init(_ text: String) throws(ConfigurationEditError) {
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw ConfigurationEditError("it is not YAML")
        }
        let all = Array(text.unicodeScalars)
        scalars = all
        starts = [0] + all.indices.filter { all[$0] == "\n" }.map { $0 + 1 }
        newline = text.unicodeScalars.contains("\r") ? "\r\n" : "\n"
        tree = root.map(YAMLTree.init) ?? .scalar("")
    }

    /// Names of headers are compared without case.
    static func isSame(_ key: String, _ step: String, below parent: String) -> Bool {
        key == step || parent == "headers" && key.lowercased() == step.lowercased()
    }

    /// The text with a value in its place; `nil` where that place is not clear.
    func setting(_ path: [String], to value: String, isOnly: Bool, at place: Place) -> String? {
        guard let root, case .mapping = root else {
            guard root == nil || root?.scalar?.string.isEmpty == true else { return nil }
            let isLine = scalars.isEmpty || scalars.last == "\n"
            return text(inserting: (isLine ? "" : newline) + block(path[...], value, indent: 0), at: scalars.count)
        }
        return set(path[...], to: value, in: root, below: "", isOnly: isOnly, at: place)
    }

    private func set(
        _ path: ArraySlice<String>, to value: String, in node: Node, below parent: String, isOnly: Bool, at place: Place
    ) -> String? {
        guard let key = path.first, case .mapping(let mapping) = node, let start = offset(of: node) else { return nil }
        let rest = path.dropFirst()
        if isOnly, rest.isEmpty, mapping.count == 1, let (key, old) = mapping.first.map({ ($0.key, $0.value) }) {
            return rename(key, to: path[path.startIndex], old, to: value)
        }
        guard
            let (own, held) = mapping.first(where: { Self.isSame($0.key.scalar?.string ?? "", key, below: parent) })
                .map({ ($0.key, $0.value) })
        else { return insert(path, value, into: mapping, at: start, place) }
        if case .mapping = held, !rest.isEmpty {
            return set(rest, to: value, in: held, below: key, isOnly: isOnly, at: place)
        }
        guard case .scalar(let scalar) = held else { return nil }
        guard rest.isEmpty else {
            guard scalar.string.isEmpty, scalar.style == .plain, let begin = offset(of: own) else { return nil }
            return text(
                inserting: block(rest, value, indent: column(of: begin) + 2), at: nextLine(after: begin))
        }
        if scalar.string.isEmpty, scalar.style == .plain {
            guard let begin = offset(of: own), let end = end(ofScalarAt: begin, isKey: true),
                let colon = scalars[end...].firstIndex(of: ":")
            else { return nil }
            return text(inserting: " " + Self.written(value), at: colon + 1)
        }
        guard let begin = offset(of: held), let end = end(ofScalarAt: begin) else { return nil }
        return text(replacing: begin..<end, by: Self.written(value))
    }

    /// Puts a key and a value into the place of the only ones.
    private func rename(_ key: Node, to name: String, _ old: Node, to value: String) -> String? {
        guard let keyStart = offset(of: key), let keyEnd = end(ofScalarAt: keyStart, isKey: true),
            let start = offset(of: old), let end = end(ofScalarAt: start), keyEnd <= start
        else { return nil }
        let between = String(String.UnicodeScalarView(scalars[keyEnd..<start]))
        return text(replacing: keyStart..<end, by: name + between + Self.written(value))
    }

    // MARK: What is new

    private func insert(
        _ path: ArraySlice<String>, _ value: String, into mapping: Node.Mapping, at start: Int, _ place: Place
    ) -> String? {
        guard scalars.indices.contains(start) else { return nil }
        if scalars[start] == "{" {
            return text(inserting: flow(path, value) + (mapping.isEmpty ? "" : ", "), at: start + 1)
        }
        let lines = block(path, value, indent: column(of: start))
        switch place {
        case .begin: return text(inserting: lines, at: start - column(of: start))
        case .end:
            let end = nextLine(after: lastOffset(in: .mapping(mapping)) ?? start)
            let isLine = end == 0 || scalars[end - 1] == "\n"
            return text(inserting: (isLine ? "" : newline) + lines, at: end)
        }
    }

    private func block(_ path: ArraySlice<String>, _ value: String, indent: Int) -> String {
        path.enumerated().map { depth, key in
            let lead = String(repeating: " ", count: indent + 2 * depth) + Self.written(key) + ":"
            return lead + (depth == path.count - 1 ? " " + Self.written(value) : "") + newline
        }.joined()
    }

    private func flow(_ path: ArraySlice<String>, _ value: String) -> String {
        let keys = path.map(Self.written)
        return keys.joined(separator: ": {") + ": " + Self.written(value)
            + String(repeating: "}", count: keys.count - 1)
    }

    /// A text as a scalar: plain where it is read as itself, else in double quotes (YAML 1.2.2, 7.3).
    private static func written(_ text: String) -> String {
        let plain = /[A-Za-z0-9\/][A-Za-z0-9_.\/%+@\-]*(:[A-Za-z0-9_.\/%+@\-]+)*( [A-Za-z0-9_.\/%+@\-]+)*/
        if text.wholeMatch(of: plain) != nil, text.lowercased() != "null" { return text }
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }

    // MARK: Places

    private func text(inserting new: String, at offset: Int) -> String { text(replacing: offset..<offset, by: new) }

    private func text(replacing range: Range<Int>, by new: String) -> String {
        var changed = String.UnicodeScalarView()
        changed.append(contentsOf: scalars[..<range.lowerBound])
        changed.append(contentsOf: new.unicodeScalars)
        changed.append(contentsOf: scalars[range.upperBound...])
        return String(changed)
    }

    private func offset(of node: Node) -> Int? {
        guard let mark = node.mark, starts.indices.contains(mark.line - 1) else { return nil }
        let offset = starts[mark.line - 1] + mark.column - 1
        return offset <= scalars.count ? offset : nil
    }

    private func column(of offset: Int) -> Int { offset - (starts.last { $0 <= offset } ?? 0) }

    private func nextLine(after offset: Int) -> Int { starts.first { $0 > offset } ?? scalars.count }

    /// Where the last thing in a node begins.
    private func lastOffset(in node: Node) -> Int? {
        switch node {
        case .mapping(let mapping):
            return mapping.flatMap { [lastOffset(in: $0.key), lastOffset(in: $0.value)] }.compactMap(\.self).max()
        case .sequence(let sequence): return sequence.compactMap { lastOffset(in: $0) }.max()
        case .scalar(let scalar): return scalar.string.isEmpty ? nil : offset(of: node)
        default: return nil
        }
    }

    /// Where a scalar of one line ends; `nil` for those of several lines.
    private func end(ofScalarAt start: Int, isKey: Bool = false) -> Int? {
        guard scalars.indices.contains(start) else { return nil }
        switch scalars[start] {
        case "\"", "'": return end(ofQuotedAt: start)
        case "|", ">": return nil
        default:
            var end = start
            while end < scalars.count, !"\r\n".unicodeScalars.contains(scalars[end]) {
                let isComment = scalars[end] == "#" && end > start && " \t".unicodeScalars.contains(scalars[end - 1])
                if isComment || isInFlow(start) && ",]}".unicodeScalars.contains(scalars[end]) { break }
                let isColon = scalars[end] == ":" && (end + 1 == scalars.count || scalars[end + 1].value <= 0x20)
                if isKey, isColon { break }
                end += 1
            }
            while end > start, " \t".unicodeScalars.contains(scalars[end - 1]) { end -= 1 }
            return end
        }
    }

    private func end(ofQuotedAt start: Int) -> Int? {
        let quote = scalars[start]
        var end = start + 1
        while end < scalars.count {
            if scalars[end] == "\\", quote == "\"" {
                end += 1
            } else if scalars[end] == quote {
                guard quote == "'", end + 1 < scalars.count, scalars[end + 1] == "'" else { return end + 1 }
                end += 1
            }
            end += 1
        }
        return nil
    }

    /// Whether brackets are open before a place of its line.
    private func isInFlow(_ offset: Int) -> Bool {
        let line = scalars[(offset - column(of: offset))..<offset]
        return line.reduce(0) { $0 + ($1 == "{" || $1 == "[" ? 1 : $1 == "}" || $1 == "]" ? -1 : 0) } > 0
    }
}
