import RPCCore

extension State {
    /// The direction that keys mean which work on messages: that of the pane in sight, else the received one.
    var direction: Direction {
        focus == .sent || focus == .detail && detailDirection == .sent ? .sent : .received
    }

    // MARK: Filter

    mutating func openFilter() -> [Effect] {
        if focus == .wire { return openWireFilter() }
        guard call != nil else { return say(.warning, "no call has been run yet") }
        let (direction, text) = (direction, filters[direction]?.text ?? pattern)
        let title = "Show only what matches in \(direction.rawValue)"
        let field = Field("text", text: text, .messages, hint: "\(Self.patternHint); nothing: all")
        return open(Form(LineForm(title, field) { $0.filter(direction, by: $2, $1) }))
    }

    /// Narrows a pane to the messages that have a pattern, or shows all of them again.
    mutating func filter(_ direction: Direction, by text: String, _ wanted: MessagePattern) -> [Effect] {
        guard let call else { return [] }
        let (chosen, isFollowing) = (selectedNumber(in: direction), position(of: direction.pane).isFollowing)
        guard !text.isEmpty else {
            filters[direction] = nil
            withPosition(of: direction.pane) { position, list, rows in
                position.select((chosen ?? 1) - 1, in: list, rows: rows)
                position.isFollowing = isFollowing
                position.settle(in: list, rows: rows)
            }
            return [.search(.stopFilter(direction))]
        }
        filters[direction] = MessageFilter(text, anchor: isFollowing ? nil : chosen)
        withPosition(of: direction.pane) { position, _, _ in position = ListPosition(isFollowing: isFollowing) }
        return [.search(.filter(direction, callID: call.id, wanted))]
    }

    mutating func filtered(_ direction: Direction, callID: Int, _ matches: NumberSet, searched: Int) -> [Effect] {
        guard callID == call?.id, filters[direction]?.isActive == true else { return [] }
        filters[direction]?.matches = matches
        filters[direction]?.searched = searched
        if let anchor = filters[direction]?.anchor, searched >= anchor {
            filters[direction]?.anchor = nil
            withPosition(of: direction.pane) {
                $0.select(matches.index(of: anchor), in: $1, rows: $2)
            }
        }
        settle()
        return []
    }

    /// Ends what goes on for long.
    /// - Returns: `nil` where nothing does.
    mutating func stopSearch() -> [Effect]? {
        guard finding != nil || search != nil else { return nil }
        if finding != nil {
            finding = nil
            return [.search(.stopFinding)] + say(.info, "the search was stopped")
        }
        let directions = Direction.allCases.filter { filters[$0]?.isActive == true }
        for direction in directions { filters[direction]?.isActive = false }
        let searched = directions.compactMap { filters[$0]?.searched }.max() ?? 0
        return directions.map { .search(.stopFilter($0)) }
            + say(.info, "the filter was stopped: of the first \(searched) messages, those that match are shown")
    }

    // MARK: Going to a message

    mutating func openJump() -> [Effect] {
        guard call != nil else { return say(.warning, "no call has been run yet") }
        let direction = direction
        let title = "Go to a message in \(direction.rawValue)"
        let form = LineForm(title, Field("message", "", .verbatim, hint: Self.jumpHint)) {
            state, text, _ throws(FieldProblem) in
            try state.jump(to: text.trimmingSpaces(), in: direction)
        }
        return open(Form(form))
    }

    private static let jumpHint = "a number, +2.5s from the start, or 12:03:04 on the clock"

    /// Goes where a text says.
    private mutating func jump(to text: String, in direction: Direction) throws(FieldProblem) -> [Effect] {
        if let number = Int(text), number > 0 {
            let list = list(of: direction.pane)
            let count = call?.count(of: direction) ?? 0
            guard number <= count else { throw FieldProblem("the last message is number \(count)") }
            return goTo(filters[direction] == nil ? max(number, list.lowerBound + 1) : number, in: direction)
        }
        guard let call, let moment = CallMoment(text) else { throw FieldProblem(Self.jumpHint) }
        return [.search(.jump(direction, callID: call.id, to: moment))]
    }

    mutating func goToCounterpart() -> [Effect] {
        let count = call?.count(of: direction) ?? 0
        guard let call, let number = selectedNumber(in: direction), number <= count else {
            return say(.warning, "choose a message in the sent or received pane first")
        }
        return [.search(.findCounterpart(direction, callID: call.id, number: number, call.progress.pairings))]
    }
}

extension CallMoment {
    /// Reads `+2.5s` and `12:03`, `12:03:04` or `12:03:04.567`.
    init?(_ text: String) {
        if text.hasPrefix("+") {
            guard let elapsed = Duration(text: String(text.dropFirst())) else { return nil }
            self = .elapsed(elapsed)
            return
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let hours = Int(parts[0]), let minutes = Int(parts[1]),
            let seconds = Double(parts.count == 3 ? parts[2] : "0"), (0..<24).contains(hours),
            (0..<60).contains(minutes), (0..<60).contains(seconds)
        else { return nil }
        self = .timeOfDay(.seconds(hours * 3600 + minutes * 60) + .nanoseconds(Int64(seconds * 1e9)))
    }
}
