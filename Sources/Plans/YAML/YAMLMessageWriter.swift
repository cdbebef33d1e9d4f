import RPCCore
import Yams

/// Makes the nodes of messages, and of templates of them.
enum YAMLMessageWriter {
    static func node(of request: MessageValue) -> Node {
        node(request.fields.map { ($0.name, $0.text, $0.isJSON) })
    }

    static func node(of template: RequestTemplate) -> Node {
        node(template.fields.map { ($0.field.name, $0.template.text, $0.isJSON) })
    }

    private static func node(_ fields: [(name: String, text: String, isJSON: Bool)]) -> Node {
        .values(fields.map { ($0.name, ($0.isJSON ? tree($0.text) : nil) ?? .text($0.text)) })
            ?? Node([(Node, Node)](), .implicit, .flow)
    }

    /// JSON as YAML, of which it is a part; `nil` where it is no JSON.
    private static func tree(_ json: String) -> Node? {
        guard Array(json.utf8).withUnsafeBytes({ JSONCheck.fault(in: $0) }) == nil,
            let node = try? Yams.compose(yaml: json)
        else { return nil }
        return styled(node)
    }

    /// As a user would write it.
    private static func styled(_ node: Node) -> Node {
        switch node {
        case .scalar(let scalar): scalar.style == .doubleQuoted ? .text(scalar.string) : .plain(scalar.string)
        case .sequence(let nodes): Node(nodes.map(styled), .implicit, .flow)
        case .mapping(let pairs): Node(pairs.map { (styled($0.key), styled($0.value)) }, .implicit, .flow)
        case .alias: node
        }
    }
}
