import RPCCore
import Yams

/// The keys and values of a mapping, in their order. A value that is asked for and not there is `nil`.
struct YAMLMapping {
    struct Key {
        var name: String
        var node: Node
    }

    struct Entry {
        var key: Key
        var value: Node
    }

    let reader: YAMLReader
    let node: Node
    var entries: [Entry]

    var keys: [Key] { entries.map(\.key) }

    subscript(name: String) -> Node? { entries.first { $0.key.name == name }?.value }

    func string(_ key: String) throws(PlanError) -> String? {
        try read(key) { node throws(PlanError) in try reader.string(node, of: key) }
    }

    func count(_ key: String, in range: ClosedRange<Int>) throws(PlanError) -> Int? {
        try read(key) { node throws(PlanError) in try reader.count(node, of: key, in: range) }
    }

    func duration(_ key: String, isPositive: Bool = true) throws(PlanError) -> Duration? {
        try read(key) { node throws(PlanError) in try reader.duration(node, of: key, isPositive: isPositive) }
    }

    func flag(_ key: String) throws(PlanError) -> Bool? {
        try value(key, expected: "true or false") { ["true": true, "false": false][$0] }
    }

    func word(_ key: String, among words: [String]) throws(PlanError) -> String? {
        try read(key) { node throws(PlanError) in try reader.word(node, of: key, among: words) }
    }

    func pattern(_ key: String) throws(PlanError) -> TextPattern? {
        try read(key) { node throws(PlanError) in try reader.pattern(node, of: key) }
    }

    func value<Value>(
        _ key: String, expected: String, _ convert: (String) -> Value?
    ) throws(PlanError) -> Value? {
        try read(key) { node throws(PlanError) in try reader.value(node, of: key, expected: expected, convert) }
    }

    func read<Value>(_ key: String, _ body: (Node) throws(PlanError) -> Value) throws(PlanError) -> Value? {
        guard let node = self[key] else { return nil }
        return try body(node)
    }
}
