import RPCCore
import TestSupport
import Testing

@Suite("Which reply answers which request")
struct ReplyOrderTests {
    /// What happens to a stream.
    enum Happening: Sendable {
        case sent(Int)
        /// Nothing comes for the quiet time, and then requests are sent.
        case sentAfterPause(Int)
        case replies(Int)
        case refusal
        case ended
        case endedByQuiet
    }

    struct Scenario: Sendable, CustomTestStringConvertible {
        var name: String
        var happenings: [Happening]
        /// The request of each answer at the end; `nil` where there is none.
        var requests: [Int?]
        /// Those of the answers, by their numbers, of which the request is a guess.
        var guesses: Set<Int> = []
        var notices: [String] = []
        var answered: Int

        var testDescription: String { name }
    }

    static let scenarios = [
        Scenario(
            name: "one reply a request", happenings: [.sent(3), .replies(3), .ended], requests: [1, 2, 3], answered: 3),
        Scenario(
            name: "one reply a request, before the end", happenings: [.sent(3), .replies(3)], requests: [1, 2, 3],
            guesses: [2, 3], answered: 1),
        Scenario(
            name: "two replies a request, all sent before the first reply",
            happenings: [.sent(3), .replies(6), .ended], requests: [1, 1, 2, 2, 3, 3],
            notices: ["this server sends 2 replies for each request"], answered: 3),
        Scenario(
            name: "two replies a request, before the end", happenings: [.sent(3), .replies(6)],
            requests: [1, 1, 2, 2, 3, 3], guesses: [3, 4, 5, 6], answered: 1),
        Scenario(
            name: "two replies a request, the second refused",
            happenings: [.sent(3), .replies(2), .refusal, .replies(2), .ended], requests: [1, 1, 2, 3, 3],
            notices: ["this server sends 2 replies for each request"], answered: 3),
        Scenario(
            name: "the reply too many shows the ratio at once where a refusal bounds it",
            happenings: [.sent(3), .replies(2), .refusal, .replies(2)], requests: [1, 1, 2, 3, 3],
            notices: ["this server sends 2 replies for each request"], answered: 3),
        Scenario(
            name: "every request refused", happenings: [.sent(2), .refusal, .refusal, .ended], requests: [1, 2],
            answered: 2),
        Scenario(
            name: "the first refused", happenings: [.sent(2), .refusal, .replies(1)], requests: [1, 2], answered: 2),
        Scenario(
            name: "a pause shows that one reply is all",
            happenings: [.sent(1), .replies(1), .sentAfterPause(1), .replies(1)],
            requests: [1, 2], answered: 2),
        Scenario(
            name: "without a pause it may be the second reply to the first",
            happenings: [.sent(1), .replies(1), .sent(1), .replies(1)], requests: [1, 2], guesses: [2], answered: 1),
        Scenario(
            name: "a pause after the replies to the first",
            happenings: [.sent(1), .replies(3), .sentAfterPause(2), .replies(6)],
            requests: [1, 1, 1, 2, 2, 2, 3, 3, 3], notices: ["this server sends 3 replies for each request"],
            answered: 3),
        Scenario(
            name: "a pause that was none is taken back, and no pause is believed any more",
            happenings: [.sent(1), .replies(1), .sentAfterPause(1), .replies(3), .sentAfterPause(1), .replies(2)],
            requests: [1, 1, 2, 2, 3, 3], guesses: [3, 4, 5, 6], answered: 1),
        Scenario(
            name: "no pause is proof of what silence ends then",
            happenings: [.sent(1), .replies(1), .sentAfterPause(1), .replies(3), .endedByQuiet],
            requests: [1, 1, 2, 2], guesses: [3, 4], answered: 1),
        Scenario(
            name: "some requests are never answered", happenings: [.sent(5), .replies(3), .ended], requests: [1, 2, 3],
            guesses: [2, 3], answered: 1),
        Scenario(
            name: "not the same number for each", happenings: [.sent(3), .replies(4), .ended],
            requests: [nil, nil, nil, nil],
            notices: [
                "which reply answers which request is not known any more: "
                    + "4 replies to 3 requests are not the same number for each"
            ], answered: 0),
        Scenario(
            name: "a server that goes on talking", happenings: [.sent(1), .replies(12)],
            requests: Array(repeating: nil, count: 12),
            notices: [
                "which reply answers which request is not known any more: more than 8 replies came for a request"
            ], answered: 0),
        Scenario(
            name: "a refusal between the replies to a request",
            happenings: [.sent(1), .replies(2), .sent(3), .refusal, .replies(1), .refusal],
            requests: [nil, nil, nil, nil, nil],
            notices: [
                "this server sends 2 replies for each request",
                "which reply answers which request is not known any more: "
                    + "the replies before a refusal are no multiple of those to a request",
            ], answered: 0),
        Scenario(
            name: "a reply after every request was refused", happenings: [.sent(1), .refusal, .replies(1)],
            requests: [nil, nil],
            notices: [
                "which reply answers which request is not known any more: a reply came when every request was refused"
            ], answered: 0),
        Scenario(
            name: "a greeting before the first request answers nothing",
            happenings: [.replies(1), .sent(2), .replies(2), .ended], requests: [nil, 1, 2], answered: 2),
    ]

    @Test("Each answer has its request, or is a guess, or has none", arguments: scenarios)
    func scenario(_ given: Scenario) {
        var stream = ObservedStream()
        for happening in given.happenings { stream.apply(happening) }
        #expect(stream.pairs.map { $0?.request } == given.requests)
        let guesses = stream.pairs.enumerated().filter { $0.element?.isGuess == true }.map { $0.offset + 1 }
        #expect(Set(guesses) == given.guesses)
        #expect(stream.notices == given.notices)
        #expect(stream.order.answered == given.answered)
    }

    @Test("The rule is told when it changes, and not before it says anything")
    func rules() {
        var stream = ObservedStream()
        stream.apply(.sent(3))
        stream.apply(.replies(3))
        #expect(stream.rules == [])
        stream.apply(.replies(3))
        stream.apply(.ended)
        #expect(
            stream.rules == [
                Pairing(ratio: 2, answered: 1), Pairing(ratio: 2, largestRatio: 2, answered: 3),
            ])
    }

    @Test(
        "A server that keeps the order is understood, whatever the ratio, the refusals, and who comes first",
        arguments: 0..<400)
    func properties(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let ratio = Int.random(in: 1...ReplyOrder.ratioLimit, using: &random)
        let refusals = ([0, 0, 0.1, 0.5, 1] as [Double]).randomElement(using: &random) ?? 0
        let haste = Double.random(in: 0.05...0.95, using: &random)
        let count = Int.random(in: 1...40, using: &random)
        var server = SimulatedServer(
            ratio: ratio, isRefused: (0..<count).map { _ in Double.random(in: 0..<1, using: &random) < refusals })
        var stream = ObservedStream()
        while !server.isFinished {
            let mustAnswer = stream.requests == count
            if !mustAnswer, !server.owes(stream.requests) || Double.random(in: 0..<1, using: &random) < haste {
                let isPause = !server.owes(stream.requests) && Bool.random(using: &random)
                stream.apply(isPause ? .sentAfterPause(1) : .sent(1))
            } else {
                stream.apply(server.answer() ? .refusal : .replies(1))
            }
            check(stream, server)
        }
        stream.apply(.ended)
        check(stream, server)
        #expect(stream.pairs.map { $0?.request } == server.truth)
        #expect(stream.pairs.allSatisfy { $0?.isGuess == false })
        #expect(stream.order.answered == count)
        #expect(stream.notices.count <= 1)
    }

    /// What holds at any time: no pair that is not a guess is wrong, and no answer belongs to a request that came after it.
    private func check(_ stream: ObservedStream, _ server: SimulatedServer) {
        for (index, pair) in stream.pairs.enumerated() {
            guard let pair else {
                Issue.record("answer \(index + 1) has no request")
                continue
            }
            #expect(pair.isGuess || pair.request == server.truth[index], "answer \(index + 1) of \(server)")
            #expect(pair.request <= stream.sentBefore[index], "answer \(index + 1) of \(server)")
        }
        #expect(stream.order.answered <= server.truth.last ?? 0)
    }
}

/// A server that answers requests in their order, each with the same number of replies or with a refusal.
private struct SimulatedServer {
    let ratio: Int
    let isRefused: [Bool]
    /// The request of each answer that was given.
    private(set) var truth: [Int] = []
    private var request = 1
    private var replies = 0

    init(ratio: Int, isRefused: [Bool]) {
        self.ratio = ratio
        self.isRefused = isRefused
    }

    var isFinished: Bool { request > isRefused.count }

    /// Whether it has not answered so many requests wholly.
    func owes(_ requests: Int) -> Bool { request <= requests }

    /// Gives the next answer.
    /// - Returns: whether it is a refusal.
    mutating func answer() -> Bool {
        truth.append(request)
        let isRefusal = isRefused[request - 1]
        replies += 1
        if isRefusal || replies == ratio {
            request += 1
            replies = 0
        }
        return isRefusal
    }
}

extension ReplyOrderTests {
    @Test(
        "that a ratio has held for eight requests, or for a hundred, proves nothing: each pair but the first would be wrong"
    )
    func heldForLong() {
        // A server of two replies a request; the client sends the next request as soon as anything has come.
        for count in [8, 100] {
            var stream = ObservedStream()
            for _ in 0..<count {
                stream.apply(.sent(1))
                stream.apply(.replies(1))
            }
            #expect(stream.pairs.map { $0?.request } == (1...count).map { $0 })
            #expect(stream.pairs.map { $0?.isGuess } == [false] + Array(repeating: true, count: count - 1))
            #expect(stream.order.answered == 1)
            stream.apply(.replies(count))
            stream.apply(.ended)
            let truth = (1...2 * count).map { AnswerPair(request: ($0 + 1) / 2, isGuess: false) }
            #expect(stream.pairs == truth)
        }
    }
}

/// A stream as it is seen from here.
private struct ObservedStream {
    private(set) var order = ReplyOrder()
    private(set) var requests = 0
    /// How many requests had been sent when each answer came.
    private(set) var sentBefore: [Int] = []
    private(set) var notices: [String] = []
    private(set) var rules: [Pairing] = []
    private var pairings = Pairings()
    private var answers: [StreamMessage] = []

    var pairs: [AnswerPair?] { answers.map { pairings.pair(of: $0) } }

    mutating func apply(_ happening: ReplyOrderTests.Happening) {
        switch happening {
        case .sent(let count): requests += count
        case .sentAfterPause(let count):
            order.paused(requests: requests)
            requests += count
        case .replies(let count):
            for _ in 0..<count {
                let place = order.replied(number: answers.count + 1, requests: requests)
                append(.reply(HelloReply(message: "Hello")), place)
            }
        case .refusal: append(.refusal("no"), order.refused(number: answers.count + 1, requests: requests))
        case .ended: order.ended(requests: requests, isSaid: true)
        case .endedByQuiet: order.ended(requests: requests, isSaid: false)
        }
        notices += order.takeNotices()
        if let rule = order.takeChange() {
            pairings.apply(rule)
            rules.append(rule)
        }
    }

    private mutating func append(_ body: StreamMessage.Body, _ place: AnswerPlace?) {
        sentBefore.append(requests)
        answers.append(
            StreamMessage(
                number: answers.count + 1, time: .zero, size: 1, form: .textFrame, body: body, place: place))
    }
}
