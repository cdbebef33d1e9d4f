import RPCCore
import Yams

extension Node {
    /// A mapping over several lines, without the keys that have no value.
    static func mapping(_ entries: [(String, Node?)]) -> Node {
        Node(entries.compactMap { key, value in value.map { (.text(key), $0) } }, .implicit, .block)
    }

    /// A mapping on one line; `nil` where no key has a value.
    static func values(_ entries: [(String, Node?)]) -> Node? {
        let pairs = entries.compactMap { key, value in value.map { (Node.text(key), $0) } }
        return pairs.isEmpty ? nil : Node(pairs, .implicit, .flow)
    }

    static func list(_ nodes: [Node]) -> Node { Node(nodes, .implicit, nodes.isEmpty ? .flow : .block) }

    static func texts(_ texts: [String]) -> Node {
        texts.count == 1 ? .text(texts[0]) : Node(texts.map(Node.text), .implicit, .flow)
    }

    static func number(_ number: Int) -> Node { .plain("\(number)") }

    static func time(_ time: Duration) -> Node { .plain(time.exactText) }

    static func plain(_ text: String) -> Node { Node(text, .implicit, .plain) }

    /// A text, in quotation marks unless it can be taken for nothing but a word.
    static func text(_ text: String) -> Node {
        let words: Set = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
        let isWord =
            text.first?.isLetter == true && !words.contains(text.lowercased())
            && text.last != " "
            && text.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || " -_./0123456789".unicodeScalars.contains($0)
            }
        return isWord ? .plain(text) : Node(text, .implicit, .doubleQuoted)
    }
}
