extension ScreenBuffer {
    /// Draws a horizontal line. Where it meets other lines they are joined by the right junction.
    public mutating func drawHorizontalLine(at point: Point, columns: Int, style: Style = .plain) {
        for offset in 0..<max(0, columns) {
            var arms: LineArms = []
            if offset > 0 { arms.insert(.left) }
            if offset < columns - 1 { arms.insert(.right) }
            if columns == 1 { arms = [.left, .right] }
            join(arms, at: Point(column: point.column + offset, row: point.row), style: style)
        }
    }

    /// Draws a vertical line. Where it meets other lines they are joined by the right junction.
    public mutating func drawVerticalLine(at point: Point, rows: Int, style: Style = .plain) {
        for offset in 0..<max(0, rows) {
            var arms: LineArms = []
            if offset > 0 { arms.insert(.up) }
            if offset < rows - 1 { arms.insert(.down) }
            if rows == 1 { arms = [.up, .down] }
            join(arms, at: Point(column: point.column, row: point.row + offset), style: style)
        }
    }

    /// Draws the frame of a region, joined with the frames that it touches.
    /// A region of one row or column is a line.
    /// - Parameter title: Stands in the upper edge, made safe and cut to fit.
    /// - Parameter titleStyle: The look of the title; that of the frame unless given.
    public mutating func drawBox(_ rect: Rect, title: String = "", style: Style = .plain, titleStyle: Style? = nil) {
        guard !rect.isEmpty else { return }
        let last = Point(column: rect.columnRange.upperBound - 1, row: rect.rowRange.upperBound - 1)
        if rect.columns > 1 {
            drawHorizontalLine(at: rect.origin, columns: rect.columns, style: style)
            drawHorizontalLine(at: Point(column: rect.column, row: last.row), columns: rect.columns, style: style)
        }
        if rect.rows > 1 || rect.columns == 1 {
            drawVerticalLine(at: rect.origin, rows: rect.rows, style: style)
            drawVerticalLine(at: Point(column: last.column, row: rect.row), rows: rect.rows, style: style)
        }
        guard !title.isEmpty, rect.columns > 4 else { return }
        let room = rect.columns - 4
        let width = min(TextWidth.columns(of: title, limit: room + 1, ascii: glyphs.isASCII), room)
        draw(" ", at: Point(column: rect.column + 1, row: rect.row), style: style)
        draw(
            title, at: Point(column: rect.column + 2, row: rect.row), width: width, style: titleStyle ?? style,
            overflow: .ellipsis)
        draw(" ", at: Point(column: rect.column + 2 + width, row: rect.row), style: style)
    }

    /// Adds arms to what passes through a cell already.
    private mutating func join(_ arms: LineArms, at point: Point, style: Style) {
        let united = self[point].arms.union(arms)
        self[point] = Cell(String(glyphs.border.glyph(for: united)), style: style, arms: united)
    }
}
