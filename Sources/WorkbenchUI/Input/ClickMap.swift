import TerminalUI
import WorkbenchModel

/// What can be clicked on in the frame on screen. What draws something that looks so records it here, in the place where it is drawn,
/// and nothing else has to know where that is.
final class ClickMap {
    /// What a click on a region comes to.
    enum Target {
        /// What a key means there, or in what lies on top.
        case key(KeyEvent)
        case action(Action)
        /// All of these, one after the other.
        case messages([Message])
        /// A pane; below the first row of the region given its rows.
        case pane(Pane, rows: Rect)
        /// The rows of a list that lies on top, of which the first is this.
        case items(first: Int)
        /// What lies over everything: what is below it is not clicked on.
        case barrier
    }

    private var regions: [(place: Rect, target: Target)] = []

    /// Records a region; it lies over those that are there already.
    func add(_ place: Rect, _ target: Target) {
        if !place.isEmpty { regions.append((place, target)) }
    }

    /// Records the keys that are named in a line: each with what stands behind it, up to the next one.
    func addKeys(in spans: [Span], key: Style, at origin: Point, width: Int) {
        let end = origin.column + width
        var column = origin.column
        for (index, span) in spans.enumerated() where column < end {
            let columns = TextWidth.columns(of: span.text)
            if span.style == key, let pressed = KeyEvent(parsing: span.text) {
                let label = index + 1 < spans.count ? TextWidth.columns(of: spans[index + 1].text) : 0
                let place = Rect(
                    column: column, row: origin.row, columns: min(columns + label, end - column), rows: 1)
                add(place, .key(pressed))
            }
            column += columns
        }
    }

    /// What a click at a place means.
    func press(at point: Point) -> (place: Rect, target: Target)? {
        regions.last { $0.place.contains(point) }
    }

    /// What the wheel turns at a place.
    enum Turned: Hashable {
        case overlay
        case pane(Pane)
    }

    func turn(at point: Point) -> Turned? {
        for (place, target) in regions.reversed() {
            switch target {
            case .barrier: return .overlay
            case .pane(let pane, _) where place.contains(point): return .pane(pane)
            case .pane, .key, .action, .messages, .items: continue
            }
        }
        return nil
    }
}

extension ViewContext {
    /// Draws a line in which keys are named, which can be clicked on.
    func drawKeys(_ spans: [Span], at point: Point, width: Int, into buffer: inout ScreenBuffer) {
        buffer.draw(spans, at: point, width: width, overflow: .ellipsis)
        clicks.addKeys(in: spans, key: theme.key, at: point, width: width)
    }
}
