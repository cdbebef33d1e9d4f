import RPCCore
import TerminalUI
import WorkbenchModel

/// The messages in sight as a table of fields: each column as wide as what stands in it, the last one with the rest.
struct MessageColumns {
    /// A value is cut after so many columns of the screen, but for the last.
    private static let widest = 24

    private let names: [String]
    /// The texts of each row; of what is no message the line that says it.
    private let rows: [[String]]
    private let widths: [Int]
    private let isNumeric: [Bool]

    init(_ names: [String], _ messages: [StreamMessage], _ text: SummaryText) {
        self.names = names
        rows = messages.map { message in
            guard message.role == .request || message.role == .response else { return [message.summary] }
            return message.payload.values(at: names).map { $0.map(text.text) ?? "" }
        }
        let table = rows.filter { $0.count == names.count }
        widths = names.indices.map { column in
            min(
                Self.widest,
                ([names[column]] + table.map { $0[column] }).map { TextWidth.columns(of: $0, limit: Self.widest) }.max()
                    ?? 0)
        }
        isNumeric = names.indices.map { column in
            table.contains { !$0[column].isEmpty }
                && table.allSatisfy { $0[column].isEmpty || Double($0[column]) != nil }
        }
    }

    /// A row on one line.
    func text(ofRow row: Int) -> String {
        let texts = rows[row]
        guard texts.count == names.count, names.count > 1 || isNumeric[0] else { return texts.first ?? "" }
        return line(texts)
    }

    /// The names of the columns, above the rows.
    func drawHead(
        at columns: Range<Int>, above rows: Rect, of pane: Pane, _ context: ViewContext, into buffer: inout ScreenBuffer
    ) {
        guard rows.row > 0 else { return }
        context.clicks.add(
            Rect(column: rows.column, row: rows.row - 1, columns: rows.columns, rows: 1),
            .messages([.clicked(pane, row: nil), .pressed(.columns)]))
        buffer.draw(
            line(names), at: Point(column: rows.column + columns.lowerBound, row: rows.row - 1), width: columns.count,
            style: context.theme.faint, overflow: .ellipsis)
    }

    private func line(_ texts: [String]) -> String {
        texts.indices.map { column in
            let isLast = column == texts.count - 1
            let text = isLast ? texts[column] : SummaryText.cut(texts[column], to: widths[column])
            let blanks = String(
                repeating: " ", count: max(0, widths[column] - TextWidth.columns(of: text, limit: widths[column])))
            return isNumeric[column] ? blanks + text : isLast ? text : text + blanks
        }.joined(separator: "  ")
    }
}
