/// The path of a field: `book.labels[env].titles[2]`, or with quotation marks around a key, as problems have it.
struct FieldPath: Hashable {
    enum Step: Hashable {
        case name(String)
        /// Of a map, or the number of an element.
        case key(String)

        var text: String {
            switch self {
            case .name(let text), .key(let text): text
            }
        }

        /// Whether both mean the same: a field may have two names.
        func means(_ other: Step) -> Bool { Self.plain(text) == Self.plain(other.text) }

        /// A name without what tells its two forms apart.
        fileprivate static func plain(_ name: String) -> String { name.filter { $0 != "_" }.lowercased() }
    }

    private(set) var steps: [Step] = []

    init(_ path: String) {
        var rest = path[...]
        while let first = rest.first {
            if first == "." {
                rest = rest.dropFirst()
                if rest.isEmpty { steps.append(.name("")) }
            } else if first == "[", let end = rest.firstIndex(of: "]") {
                var key = rest[rest.index(after: rest.startIndex)..<end]
                if key.count > 1, key.first == "\"", key.last == "\"" { key = key.dropFirst().dropLast() }
                steps.append(.key(String(key)))
                rest = rest[rest.index(after: end)...]
            } else {
                let end = rest.dropFirst().firstIndex { $0 == "." || $0 == "[" } ?? rest.endIndex
                steps.append(.name(String(rest[..<end])))
                rest = rest[end...]
            }
        }
        if path.isEmpty { steps = [.name("")] }
    }

    /// Whether another path is this one, or leads into it.
    func holds(_ other: FieldPath) -> Bool {
        other.steps.count >= steps.count && zip(steps, other.steps).allSatisfy { $0.means($1) }
    }
}
