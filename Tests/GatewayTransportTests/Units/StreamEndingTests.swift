import RPCCore
import TestSupport
import Testing

@testable import GatewayTransport

@Suite("The rules by which a stream ends")
struct StreamEndingTests {
    /// What happens to a stream.
    enum Happening: Sendable {
        case sent(Int)
        case sentDefaultName
        case halfClosed
        case reply(String)
        case bare(String)
        case refusal
        case complete
        /// An answer of a server that answers every message.
        case answer(String)
    }

    static func ending(
        _ kind: CallKind, _ happenings: [Happening], signal: EndOfStreamSignal = .marker, byOrder: Bool = true
    ) -> (ending: StreamEnding, answers: [Int?], echoes: Int) {
        var ending = StreamEnding(
            kind: kind, signal: signal, quietTime: .milliseconds(800),
            order: byOrder && kind == .bidirectional ? ReplyOrder() : nil)
        var answers: [(request: Int?, place: AnswerPlace?, isRefusal: Bool)] = []
        var number = 0
        func reply(_ text: String, _ isEnveloped: Bool = true) {
            number += 1
            if case .reply(let answering) = ending.replied(text, number: number, isEnveloped: isEnveloped) {
                answers.append((answering.request, answering.place, false))
            }
        }
        for happening in happenings {
            switch happening {
            case .sent(let count): ending.sent((0..<count).map { Self.request("User \($0)") })
            case .sentDefaultName: ending.sent([Self.request("John Doe")])
            case .halfClosed: ending.halfClosed()
            case .reply(let text): reply(text)
            case .bare(let text): reply(text, false)
            case .refusal:
                number += 1
                let answering = ending.refused("Invalid request: no name", number: number)
                answers.append((answering.request, answering.place, true))
            case .complete: ending.completed()
            case .answer(let text):
                reply(text)
                ending.completed()
            }
        }
        let rule = ending.takePairing() ?? Pairing()
        let requests = answers.map { answer in
            answer.request ?? answer.place.flatMap { rule.pair(of: $0, isRefusal: answer.isRefusal)?.request }
        }
        return (ending, requests, ending.echoes)
    }

    private static func request(_ name: String) -> Payload {
        Payload(Greeter.request(name), Greeter.request, .json)
    }

    struct Settled: Sendable {
        var happenings: [Happening]
        var signal = EndOfStreamSignal.marker
        var rule: String?
        var result: Int?
    }

    @Test(
        "A client stream is settled when every message is answered, and not before",
        arguments: [
            Settled(happenings: [.sent(3), .halfClosed]),
            Settled(happenings: [.sent(3), .halfClosed, .reply("Hello to 3"), .complete]),
            Settled(happenings: [.sent(3), .halfClosed, .answer("a"), .answer("b"), .answer("c")]),
            Settled(
                happenings: [
                    .sent(3), .halfClosed, .answer("a"), .answer("b"), .answer("c"), .answer("Hello, John Doe!"),
                ],
                rule: "every message was answered: 3 replies for 3 requests and one for the end marker", result: 3),
            // Not in English, not by that name: the fourth answer to three requests is the marker's all the same.
            Settled(
                happenings: [.sent(3), .halfClosed, .answer("a"), .answer("b"), .answer("c"), .answer("?")],
                rule: "every message was answered: 3 replies for 3 requests and one for the end marker", result: 3),
            Settled(
                happenings: [.sent(2), .answer("a"), .answer("b"), .halfClosed, .answer("Hello, John Doe!")],
                rule: "every message was answered: 2 replies for 2 requests and one for the end marker", result: 2),
            Settled(
                happenings: [.sent(3), .refusal, .answer("b"), .refusal, .halfClosed, .answer("Hello, John Doe!")],
                rule: "every message was answered: 1 reply and 2 refusals for 3 requests and one for the end marker",
                result: 2),
            Settled(
                happenings: [.halfClosed, .answer("Hello, John Doe!")],
                rule: "every message was answered: 0 replies for 0 requests and one for the end marker", result: nil),
            Settled(happenings: [.halfClosed, .answer("Hello to 0")]),
            // A request of that name: its greeting is an answer, the second such greeting the marker's.
            Settled(happenings: [.sentDefaultName, .halfClosed, .answer("Hello, John Doe!")]),
            Settled(
                happenings: [.sentDefaultName, .halfClosed, .answer("Hello, John Doe!"), .answer("Hello, John Doe!")],
                rule: "every message was answered: 1 reply for 1 request and one for the end marker", result: 1),
            Settled(
                happenings: [.sent(2), .answer("a"), .answer("b"), .halfClosed], signal: .nothing,
                rule: "every message was answered: 2 replies for 2 requests", result: 2),
        ])
    func settled(_ given: Settled) {
        let verdict = Self.ending(.clientStream, given.happenings, signal: given.signal).ending.settled
        #expect(verdict?.rule == given.rule)
        #expect(verdict?.result == given.result)
        #expect(verdict?.error == nil)
    }

    @Test("A bidirectional stream is never settled by counting")
    func bidirectionalIsNotSettled() {
        let given = Self.ending(.bidirectional, [.sent(1), .halfClosed, .reply("a"), .reply("b"), .complete])
        #expect(given.ending.settled == nil)
    }

    struct Quiet: Sendable {
        var kind = CallKind.clientStream
        var happenings: [Happening]
        var signal = EndOfStreamSignal.marker
        var ends: Bool
    }

    @Test(
        "Silence ends a stream only when nothing that can be counted is missing",
        arguments: [
            Quiet(happenings: [.sent(3)], ends: false),
            Quiet(happenings: [.sent(3), .halfClosed], ends: false),
            Quiet(happenings: [.sent(3), .halfClosed, .reply("a")], ends: false),
            Quiet(happenings: [.sent(3), .halfClosed, .reply("a"), .complete], ends: true),
            Quiet(happenings: [.sent(3), .halfClosed, .answer("a"), .answer("b")], ends: false),
            Quiet(happenings: [.sent(3), .halfClosed, .answer("a"), .answer("b"), .answer("c")], ends: true),
            Quiet(happenings: [.sent(3), .halfClosed, .bare("a")], ends: true),
            Quiet(happenings: [.halfClosed], ends: false),
            Quiet(happenings: [.halfClosed], signal: .nothing, ends: true),
            Quiet(happenings: [.sent(1), .halfClosed], signal: .close, ends: true),
            Quiet(kind: .bidirectional, happenings: [.sent(2), .reply("a"), .reply("b")], ends: false),
            Quiet(kind: .bidirectional, happenings: [.sent(2), .halfClosed, .reply("a")], ends: false),
            Quiet(kind: .bidirectional, happenings: [.sent(2), .halfClosed, .reply("a"), .refusal], ends: true),
            Quiet(kind: .bidirectional, happenings: [.sent(2), .halfClosed, .complete], ends: true),
            Quiet(kind: .bidirectional, happenings: [.halfClosed], ends: true),
        ])
    func quiet(_ given: Quiet) {
        #expect(Self.ending(given.kind, given.happenings, signal: given.signal).ending.mayEndByQuiet == given.ends)
    }

    @Test("Silence must be ten times as long where the replies make no whole number for each request")
    func unevenQuiet() {
        let cases: [([Happening], Duration)] = [
            ([.sent(2), .halfClosed, .reply("a"), .reply("b")], .milliseconds(800)),
            ([.sent(2), .halfClosed, .reply("a"), .reply("a'"), .reply("b")], .seconds(8)),
            ([.sent(2), .halfClosed, .reply("a"), .reply("a'"), .reply("b"), .reply("b'")], .milliseconds(800)),
            ([.sent(2), .halfClosed, .reply("a"), .reply("a'"), .reply("b"), .complete], .milliseconds(800)),
        ]
        for (happenings, needed) in cases {
            var ending = Self.ending(.bidirectional, happenings).ending
            #expect(ending.endByQuiet(after: needed - .milliseconds(1)) == nil)
            #expect(ending.endByQuiet(after: needed)?.error == nil)
            #expect(ending.endedByQuiet.rule.hasPrefix("quiet for \(needed == .seconds(8) ? "8 s" : "0.8 s")"))
        }
    }

    @Test("The rule of silence names what it was quiet after")
    func quietRule() {
        let rules = EndOfStreamSignal.allCases.map {
            Self.ending(.bidirectional, [.halfClosed], signal: $0).ending.endedByQuiet.rule
        }
        #expect(
            rules == [
                "quiet for 0.8 s after the end marker", "quiet for 0.8 s after our CLOSE",
                "quiet for 0.8 s after the last request",
            ])
    }

    struct Closed: Sendable {
        var kind = CallKind.clientStream
        var happenings: [Happening]
        var signal = EndOfStreamSignal.marker
        var code: UInt16? = 1000
        var status: StatusCode
    }

    @Test(
        "A CLOSE is a good end only when the call was complete",
        arguments: [
            Closed(happenings: [.sent(3), .halfClosed, .reply("a"), .complete], status: .ok),
            Closed(happenings: [.sent(3), .halfClosed, .reply("a"), .complete], code: 1011, status: .ok),
            Closed(happenings: [.sent(3), .halfClosed, .reply("a")], status: .unavailable),
            Closed(happenings: [.sent(3), .halfClosed], status: .unavailable),
            Closed(happenings: [.sent(3)], code: 1011, status: .internal),
            // Answers every message, and has not answered all of them.
            Closed(happenings: [.sent(3), .answer("a")], status: .unavailable),
            Closed(happenings: [.sent(3), .halfClosed, .answer("a"), .answer("b")], status: .unavailable),
            Closed(happenings: [.sent(2), .halfClosed, .answer("a"), .answer("b")], status: .ok),
            // Never says complete, because it has no envelope to say it with.
            Closed(happenings: [.sent(3), .halfClosed, .bare("a")], status: .ok),
            Closed(happenings: [.sent(3), .halfClosed, .bare("a")], code: 1011, status: .internal),
            Closed(happenings: [.sent(3), .halfClosed, .complete], status: .internal),
            Closed(happenings: [.sent(1), .halfClosed, .refusal, .complete], status: .invalidArgument),
            Closed(happenings: [.sent(3), .halfClosed], signal: .close, status: .unavailable),
            Closed(happenings: [.sent(3), .halfClosed, .reply("a")], signal: .close, status: .ok),
            Closed(
                kind: .bidirectional, happenings: [.sent(1), .halfClosed, .reply("a")], signal: .close, status: .ok),
            Closed(kind: .bidirectional, happenings: [.sent(1), .halfClosed, .reply("a"), .complete], status: .ok),
            Closed(kind: .bidirectional, happenings: [.sent(1), .reply("a"), .complete], status: .ok),
            Closed(kind: .bidirectional, happenings: [.sent(1), .halfClosed, .reply("a")], status: .unavailable),
            Closed(kind: .bidirectional, happenings: [], code: nil, status: .unavailable),
        ])
    func closed(_ given: Closed) {
        let verdict = Self.ending(given.kind, given.happenings, signal: given.signal).ending
            .endedByClose(code: given.code, reason: "")
        #expect((verdict.error?.code ?? .ok) == given.status)
    }

    @Test("The reason of a CLOSE is quoted, and the code named")
    func closeReason() {
        let verdict = Self.ending(.bidirectional, []).ending.endedByClose(code: 1011, reason: "boom")
        #expect(
            verdict.error?.cause
                == "the server closed the stream (1011 internal error) before the call was complete: \"boom\"")
        #expect(verdict.rule == "the server closed the stream (1011 internal error)")
    }

    @Test("The end of the connection without CLOSE is an error, unless the call was complete")
    func disconnected() {
        let early = Self.ending(.clientStream, [.sent(1), .halfClosed]).ending.endedByDisconnect()
        #expect(early.error?.cause == "connection closed by the server without a CLOSE frame")
        #expect(early.error?.code == .unavailable)
        let late = Self.ending(.clientStream, [.sent(1), .halfClosed, .reply("a"), .complete]).ending
            .endedByDisconnect()
        #expect(late.error == nil)
        #expect(late.result == 1)
    }

    @Test("In a client stream an answer names its request once the server is known to answer every message")
    func clientStreamAnswers() {
        let early = Self.ending(
            .clientStream, [.sent(3), .answer("a"), .answer("b"), .refusal, .halfClosed, .answer("e")])
        #expect(early.answers == [1, 2, 3])
        #expect(early.echoes == 1)
        let late = Self.ending(.clientStream, [.sent(3), .halfClosed, .answer("a"), .answer("b"), .answer("c")])
        #expect(late.answers == [nil, 2, 3])
        #expect(late.ending.acknowledged == 3)
    }

    @Test("In a bidirectional stream the number of replies a request is learnt")
    func bidirectionalAnswers() {
        var given = Self.ending(
            .bidirectional, [.sent(1), .reply("a"), .reply("a'"), .sent(1), .reply("b"), .reply("b'")])
        #expect(given.answers == [1, 1, 2, 2])
        #expect(given.ending.takeNotices() == [])
        #expect(given.ending.acknowledged == 1)
        given.ending.halfClosed()
        given.ending.ended()
        #expect(given.ending.takeNotices() == ["this server sends 2 replies for each request"])
        #expect(given.ending.takePairing() == Pairing(ratio: 2, largestRatio: 2, answered: 2))
        #expect(given.ending.acknowledged == 2)
        given = Self.ending(.bidirectional, [.sent(3), .reply("a"), .refusal, .reply("c")])
        #expect(given.answers == [1, 2, 3])
        #expect(Self.ending(.bidirectional, [.reply("a")]).answers == [nil])
    }

    @Test(
        "Where replies say themselves what they answer, nothing is concluded from their order, and nothing said of it")
    func withoutOrder() {
        // Five replies to the first of two requests, and none to the second: no ratio would fit.
        let happenings: [Happening] = [.sent(1)] + Array(repeating: .reply("a"), count: 10) + [.sent(1), .refusal]
        var given = Self.ending(.bidirectional, happenings + [.reply("b")], byOrder: false)
        #expect(given.answers.allSatisfy { $0 == nil } && given.answers.count == 12)
        given.ending.halfClosed()
        // What came last is no answer to the marker that would have to be held back.
        #expect(!given.ending.holdsBack("c"))
        #expect(given.ending.mayEndByQuiet && given.ending.quietNeeded == .milliseconds(800))
        given.ending.ended()
        #expect(given.ending.takePairing() == nil && given.ending.takeNotices() == [])
        #expect(given.ending.acknowledged == 0)
        // As long as fewer replies than requests have come, more may be on their way.
        let waiting = Self.ending(.bidirectional, [.sent(3), .reply("a"), .halfClosed], byOrder: false).ending
        #expect(waiting.expectsReplies && !waiting.mayEndByQuiet)
    }

    @Test("A server that goes on and on does not fill the screen with notices")
    func chatter() {
        var given = Self.ending(.bidirectional, [.sent(1)] + Array(repeating: .reply("a"), count: 1000))
        #expect(
            given.ending.takeNotices() == [
                "which reply answers which request is not known any more: more than 8 replies came for a request"
            ])
        #expect(given.answers.allSatisfy { $0 == nil })
    }

    @Test("In a bidirectional stream both greetings of the marker are its echo, unless a request had that name")
    func bidirectionalEcho() {
        let echo: [Happening] = [.reply("Hello, John Doe!"), .reply("Processed greeting for John Doe")]
        let given = Self.ending(.bidirectional, [.sent(1), .reply("a"), .reply("a'"), .halfClosed] + echo)
        #expect(given.echoes == 2)
        #expect(given.answers == [1, 1])
        #expect(given.ending.neverCloses)
        #expect(Self.ending(.bidirectional, [.sentDefaultName] + echo + [.halfClosed]).echoes == 0)
        #expect(Self.ending(.bidirectional, [.sent(1), .halfClosed] + echo, signal: .nothing).echoes == 0)
    }
}
