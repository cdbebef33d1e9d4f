import RPCCore

/// What may stand at the end of the paths of a `FieldMask`: names of the message beside it, which it chooses fields of, and where there
/// is none of the one that has it.
struct MaskCompletion {
    /// What is begun: all after the last comma.
    let begun: String
    let candidates: [String]

    /// Paths that are offered at most.
    private static let limit = 200

    /// - Parameter place: Where the mask is.
    init(_ text: String, _ place: RowPlace) {
        let paths = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let begun = paths.last ?? ""
        let steps = begun.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let outer = steps.dropLast()
        let prefix = outer.map { "\($0)." }.joined()
        let given = Set(paths.dropLast())
        var all: [String] = []
        for shape in Self.messages(beside: place) {
            guard let shape = Self.message(outer, in: shape) else { continue }
            all += (0..<min(shape.count, 2000)).compactMap { Self.written(shape.field($0).name).map { prefix + $0 } }
        }
        self.begun = begun
        let wanted = begun.lowercased()
        candidates = Array(
            all.filter { $0.lowercased().hasPrefix(wanted) && !given.contains($0) }.prefix(Self.limit))
    }

    /// What may be written into an empty mask: some of what is offered there.
    static func hint(_ place: RowPlace) -> String {
        let sample = MaskCompletion("", place).candidates.prefix(2).joined(separator: ",")
        return sample.isEmpty ? "paths with commas between them" : "paths: \(sample); tab completes"
    }

    private static func messages(beside place: RowPlace) -> [any MessageShape] {
        let shape = place.node.shape
        let others = (0..<place.node.count).compactMap { index -> (any MessageShape)? in
            let field = shape.field(index)
            guard field.presence != .repeated, field.presence != .map, case .message(let inner) = field.value else {
                return nil
            }
            return inner.wellKnown == nil ? inner : nil
        }
        return others.isEmpty ? [shape] : others
    }

    private static func message(_ path: ArraySlice<String>, in shape: any MessageShape) -> (any MessageShape)? {
        var present = shape
        for step in path {
            let index = (0..<present.count).first { written(present.field($0).name) == step }
            guard let index, case .message(let inner) = present.field(index).value, inner.wellKnown == nil else {
                return nil
            }
            present = inner
        }
        return present
    }

    /// `shelf_name` as `shelfName`; `nil` for a name that would come back as another one.
    private static func written(_ name: String) -> String? {
        var (text, isAfterMark) = ("", false)
        for character in name {
            switch character {
            case "_" where !isAfterMark && !text.isEmpty: isAfterMark = true
            case "a"..."z":
                text += isAfterMark ? character.uppercased() : String(character)
                isAfterMark = false
            case "0"..."9" where !isAfterMark: text.append(character)
            default: return nil
            }
        }
        return isAfterMark ? nil : text
    }

    /// The paths with more of the last one: what all candidates begin with. `nil` where nothing is begun that could go on.
    func completed(_ text: String) -> String? {
        guard !begun.isEmpty, var common = candidates.first, !candidates.contains(begun) else { return nil }
        for candidate in candidates { common = String(zip(common, candidate).prefix { $0 == $1 }.map(\.0)) }
        guard common.count > begun.count else { return text }
        return text.dropLast(begun.count) + common
    }
}
