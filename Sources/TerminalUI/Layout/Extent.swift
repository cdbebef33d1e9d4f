/// How much of a row or column of the layout one part wants, in columns or rows.
public enum Extent: Hashable, Sendable {
    /// Exactly this much, as long as there is room.
    case fixed(Int)
    /// A share of what the others leave, in proportion to the weight, and at least the minimum as long as there is room.
    case flexible(weight: Int = 1, minimum: Int = 0)

    /// A share like everybody else's.
    public static let flexible = Extent.flexible(weight: 1, minimum: 0)

    private var minimum: Int {
        switch self {
        case .fixed(let length): max(0, length)
        case .flexible(_, let minimum): max(0, minimum)
        }
    }

    private var weight: Int {
        switch self {
        case .fixed: 0
        case .flexible(let weight, _): max(0, weight)
        }
    }

    /// Places parts one after the other. Where there is too little room the last ones get less, or nothing.
    /// - Parameters:
    ///   - length: The room for all of them together.
    ///   - spacing: The gap between neighbours; −1 lets them overlap by one.
    /// - Returns: One range for each part, within `0..<length`; empty for a part that found no room.
    public static func fit(_ extents: [Extent], into length: Int, spacing: Int = 0) -> [Range<Int>] {
        let length = max(0, length)
        let lengths = distribute(extents, over: length - spacing * max(0, extents.count - 1))
        var position = 0
        return lengths.map { part in
            let start = min(max(0, position), length)
            let end = min(max(start, position + part), length)
            if part > 0 { position += part + spacing }
            return start..<end
        }
    }

    /// Gives each part its minimum, first come first served, and then shares out the rest by weight.
    private static func distribute(_ extents: [Extent], over length: Int) -> [Int] {
        var left = max(0, length)
        var lengths = extents.map { extent in
            let part = min(extent.minimum, left)
            left -= part
            return part
        }
        // A part whose minimum is more than its share takes no more, and the others share what is left.
        var sharing = extents.indices.filter { extents[$0].weight > 0 }
        while left > 0, !sharing.isEmpty {
            let pool = left + sharing.reduce(0) { $0 + lengths[$1] }
            let weights = sharing.reduce(0) { $0 + extents[$1].weight }
            let satisfied = sharing.filter { lengths[$0] * weights > pool * extents[$0].weight }
            guard satisfied.isEmpty else {
                sharing.removeAll(where: satisfied.contains)
                continue
            }
            var before = 0
            var given = 0
            for index in sharing {
                before += extents[index].weight
                lengths[index] = pool * before / weights - given
                given += lengths[index]
            }
            left = 0
        }
        return lengths
    }
}
