import Foundation
import RPCCore
import TerminalUI
import WorkbenchModel

/// What a view draws from: the state, the messages, and the taste of the user.
struct ViewContext {
    let state: State
    let transcript: any TranscriptReading
    let wire: WireLog
    let keymap: Keymap
    let theme: Theme
    let timeZone: TimeZone
    let layout: WorkbenchLayout
    let editor: Editor
    /// What is laid out to be measured, and then drawn.
    let laidOut = LaidOutLines()
    /// What can be clicked on in the frame that is drawn.
    let clicks = ClickMap()

    /// The time of day of a moment of the call on screen: `12:00:01.123`.
    func clockTime(_ time: Duration) -> String {
        guard let attempt = state.call?.progress.attempts.first?.attempt else { return "" }
        return TimeOfDay.text(of: attempt.wallTime, after: time - attempt.start, in: timeZone)
    }

    /// The request that a message answers, as far as is known.
    func pair(of message: StreamMessage) -> AnswerPair? {
        guard let call = state.call else { return nil }
        var pairings = call.progress.pairings
        pairings.distrustsNumbers = call.recorded != nil && call.kind == .bidirectional
        return pairings.pair(of: message)
    }

    /// When a request was sent: of one that was sent more than once, the last time.
    func sentTime(of request: StreamMessage) -> Duration {
        state.call?.progress.resentTimes.time(of: request.number) ?? request.time
    }

    /// The look of a row: chosen, or one of many.
    func rowStyle(_ pane: Pane, row: Int, otherwise style: Style) -> Style {
        guard state.position(of: pane).selected == row else { return style }
        let selection = state.focus == pane ? theme.selection : theme.otherSelection
        return Style(
            foreground: style.foreground, background: selection.background,
            attributes: style.attributes.union(selection.attributes))
    }
}

/// Lines that were laid out for a frame, so that they are not laid out twice.
final class LaidOutLines {
    var detail: (columns: Int, lines: [DetailView.Line])?
}
