import RPCCore
import TerminalUI
import Testing
import WorkbenchModel

@testable import WorkbenchUI

@Suite("Room on the screen", .timeLimit(.minutes(10)))
@MainActor
struct RoomTests {
    private static let size = Size(columns: 120, rows: 36)

    private func frames(_ scene: Scene, _ size: Size = size) -> [Pane: Rect] {
        var state = scene.state
        state.layOut(Layout([.compose: PaneMetrics(rows: 5), .received: PaneMetrics(rows: 5)]))
        return WorkbenchLayout(size: size, of: state).frames
    }

    /// Frames share their edges and nothing else, and leave no place empty.
    private func expectTiled(_ frames: [Pane: Rect], _ size: Size, sourceLocation: SourceLocation = #_sourceLocation) {
        for row in 1..<size.rows - 3 {
            for column in 0..<size.columns {
                let point = Point(column: column, row: row)
                #expect(frames.values.contains { $0.contains(point) }, sourceLocation: sourceLocation)
                #expect(frames.values.count { $0.inset().contains(point) } < 2, sourceLocation: sourceLocation)
            }
        }
    }

    @Test(
        "what a call that is over leaves empty, the attempts have as they need it, and the detail",
        arguments: [(120, 36), (200, 60)])
    func emptyRows(columns: Int, rows: Int) throws {
        let size = Size(columns: columns, rows: rows)
        let (live, over) = (frames(.conversation, size), frames(.succeeded, size))
        #expect(try #require(over[.detail]).rows > (try #require(live[.detail])).rows)
        // The attempts have what they have to say, and not half of what there is.
        var told = Scene.failed.state
        told.layOut(Layout([.attempts: PaneMetrics(rows: 3, content: 9), .compose: PaneMetrics(rows: 3)]))
        let frames = WorkbenchLayout(size: size, of: told).frames
        #expect(frames[.attempts]?.inset().rows == 9)
        expectTiled(frames, size)
        #expect(over[.received]?.inset().rows == 4)
        expectTiled(over, size)
    }

    /// What a key does on a screen, as the program does it.
    private func press(_ action: Action, _ scene: Scene, _ size: Size) -> Scene {
        scene.laidOut(size).after(.pressed(action)).laidOut(size)
    }

    private nonisolated static let sizes = [(80, 24), (120, 36), (200, 60)]

    /// A call that goes on, one that is over and leaves rows empty, and one that was tried again.
    private static let calls = [Scene.conversation, .succeeded, .recovered]

    @Test(
        "borders move by keys, from where they are and by as much each time, as far as they go, and back",
        arguments: sizes)
    func borders(columns: Int, rows: Int) throws {
        let size = Size(columns: columns, rows: rows)
        for (scene, pane) in Self.calls.flatMap({ scene in [Pane.received, .attempts, .detail].map { (scene, $0) } }) {
            let first = scene.after(.pressed(pane.action)).laidOut(size)
            func extent(_ scene: Scene, _ part: KeyPath<Rect, Int>) throws -> Int {
                try #require(WorkbenchLayout(size: size, of: scene.state).frames[pane])[keyPath: part]
            }
            for (more, less, part, step) in [
                (Action.wider, Action.narrower, \Rect.columns, 2), (Action.taller, Action.shorter, \Rect.rows, 1),
            ] where pane == .received || part == \Rect.rows {
                var moved = first
                let before = try extent(first, part)
                for count in 1...2 {
                    moved = press(more, moved, size)
                    #expect(try extent(moved, part) == before + count * step, "\(pane)")
                    expectTiled(WorkbenchLayout(size: size, of: moved.state).frames, size)
                }
                for _ in 1...2 { moved = press(less, moved, size) }
                #expect(moved.state.split == Split())
                moved = press(less, moved, size)
                #expect(try extent(moved, part) == before - step, "\(pane)")
                let last = "its border moves no further"
                for _ in 0..<size.columns where moved.state.notice?.text != last { moved = press(more, moved, size) }
                #expect(moved.state.notice?.text == last)
                expectTiled(WorkbenchLayout(size: size, of: moved.state).frames, size)
                // What had no room is not to be taken back first.
                let most = try extent(moved, part)
                #expect(try extent(press(less, moved, size), part) < most)
            }
        }
    }

    @Test("each step of the zoom gives more room, and one that shows no more is passed over", arguments: sizes)
    func zoom(columns: Int, rows: Int) throws {
        let size = Size(columns: columns, rows: rows)
        for (scene, pane) in Self.calls.flatMap({ scene in
            [Pane.compose, .received, .attempts, .detail].map { (scene, $0) }
        }) {
            var zoomed = scene.after(.pressed(pane.action)).laidOut(size)
            var rooms: [Size] = []
            repeat {
                let frame = WorkbenchLayout(size: size, of: zoomed.state).frame(of: pane)
                if let last = rooms.last {
                    #expect(frame.columns > last.columns || frame.rows > last.rows, "\(pane)")
                }
                rooms.append(frame.size)
                zoomed = press(.zoomIn, zoomed, size)
            } while zoomed.state.zoom != .none
            #expect(rooms.last == Size(columns: columns, rows: rows - 3))
            // By as many steps back.
            for _ in 1..<rooms.count { zoomed = press(.zoomIn, zoomed, size) }
            for _ in 1..<rooms.count { zoomed = press(.zoomOut, zoomed, size) }
            #expect(zoomed.state.zoom == .none)
        }
        // The plan fits as it is, and its lines would be no longer.
        guard columns == 80 else { return }
        let plan = Scene.succeeded.after(.pressed(.focusCompose)).laidOut(size)
        #expect(press(.zoomIn, plan, size).state.zoom == .whole)
        // What was tried again says more than there is room for.
        #expect(press(.zoomIn, Scene.recovered.after(.pressed(.focusAttempts)), size).state.zoom == .most)
    }

    // MARK: Scroll bars

    /// The cells of the right edge of a pane that show where its window is.
    private func thumb(_ scene: Scene, of pane: Pane) -> [Bool] {
        let frame = WorkbenchLayout(size: Self.size, of: scene.state).frame(of: pane)
        let screen = scene.draw(Self.size)
        return frame.inset().rowRange.map {
            screen[frame.columnRange.upperBound - 1, $0].text == String(Glyphs.unicode.scrollThumb)
        }
    }

    private func sending(_ count: Int) -> Scene {
        Scene().after(.pressed(.run)).during(.sent(Scene.requests(count)))
    }

    @Test("a pane that has more than it shows has a bar, which is at an end only where the list is")
    func bars() {
        #expect(!thumb(sending(3), of: .sent).contains(true))
        let following = thumb(sending(10_000), of: .sent)
        #expect(following.last == true && following.count { $0 } == 1)
        var scene = sending(10_000).after(.pressed(.focusSent), .pressed(.up))
        for _ in 0..<200 { scene = scene.after(.pressed(.up)) }
        let near = thumb(scene, of: .sent)
        #expect(near.last == false && near.first == false && near.contains(true))
        let first = thumb(scene.after(.pressed(.first)), of: .sent)
        #expect(first.first == true && first.last == false)
        // Half of what there is in sight: half of the bar.
        let rows = thumb(sending(3), of: .sent).count
        #expect(thumb(sending(2 * rows), of: .sent).count { $0 } == rows / 2)
    }

    // MARK: JSON

    private static let nested =
        #"{"name":"a, {b}: \"c\" [d]","list":[1,2,{"x":{}}],"empty":[],"deep":{"one":{"two":true}}}"#

    private func lines(_ text: String, levels: Int? = nil, flipped: Set<Int> = []) -> [String]? {
        JSONOutline(text)?.rows(levels: levels, flipped: flipped).map {
            String(repeating: " ", count: $0.indent) + $0.text
        }
    }

    @Test("JSON is laid out a member a line, and folds to its first levels, or where it is told to")
    func outline() {
        #expect(
            lines(Self.nested) == [
                "{", #"  "name": "a, {b}: \"c\" [d]","#, #"  "list": ["#, "    1,", "    2,", "    {",
                #"      "x": {}"#, "    }",
                "  ],", #"  "empty": [],"#, #"  "deep": {"#, #"    "one": {"#, #"      "two": true"#, "    }", "  }",
                "}",
            ])
        let folded = [
            "{", #"  "name": "a, {b}: \"c\" [d]","#, #"  "list": [ … 3 ],"#, #"  "empty": [],"#, #"  "deep": { … 1 }"#,
            "}",
        ]
        #expect(lines(Self.nested, levels: 1) == folded)
        #expect(lines(Self.nested, flipped: [2, 10]) == folded)
        #expect(lines(Self.nested, levels: 1, flipped: [2])?.count == folded.count + 6 - 2)
        #expect(lines("  [1, [2]]  ") == ["[", "  1,", "  [", "    2", "  ]", "]"])
        #expect(lines("hello {") == nil && lines("") == nil && lines("12") == nil)
    }

    @Test("whatever is cut off or wrong, every character that is no blank stays, in its order")
    func outlineOfAnything() {
        var generator = SeededGenerator(seed: 7)
        let letters = Array(#"{}[]{}[],,::""\ab1 "# + "\n")
        for _ in 0..<2000 {
            let length = Int.random(in: 1...60, using: &generator)
            let text = "{" + String((0..<length).map { _ in letters.randomElement(using: &generator) ?? " " })
            let rows = JSONOutline(text)?.rows(levels: nil, flipped: [])
            func bare(_ text: String) -> String { text.filter { $0 != " " && $0 != "\n" } }
            #expect(bare(rows?.map(\.text).joined() ?? "") == bare(text))
            for levels in 1...3 { _ = JSONOutline(text)?.rows(levels: levels, flipped: [0, 2, 5]) }
        }
        let deep = String(repeating: "[", count: 16_000)
        let rows = JSONOutline(deep)?.rows(levels: 2, flipped: []) ?? []
        #expect(rows.count == 16_000 && rows.allSatisfy { $0.indent < 60 })
    }

    /// A reply that does not fit on a line.
    private static let long = Scene().after(.pressed(.run), .pressed(.focusReceived)).during(
        .received([Scene.reply(1, String(repeating: "many words of one text ", count: 12), at: 4)]))

    @Test("a reply that is longer than its line is laid out, broken between words, and folds by a key and by a click")
    func detail() throws {
        let size = Size(columns: 80, rows: 24)
        func detail(_ scene: Scene) -> [String] {
            let place = WorkbenchLayout(size: size, of: scene.state).content(of: .detail)
            let screen = scene.draw(size)
            return place.rowRange.map { row in place.columnRange.map { screen[$0, row].text }.joined() }
        }
        var scene = Self.long.after(.pressed(.focusDetail), .pressed(.zoomIn), .pressed(.zoomIn))
        let open = detail(scene)
        #expect(open[0].hasPrefix("▾ {"))
        #expect(open[1].hasPrefix(#"    "type": "response","#))
        #expect(open[2].hasPrefix(#"▾   "data": {"#))
        #expect(open[3].hasPrefix(#"      "message": "many words of one text many words"#))
        // Broken between words, and indented.
        #expect(open[4].hasPrefix("        ") && open[4].dropFirst(8).first != " ")
        let wrapped = open[3...].prefix { !$0.contains("language") }.map { $0.split(separator: " ") }.joined()
        #expect(wrapped.dropFirst(2).allSatisfy { ["many", "words", "of", "one", "text", "\","].contains($0) })
        scene = scene.after(.foldToggled(line: 0, .received, number: 1))
        #expect(detail(scene)[0].hasPrefix("▸ { … 2 }"))
        // What is clicked on is what is drawn there.
        let place = WorkbenchLayout(size: size, of: scene.state).content(of: .detail)
        guard case .messages(let messages)? = scene.drawn(size).clicks.press(at: place.origin)?.target else {
            Issue.record("nothing to click on")
            return
        }
        for message in messages { scene = scene.after(message) }
        #expect(detail(scene)[0].hasPrefix("▾ {"))
        #expect(scene.after(.pressed(.fold)).state.notice?.text == "1 level of the JSON shown")
    }

    @Test("a reply that fits its line is shown as it travelled")
    func short() {
        // Where there is no room to lay it out, what fits is shown so, too.
        let small = Scene.succeeded.draw(Size(columns: 80, rows: 24)).lines
        #expect(small.contains { $0.contains(#"│{"type":"response","data":{"message":"Hello, Alice, Bob"#) })
        let lines = Scene.conversation.draw(Self.size).lines
        #expect(lines.contains { $0.contains(#"│{"message":"Hello, John Doe!"}"#) })
    }

    @Test("whoever folds sees it in what fits its line, too, and is told where there is nothing to fold")
    func foldedShort() {
        let scene = Scene.conversation.after(.pressed(.focusReceived)).laidOut(Self.size)
            .after(.pressed(.first), .pressed(.focusDetail)).laidOut(Self.size)
        let folded = scene.after(.pressed(.fold))
        #expect(folded.state.notice?.text == "1 level of the JSON shown")
        #expect(folded.draw(Self.size).lines.contains { $0.contains("│▾ {") })
        let idle = Scene.idle.after(.pressed(.focusDetail)).laidOut(Self.size).after(.pressed(.fold))
        #expect(idle.state.notice?.text == "nothing to fold: the detail shows no JSON")
        #expect(idle.state.folding.levels == nil)
    }

    // MARK: Matches

    @Test("a search says which match is chosen, and of how many as far as they were counted")
    func matches() async throws {
        try await UserSession.play { user in
            user.press("c", "4", "r")
            try await user.see("Received · 3")
            user.press("3", "g", "/")
            user.type("hello")
            user.press("enter")
            try await user.see("match 1 of 3 ")
            user.press("n")
            try await user.see("match 2 of 3 ")
            user.press("s")
            user.type("Eve")
            user.press("enter", "esc")
            // What comes is not counted by itself.
            try await user.see("match 2 of 3+", "match 4 of 3+", "3+ match")
            user.press("3", "n")
            try await user.see(" of 4 ")
            user.press("1", "/")
            user.type("bob")
            user.press("enter")
            try await user.see("match 1 of 1")
        }
    }

    @Test("a narrowed pane says which of its messages is chosen")
    func narrowed() async throws {
        try await UserSession.play { user in
            user.press("c", "4", "r")
            try await user.see("Received · 3")
            user.press("3", "&")
            user.type("/A|C/")
            user.press("enter")
            try await user.see("match 2 of 2: /A|C/")
            user.press("up")
            try await user.see("match 1 of 2: /A|C/")
        }
    }
}
