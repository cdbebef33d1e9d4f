/// Where the columns of a table stand.
public struct TableLayout: Hashable, Sendable {
    /// One column of a table.
    public struct Column: Hashable, Sendable {
        public var extent: Extent
        public var alignment: Alignment
        /// Where there is too little room, columns of the lowest priority are left out first, the last of them first.
        public var priority: Int

        public init(_ extent: Extent, alignment: Alignment = .leading, priority: Int = 0) {
            self.extent = extent
            self.alignment = alignment
            self.priority = priority
        }

        fileprivate var minimum: Int {
            switch extent {
            case .fixed(let columns): max(0, columns)
            case .flexible(_, let minimum): max(1, minimum)
            }
        }
    }

    public var columns: [Column]
    /// Blank columns between two columns of the table.
    public var spacing: Int

    public init(_ columns: [Column], spacing: Int = 1) {
        self.columns = columns
        self.spacing = spacing
    }

    /// The place of each column within `width`; empty for one that is left out.
    public func fit(_ width: Int) -> [Range<Int>] {
        let shown = shown(in: width)
        let ranges = Extent.fit(shown.map { columns[$0].extent }, into: width, spacing: spacing)
        var result = [Range<Int>](repeating: 0..<0, count: columns.count)
        for (index, range) in zip(shown, ranges) { result[index] = range }
        return result
    }

    private func shown(in width: Int) -> [Int] {
        var shown = Array(columns.indices)
        while shown.count > 1 {
            let needed = shown.reduce(spacing * (shown.count - 1)) { $0 + columns[$1].minimum }
            guard needed > width, let least = shown.map({ columns[$0].priority }).min() else { break }
            guard let victim = shown.lastIndex(where: { columns[$0].priority == least }) else { break }
            shown.remove(at: victim)
        }
        return shown
    }
}

extension ScreenBuffer {
    /// Draws one row of a table: the text of each column, clipped to it, in `style`.
    public mutating func drawRow(_ texts: [String], layout: TableLayout, in rect: Rect, style: Style = .plain) {
        guard rect.rows > 0 else { return }
        fill(rect.line(0), style: style)
        for ((text, column), range) in zip(zip(texts, layout.columns), layout.fit(rect.columns)) where !range.isEmpty {
            draw(
                text, at: Point(column: rect.column + range.lowerBound, row: rect.row), width: range.count,
                style: style, alignment: column.alignment, overflow: .ellipsis)
        }
    }
}
