import RPCCore

extension State {
    // MARK: Focus

    /// The panes to go through: those that the layout shows, in order, and all where it shows one at a time or has not said.
    private var visiblePanes: [Pane] {
        let visible = Pane.allCases.filter { layout.panes[$0] != nil }
        return visible.count > 1 ? visible : Pane.allCases.filter { $0 != .wire || wire.isOpen }
    }

    mutating func focusPane(by distance: Int) -> [Effect] {
        let panes = visiblePanes
        let index = panes.firstIndex(of: focus) ?? 0
        return focus(on: panes[(index + distance + panes.count) % panes.count])
    }

    mutating func focus(on pane: Pane) -> [Effect] {
        // Where the wire takes its room, the pane comes back in place of it.
        let isCovered = wire.isOpen && layout.panes.count > 1 && layout.panes[pane] == nil && pane != .wire
        if isCovered { return closeWire(to: pane) }
        focus = pane
        showDetail(of: pane)
        return []
    }

    /// The detail pane tells of the pane that was looked at last.
    private mutating func showDetail(of pane: Pane) {
        let direction: Direction?
        switch pane {
        case .sent: direction = .sent
        case .received: direction = .received
        case .compose, .attempts, .wire: direction = nil
        case .detail: direction = detailDirection
        }
        let isWire = pane == .detail ? detailsWire : pane == .wire
        if direction != detailDirection || isWire != detailsWire { detail = ListPosition() }
        detailsWire = isWire
        detailDirection = direction
    }

    // MARK: Movement

    mutating func move(_ action: Action) -> [Effect] {
        let pane = focus
        let page = max(1, rows(of: pane) - 1)
        switch action {
        case .up: move(pane, by: -1)
        case .down: move(pane, by: 1)
        case .pageUp: move(pane, by: -page)
        case .pageDown: move(pane, by: page)
        case .first: withPosition(of: pane) { $0.select($1.lowerBound, in: $1, rows: $2) }
        case .last: withPosition(of: pane) { $0.select($1.upperBound - 1, in: $1, rows: $2) }
        case .follow: follow(pane)
        default: break
        }
        return []
    }

    private mutating func move(_ pane: Pane, by distance: Int) {
        switch pane {
        case .compose, .sent, .received, .wire:
            withPosition(of: pane) { $0.move(by: distance, in: $1, rows: $2) }
        case .attempts, .detail:
            withPosition(of: pane) { $0.scroll(by: distance, in: $1, rows: $2) }
        }
        if [.sent, .received, .wire].contains(pane) { detail = ListPosition() }
    }

    /// Follows the newest: in the pane itself, or in both directions where the pane has nothing to follow.
    private mutating func follow(_ pane: Pane) {
        let panes: [Pane] = pane == .compose || pane == .detail ? [.sent, .received] : [pane]
        for pane in panes {
            withPosition(of: pane) { position, list, rows in
                position.isFollowing = true
                position.settle(in: list, rows: rows)
            }
        }
    }

    mutating func scroll(_ pane: Pane, by distance: Int) -> [Effect] {
        guard overlays.isEmpty else { return stepInOverlay(by: distance) }
        withPosition(of: pane) { $0.scroll(by: distance, in: $1, rows: $2) }
        return []
    }

    mutating func click(_ pane: Pane, row: Int?) -> [Effect] {
        guard overlays.isEmpty else { return [] }
        notice = nil
        _ = focus(on: pane)
        guard let row, [.compose, .sent, .received, .wire].contains(pane) else { return [] }
        withPosition(of: pane) { position, list, rows in
            guard list.contains(position.top + row) else { return }
            position.select(position.top + row, in: list, rows: rows)
        }
        return []
    }

    // MARK: Layout

    /// Takes over what the screen has room for: before whatever happens on it, and before it is drawn.
    public mutating func layOut(_ layout: Layout) {
        guard layout != self.layout else { return }
        self.layout = layout
        let panes = layout.panes.keys
        if !panes.contains(focus), let first = panes.min(by: { $0.rawValue < $1.rawValue }) { focus = first }
        settle()
    }

    /// Adapts every pane's position to what its list and the layout have become.
    mutating func settle() {
        for pane in Pane.allCases {
            withPosition(of: pane) { $0.settle(in: $1, rows: $2) }
        }
    }

    func rows(of pane: Pane) -> Int { max(1, layout.panes[pane]?.rows ?? 1) }

    /// The rows of a pane's content that can be shown, counted from 0 over all there were; one where there is none.
    public func list(of pane: Pane) -> Range<Int> {
        switch pane {
        case .compose: 0..<max(1, composer.rows.count)
        case .sent: list(.sent)
        case .received: list(.received)
        case .attempts, .detail: 0..<max(1, layout.panes[pane]?.content ?? 1)
        case .wire: wire.rows.isEmpty ? 0..<1 : wire.rows
        }
    }

    private func list(_ direction: Direction) -> Range<Int> {
        let oldest = call?.oldest(of: direction) ?? 1
        if let filter = filters[direction] {
            let upper = max(1, filter.matches.count)
            return min(filter.matches.index(of: oldest), upper - 1)..<upper
        }
        let upper = max(1, call?.count(of: direction) ?? 0)
        return min(oldest - 1, upper - 1)..<upper
    }

    /// Works on a pane's position, given the rows of its list and how many of them fit.
    mutating func withPosition(of pane: Pane, _ body: (inout ListPosition, Range<Int>, Int) -> Void) {
        body(&self[keyPath: Self.position(of: pane)], list(of: pane), rows(of: pane))
    }

    /// Where a pane stands in its list.
    public func position(of pane: Pane) -> ListPosition { self[keyPath: Self.position(of: pane)] }

    private static func position(of pane: Pane) -> WritableKeyPath<State, ListPosition> {
        switch pane {
        case .compose: \.composer.position
        case .sent: \.sent
        case .received: \.received
        case .attempts: \.attempts
        case .detail: \.detail
        case .wire: \.wire.position
        }
    }
}
