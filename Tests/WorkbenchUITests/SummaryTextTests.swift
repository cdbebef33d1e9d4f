import Foundation
import Plans
import RPCCore
import TerminalUI
import TestSupport
import Testing
import WorkbenchModel

@testable import WorkbenchUI

@Suite("The line of a message in its room")
struct SummaryTextTests {
    private var text: SummaryText {
        let scene = Scene.succeeded
        return SummaryText(
            ViewContext(
                state: scene.state, transcript: scene.transcript, wire: scene.wire, keymap: .standard, theme: .dark,
                timeZone: TimeZone(secondsFromGMT: 3600) ?? .gmt,
                layout: WorkbenchLayout(size: Size(columns: 80, rows: 24), of: scene.state), editor: Editor()))
    }

    private let line = MessageLine([
        .init("name=", .text("ana")), .init("value=", .text("20.5")),
        .init("note=", .text("a note that is much longer than that")),
    ])

    @Test("as many parts are shown as fit, and how many more there are")
    func fits() {
        #expect(text.text(of: line, columns: 80) == "name=ana value=20.5 note=a note that is much lon…")
        #expect(text.text(of: line, columns: 30) == "name=ana value=20.5 +1")
        #expect(text.text(of: line, columns: 15) == "name=ana +2")
        #expect(text.text(of: line, columns: 3) == "name=ana +2")
        #expect(text.text(of: MessageLine([]), columns: 3) == "∅")
        #expect(text.text(of: MessageLine("all the room that there is"), columns: 80) == "all the room that there is")
    }

    @Test("wide letters are cut whole")
    func wide() {
        let cut = SummaryText.cut(String(repeating: "界", count: 20), to: 24)
        #expect(cut == String(repeating: "界", count: 11) + "…" && TextWidth.columns(of: cut) == 23)
        #expect(SummaryText.cut("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", to: 3) == "👩‍👩‍👧‍👦…")
    }

    @Test("a time is that of this place, with its day where that is not the day of the call")
    func times() {
        func moment(_ seconds: Int) -> MessageLine.Value { .moment(.seconds(seconds) + .milliseconds(125), utc: "") }
        #expect(text.text(of: moment(1_795_348_801)) == "13:00:01.125")
        #expect(text.text(of: moment(0)) == "1970-01-01 01:00:00.125")
    }
}
