import RPCCore

/// What may stand where the cursor is in JSON.
struct JSONCompletion {
    /// How many bytes before the cursor belong to what is begun: characters of the line.
    var begun: Int
    /// What may stand there, without its quotation marks.
    var candidates: [String]

    /// Candidates that are offered at most.
    private static let limit = 200

    /// - Parameter before: All that stands before the cursor.
    init?(_ before: String, _ kind: MessageKind) {
        var scanner = Scanner(kind)
        guard scanner.scan(before) else { return nil }
        begun = scanner.begun.count
        let all: [String]
        if scanner.isKey {
            all = scanner.names
        } else {
            all = scanner.values
        }
        let word = scanner.begun.lowercased()
        candidates = Array(all.filter { $0.lowercased().hasPrefix(word) }.prefix(Self.limit))
        if candidates.isEmpty, !word.isEmpty {
            candidates = Array(all.filter { $0.lowercased().contains(word) }.prefix(Self.limit))
        }
    }

    /// Goes over the text up to the cursor, and knows in which message and field it is.
    private struct Scanner {
        private enum Level {
            case message(NodeShape?, any MessageShape)
            /// The values of a list or a map.
            case values(FieldShape, isMap: Bool)
            case unknown(isObject: Bool)
        }

        private var levels: [Level] = []
        private let kind: MessageKind
        /// The name of the member whose value comes.
        private var name: String?
        private var isAfterColon = false
        private(set) var begun = ""

        init(_ kind: MessageKind) {
            self.kind = kind
        }

        /// - Returns: whether a text is begun at the end.
        mutating func scan(_ text: String) -> Bool {
            var rest = Array(text)[...]
            while let character = rest.popFirst() {
                switch character {
                case "\"":
                    guard let string = Self.string(&rest) else {
                        begun = String(rest)
                        return true
                    }
                    take(string)
                case "{": open(isObject: true)
                case "[": open(isObject: false)
                case "}", "]":
                    _ = levels.popLast()
                    (name, isAfterColon) = (nil, false)
                case ":": isAfterColon = true
                case ",": (name, isAfterColon) = (nil, false)
                default: break
                }
            }
            return false
        }

        /// The text that has begun, if it ends.
        private static func string(_ rest: inout ArraySlice<Character>) -> String? {
            var (index, string) = (rest.startIndex, "")
            while index < rest.endIndex {
                if rest[index] == "\\" {
                    index += 1
                } else if rest[index] == "\"" {
                    rest = rest[(index + 1)...]
                    return string
                }
                if index < rest.endIndex { string.append(rest[index]) }
                index += 1
            }
            return nil
        }

        private mutating func take(_ string: String) {
            if !isAfterColon {
                name = string
                return
            }
            guard name == "@type", case .message(_, let shape)? = levels.last, shape.wellKnown == .any else { return }
            levels[levels.count - 1] = .message(NodeShape(shape, typeURL: string), shape)
        }

        /// What the value that comes is.
        private var field: FieldShape? {
            switch levels.last {
            case .message(let node?, _): name.flatMap { node.index(of: $0) }.map(node.field)
            case .values(let field, _): field
            default: nil
            }
        }

        private mutating func open(isObject: Bool) {
            defer { (name, isAfterColon) = (nil, false) }
            guard !levels.isEmpty else {
                let shape = kind.root.shape
                levels.append(.message(NodeShape(shape, typeURL: nil), shape))
                return
            }
            guard let field else { return levels.append(.unknown(isObject: isObject)) }
            let isInside = if case .values = levels.last { true } else { false }
            if !isInside, field.presence == .map || field.presence == .repeated {
                levels.append(.values(field, isMap: field.presence == .map))
            } else if let branch = field.value.branch {
                levels.append(.message(NodeShape(branch, typeURL: nil), branch))
            } else {
                levels.append(.unknown(isObject: isObject))
            }
        }

        /// Whether what is begun is the name of a member.
        var isKey: Bool {
            switch levels.last {
            case .message: !isAfterColon
            case .values(_, let isMap): isMap && !isAfterColon
            case .unknown(let isObject): isObject && !isAfterColon
            case nil: false
            }
        }

        /// The names that may stand there: first those of JSON, then the original ones that differ.
        var names: [String] {
            guard case .message(let node, let shape) = levels.last else { return [] }
            let type = shape.wellKnown == .any ? ["@type"] : []
            guard let node else { return type }
            let fields = (0..<min(node.count, 2000)).map(node.field)
            return type + fields.map(\.jsonName) + fields.filter { $0.name != $0.jsonName }.map(\.name)
        }

        var values: [String] {
            if name == "@type", case .message(_, let shape)? = levels.last {
                return shape.typeNames.map { "type.googleapis.com/\($0)" }
            }
            guard case .enum(let shape)? = field?.value else { return [] }
            return (0..<min(shape.count, 2000)).map { shape.value($0).name }
        }
    }
}
