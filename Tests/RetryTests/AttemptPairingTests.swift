import RPCCore
import TestSupport
import Testing

@testable import Retry

@Suite("Pairs of requests and replies over several attempts")
struct AttemptPairingTests {
    private let log = EventLog()
    private let watch: AttemptObserver

    init() {
        watch = AttemptObserver(log, whenReplyIsShown: {})
    }

    private func sent(_ numbers: ClosedRange<Int>, at time: Duration = .zero) -> CallEvent {
        .sent(
            numbers.map {
                StreamMessage(
                    number: $0, time: time, size: 1, form: .textFrame, body: .request(HelloRequest(name: "Ana")))
            })
    }

    private func received(_ numbers: ClosedRange<Int>) -> CallEvent {
        .received(
            numbers.map {
                StreamMessage(
                    number: $0, time: .zero, size: 1, form: .textFrame, body: .reply(HelloReply(message: "Hello")),
                    place: AnswerPlace(replies: $0 - 1, refusals: 0))
            })
    }

    @Test("the answers of another attempt are counted from its first message and request")
    func shifted() async {
        watch.begin(attempt: 1, leavingOut: LeftOutRequests())
        await watch.observe(sent(1...4))
        await watch.observe(.paired(Pairing(ratio: 2, largestRatio: 2, answered: 2)))
        await watch.observe(received(1...3))
        watch.ended(Delivery(sent: 4, answered: 2, received: 3))
        #expect(watch.delivery == Delivery(sent: 4, answered: 2, received: 3))
        watch.begin(attempt: 2, leavingOut: LeftOutRequests(RequestNumbers(upTo: 2)))
        await watch.observe(sent(1...2, at: .seconds(7)))
        await watch.observe(received(1...1))
        #expect(log.events.contains(.resent(3...4, at: .seconds(7))))
        #expect(log.events.contains(.paired(Pairing(firstReply: 4, firstRequest: 3, answered: 2))))
        #expect(log.pairs.map { $0?.request } == [1, 1, 2, 3])
        await watch.observe(received(2...2))
        await watch.observe(.paired(Pairing(ratio: 2, answered: 1)))
        #expect(log.pairs.map { $0?.request } == [1, 1, 2, 3, 3])
        #expect(watch.delivery == Delivery(sent: 4, answered: 3, received: 5))
    }

    @Test("what is answered by counting only is not taken for answered")
    func guess() async {
        watch.begin(attempt: 1, leavingOut: LeftOutRequests())
        await watch.observe(sent(1...5))
        await watch.observe(received(1...3))
        await watch.observe(.acknowledged(upTo: 1))
        #expect(watch.delivery == Delivery(sent: 5, answered: 1, likely: 3, received: 3))
        await watch.observe(.paired(Pairing(contradiction: "x")))
        #expect(watch.delivery == Delivery(sent: 5, answered: 0, received: 3))
    }
}
