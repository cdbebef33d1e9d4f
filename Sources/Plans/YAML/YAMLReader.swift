import Foundation
import RPCCore
import Yams

/// Reads values out of nodes, and says where and what was expected instead.
struct YAMLReader {
    let text: YAMLText
    let notices = Notices()

    /// What there is to say of a plan that can be read, in the order of the file.
    final class Notices {
        var all: [String] = []
    }

    func error(at node: Node, _ problem: String) -> PlanError { text.error(at: node.mark, problem) }

    // MARK: Structure

    /// The entries of a mapping whose keys are among those known.
    /// - Parameters:
    ///   - what: What the mapping is, for errors: `a repeat`.
    ///   - renamed: Keys by the names that they had in the last version, which are read and said to be old.
    func mapping(
        _ node: Node, of what: String, keys known: [String], renamed: [String: String] = [:]
    ) throws(PlanError) -> YAMLMapping {
        var mapping = try self.mapping(node, of: what)
        for index in mapping.entries.indices {
            let key = mapping.entries[index].key
            guard let name = renamed[key.name] else { continue }
            guard mapping[name] == nil else {
                throw error(at: key.node, "'\(key.name)' is the old name of '\(name)', which is there as well")
            }
            let notice = "'\(key.name)' is called '\(name)' now; the next version knows no other name"
            notices.all.append("\(error(at: key.node, notice))")
            mapping.entries[index].key.name = name
        }
        for key in mapping.keys where !known.contains(key.name) {
            let advice =
                NearestName.suggestion(for: key.name, among: known).map { "did you mean '\($0)'?" }
                ?? "the keys here are \(known.joined(separator: ", "))"
            throw error(at: key.node, "\(what) has no key '\(key.name.prefix(40))'; \(advice)")
        }
        return mapping
    }

    /// The entries of a mapping, whatever its keys.
    func mapping(_ node: Node, of what: String) throws(PlanError) -> YAMLMapping {
        guard let pairs = node.mapping else {
            throw error(at: node, "\(what) is \(Self.kind(of: node)); expected keys and values")
        }
        var entries: [YAMLMapping.Entry] = []
        for (key, value) in pairs {
            guard let name = key.scalar?.string else {
                throw error(at: key, "a key is \(Self.kind(of: key)); expected a name")
            }
            entries.append(YAMLMapping.Entry(key: YAMLMapping.Key(name: name, node: key), value: value))
        }
        return YAMLMapping(reader: self, node: node, entries: entries)
    }

    func sequence(_ node: Node, of what: String) throws(PlanError) -> [Node] {
        guard let sequence = node.sequence else {
            throw error(at: node, "\(what) is \(Self.kind(of: node)); expected a list")
        }
        return Array(sequence)
    }

    static func kind(of node: Node) -> String {
        switch node {
        case .scalar(let scalar): scalar.isNull ? "empty" : "a single value"
        case .mapping: "a set of keys and values"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    // MARK: Values

    /// A text, as it stands: `5` and `true` are texts too.
    func string(_ node: Node, of what: String) throws(PlanError) -> String {
        try scalar(node, of: what, expected: "text").string
    }

    func scalar(_ node: Node, of what: String, expected: String) throws(PlanError) -> Node.Scalar {
        guard case .scalar(let scalar) = node else {
            throw error(at: node, "'\(what)' is \(Self.kind(of: node)); expected \(expected)")
        }
        guard !scalar.isNull else { throw error(at: node, "'\(what)' is empty; expected \(expected)") }
        return scalar
    }

    func count(_ node: Node, of what: String, in range: ClosedRange<Int>) throws(PlanError) -> Int {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return try value(node, of: what, expected: expected) { Int($0).flatMap { range.contains($0) ? $0 : nil } }
    }

    /// - Parameter isPositive: Whether it must be more than zero.
    func duration(_ node: Node, of what: String, isPositive: Bool = true) throws(PlanError) -> Duration {
        let bound = isPositive ? " above zero" : ""
        return try value(node, of: what, expected: "a time\(bound) such as 500ms, 1.5s, 2m") {
            Duration(text: $0).flatMap { isPositive && $0 <= .zero ? nil : $0 }
        }
    }

    /// One of a few words.
    func word(_ node: Node, of what: String, among words: [String]) throws(PlanError) -> String {
        let scalar = try scalar(node, of: what, expected: words.joined(separator: ", "))
        guard !words.contains(scalar.string) else { return scalar.string }
        let advice =
            NearestName.suggestion(for: scalar.string, among: words).map { "did you mean '\($0)'?" }
            ?? "expected \(words.joined(separator: ", "))"
        throw error(at: node, "'\(what)' is '\(scalar.string.prefix(40))'; \(advice)")
    }

    func value<Value>(
        _ node: Node, of what: String, expected: String, _ read: (String) -> Value?
    ) throws(PlanError) -> Value {
        let scalar = try scalar(node, of: what, expected: expected)
        guard let value = read(scalar.string) else {
            throw error(at: node, "'\(what)' is '\(scalar.string.prefix(40))'; expected \(expected)")
        }
        return value
    }

    func pattern(_ node: Node, of what: String) throws(PlanError) -> TextPattern {
        let text = try string(node, of: what)
        do {
            return try TextPattern(text)
        } catch {
            throw self.error(at: node, "'\(what)' is no regular expression: \(error.text)")
        }
    }

    /// A text with places to fill in.
    func template(_ node: Node, of what: String, allowsFields: Bool) throws(PlanError) -> Template {
        let scalar = try scalar(node, of: what, expected: "text")
        do {
            return try Template(scalar.string, allowsFields: allowsFields)
        } catch {
            throw text.error(in: scalar, at: error.position, error.problem)
        }
    }
}

extension Node.Scalar {
    /// Whether nothing is written, or a word that YAML reads as nothing (YAML 1.2, 10.3.2).
    var isNull: Bool {
        (style == .plain || style == .any) && ["", "~", "null", "Null", "NULL"].contains(string)
    }
}
