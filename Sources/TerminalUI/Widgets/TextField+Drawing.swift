extension TextField {
    /// Draws the field into one row. Text wider than the row is shifted so that the cursor stays in sight, and marked where it goes on.
    /// - Parameters:
    ///   - isFocused: Whether keys go to this field: it shows the cursor.
    ///   - placeholder: Stands, dimmed, in an empty field.
    public func draw(
        into buffer: inout ScreenBuffer, rect: Rect, style: Style = .plain, isFocused: Bool, placeholder: String = ""
    ) {
        guard !rect.isEmpty else { return }
        let (before, after) = halves
        let position = TextWidth.columns(of: before, ascii: buffer.glyphs.isASCII)
        let total = position + TextWidth.columns(of: after, ascii: buffer.glyphs.isASCII)
        // The mark that there is more is never where the cursor is.
        let isMarked = isFocused && total >= rect.columns && rect.columns > 2
        let hidden = isFocused ? max(0, position - rect.columns + (isMarked && !after.isEmpty ? 2 : 1)) : 0
        if isEmpty {
            buffer.draw(placeholder, at: rect.origin, width: rect.columns, style: style.dim, overflow: .ellipsis)
        } else {
            buffer.draw(
                before + after, at: rect.origin, width: rect.columns,
                style: isSelected && isFocused ? style.reverse : style,
                overflow: isFocused ? .clip : .ellipsis, skipping: hidden)
        }
        guard isFocused else { return }
        let ellipsis = String(buffer.glyphs.ellipsis)
        if isMarked, hidden > 0 { buffer.draw(ellipsis, at: rect.origin, width: 1, style: style.dim) }
        if isMarked, total - hidden > rect.columns {
            let end = Point(column: rect.column + rect.columns - 1, row: rect.row)
            buffer.draw(ellipsis, at: end, width: 1, style: style.dim)
        }
        buffer.cursor = Point(column: rect.column + position - hidden, row: rect.row)
    }
}
