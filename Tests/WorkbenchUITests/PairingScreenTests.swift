import Foundation
import RPCCore
import TerminalUI
import TestSupport
import Testing
import WorkbenchModel

@testable import WorkbenchUI

@Suite("Requests and replies on screen")
struct PairingScreenTests {
    private static func answer(_ number: Int, _ replies: Int, _ refusals: Int = 0, isRefusal: Bool = false)
        -> StreamMessage
    {
        StreamMessage(
            number: number, time: .milliseconds(100 * number), size: 40, form: .textFrame,
            body: isRefusal ? .refusal("Invalid request: Bob") : .reply(HelloReply(message: "Reply \(number)")),
            place: AnswerPlace(replies: replies, refusals: refusals))
    }

    private static func lines(_ events: [CallEvent], glyphs: Glyphs = .unicode) -> [String] {
        var scene = Scene().after(.kindChosen(.bidirectional), .pressed(.run), .pressed(.focusReceived))
        scene = scene.during([.sent(Scene.requests(3))] + events)
        var meter = TimingMeter()
        for event in [.sent(Scene.requests(3))] + events { meter.observe(event) }
        scene.state.call?.progress.timing = meter.timing
        return scene.draw(Size(columns: 160, rows: 60), glyphs: glyphs).lines.map { String($0) }
    }

    /// The part of a row between two lines of a pane.
    private static func row(_ lines: [String], _ text: String) -> String {
        let line = lines.first { $0.contains(text) } ?? ""
        let part = line.split(separator: "│").first { $0.contains(text) } ?? ""
        return part.trimmingCharacters(in: .whitespaces)
    }

    @Test("a pair that is a guess looks like one, and says why")
    func guess() {
        let lines = Self.lines([.received([Self.answer(1, 0), Self.answer(2, 1)]), .acknowledged(upTo: 1)])
        #expect(Self.row(lines, "1 Alice · en").hasSuffix(" ✓"))
        #expect(Self.row(lines, "2 Bob · es").hasSuffix(" ≈✓"))
        #expect(Self.row(lines, "3 Chloé · fr").hasSuffix("…"))
        #expect(Self.row(lines, "1 Reply 1").contains(" +"))
        #expect(Self.row(lines, "2 Reply 2").contains("≈+"))
        #expect(lines.contains { $0.contains("≈ answers request 2") })
        #expect(lines.contains { $0.contains("a guess: replies are taken in order, one reply for each request") })
        #expect(lines.contains { $0.contains("Received · 2 ") && $0.contains("≈ p50") })
        #expect(lines.contains { $0.contains("round trips") && $0.contains("pairs are not proven") })
    }

    @Test("where replies say what they answer, the requests that have one are marked, and nothing is a guess")
    func keyed() {
        func reply(_ number: Int, to request: Int?) -> StreamMessage {
            StreamMessage(
                number: number, time: .milliseconds(100 * number), size: 40, form: .textFrame,
                body: .reply(HelloReply(message: "Reply \(number)")), answers: request)
        }
        let rule = CallEvent.paired(Pairing(correlation: Correlation(request: "name", reply: "message")))
        let events = [rule, .received([reply(1, to: 3), reply(2, to: 1), reply(3, to: 3)])]
        var lines = Self.lines(events)
        #expect(Self.row(lines, "1 Alice · en").hasSuffix(" ✓"))
        #expect(Self.row(lines, "2 Bob · es").hasSuffix("…"))
        #expect(Self.row(lines, "3 Chloé · fr").hasSuffix(" ✓"))
        #expect(Self.row(lines, "3 Reply 3").contains(" +"))
        #expect(lines.contains { $0.contains("answers request 3") })
        #expect(lines.contains { $0.contains("round trips") && $0.contains("of 3") })
        #expect(!lines.contains { $0.contains("≈") || $0.contains("not proven") })
        lines = Self.lines(events + [.received([reply(4, to: nil)])])
        #expect(lines.contains { $0.contains("answers no request: its message is that of none, or of several") })
        #expect(Self.row(lines, "2 Bob · es").hasSuffix("…"))
    }

    @Test("where only ASCII may be drawn, too")
    func ascii() {
        let lines = Self.lines([.received([Self.answer(1, 0), Self.answer(2, 1)])], glyphs: .ascii)
        #expect(lines.contains { $0.contains("2 Reply 2") && $0.contains("~+") })
    }

    @Test("the pairs of what has come follow the rule, and the refused request is marked and no other")
    func repaired() {
        let lines = Self.lines([
            .received([Self.answer(1, 0), Self.answer(2, 1), Self.answer(3, 2, isRefusal: true)]),
            .paired(Pairing(ratio: 2, largestRatio: 2, answered: 3)), .received([Self.answer(4, 2, 1)]),
            .acknowledged(upTo: 3),
        ])
        #expect(Self.row(lines, "1 Alice · en").hasSuffix(" ✓"))
        #expect(Self.row(lines, "2 Bob · es").hasSuffix(" ✕"))
        #expect(Self.row(lines, "3 Chloé · fr").hasSuffix(" ✓"))
        #expect(lines.contains { $0.contains("answers request 3") })
        #expect(!lines.contains { $0.contains("≈") })
    }

    @Test("on a contradiction nothing is paired, and the reason is there")
    func stopped() {
        let lines = Self.lines([
            .received([Self.answer(1, 0), Self.answer(2, 1)]), .paired(Pairing(contradiction: "it goes on and on")),
        ])
        #expect(
            !lines.contains { $0.contains("answers request") || $0.contains("✓") || $0.contains("round trips  p50") })
        #expect(lines.contains { $0.contains("nobody can say which request it answers: it goes on and on") })
    }

    @Test("a request that was sent again has the time of the attempt that counted")
    func resent() {
        let lines = Self.lines([.resent(2...3, at: .milliseconds(3005)), .received([Self.answer(40, 0)])])
        #expect(Self.row(lines, "1 Alice · en").contains("12:00:01."))
        #expect(Self.row(lines, "2 Bob · es").contains("12:00:04.005"))
        #expect(Self.row(lines, "2 Bob · es").hasSuffix("↻"))
    }
}
