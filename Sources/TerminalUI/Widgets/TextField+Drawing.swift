extension TextField {
    /// Draws the field into one row. Text wider than the row is shifted so that the cursor stays in sight.
    /// - Parameters:
    ///   - isFocused: Whether keys go to this field: it shows the cursor.
    ///   - placeholder: Stands, dimmed, in an empty field.
    public func draw(
        into buffer: inout ScreenBuffer, rect: Rect, style: Style = .plain, isFocused: Bool, placeholder: String = ""
    ) {
        guard !rect.isEmpty else { return }
        let (before, after) = halves
        let position = TextWidth.columns(of: before, ascii: buffer.glyphs.isASCII)
        let hidden = isFocused ? max(0, position - rect.columns + 1) : 0
        if isEmpty {
            buffer.draw(placeholder, at: rect.origin, width: rect.columns, style: style.dim, overflow: .ellipsis)
        } else {
            buffer.draw(
                before + after, at: rect.origin, width: rect.columns,
                style: isSelected && isFocused ? style.reverse : style,
                overflow: isFocused ? .clip : .ellipsis, skipping: hidden)
        }
        guard isFocused else { return }
        buffer.cursor = Point(column: rect.column + position - hidden, row: rect.row)
    }
}
