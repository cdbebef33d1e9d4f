import Foundation
import RPCCore
import Testing
import WorkbenchModel

@Suite("The end of a call that was made again")
struct RetriedCallTests {
    /// Two attempts of a running client stream of four requests, the second of which ends like this.
    private func progress(_ error: CallError?, _ delivery: Delivery, attempts: Int = 2) -> CallProgress {
        var error = error
        error?.delivery = delivery
        var progress = CallProgress(
            .attemptStarted(Attempt(start: .seconds(1), wallTime: Date(timeIntervalSince1970: 0))),
            .sent((1...2).map { .request($0) }),
            .attemptEnded(CallError(.unavailable, "connection lost", at: .receive), at: .seconds(2)))
        progress.apply(
            .attemptStarted(Attempt(number: 2, start: .seconds(3), wallTime: Date(timeIntervalSince1970: 2))))
        progress.apply(.resent(1...2, at: .seconds(1)))
        progress.apply(.sent((3...4).map { .request($0) }))
        if delivery.answered > 0 { progress.apply(.acknowledged(upTo: delivery.answered)) }
        progress.apply(
            .ended(
                CallOutcome(
                    error: error, delivery: delivery, time: .milliseconds(3500), rule: "as it was", attempts: attempts))
        )
        return progress
    }

    private func notice(_ progress: CallProgress) -> Notice? {
        var state = State.running()
        _ = update(&state, .callProgressed(id: 1, progress, oldestSent: 1, oldestReceived: 1))
        return state.notice
    }

    static let ends: [(CallError?, Delivery, Notice)] = [
        (
            nil, Delivery(sent: 4, answered: 4),
            Notice(.success, "OK after 2 attempts in 2.5s: 4 sent, 4 delivered, 0 uncertain, 0 received; as it was")
        ),
        (
            CallError(.unavailable, "connection lost", at: .receive, advice: "look at the server"),
            Delivery(sent: 4, answered: 1),
            Notice(
                .failure,
                "UNAVAILABLE: connection lost (at receive; 2 attempts in 2.5s: 4 sent, 1 delivered, 3 uncertain, "
                    + "0 received); try: look at the server")
        ),
        (
            CallError(.notFound, "no such route", at: .server, isRefusal: true), Delivery(sent: 4, refused: 2),
            Notice(
                .failure,
                "NOT_FOUND: no such route (at server; 2 attempts in 2.5s: 4 sent, 0 delivered, 2 refused, 2 uncertain, "
                    + "0 received)")
        ),
        (
            CallError(.cancelled, "given up", at: .cancellation), Delivery(sent: 4),
            Notice(
                .warning,
                "CANCELLED: given up (at cancellation; 2 attempts in 2.5s: 4 sent, 0 delivered, 4 uncertain, "
                    + "0 received)")
        ),
    ]

    @Test("says how many attempts there were, how long they took, and what was delivered", arguments: ends)
    func notices(_ error: CallError?, _ delivery: Delivery, _ expected: Notice) {
        #expect(notice(progress(error, delivery)) == expected)
    }

    @Test("of one attempt nothing more is said than that it ended")
    func oneAttempt() {
        let progress = progress(nil, Delivery(sent: 4, answered: 4), attempts: 1)
        #expect(progress.summary == nil)
        #expect(notice(progress)?.text == "OK: 4 sent, 0 received: no replies; as it was")
    }

    @Test("marks tell what is known of each request: answered, refused, or neither")
    func marks() {
        let refusal = CallError(.notFound, "no such route", at: .server, isRefusal: true)
        let progress = progress(refusal, Delivery(sent: 4, answered: 1, refused: 2))
        #expect((1...4).map { progress.mark(ofRequest: $0) } == [.answered, .unknown, .refused, .refused])
        let kept = self.progress(refusal, Delivery(sent: 4, answered: 1, refused: 1, unprocessed: 1))
        #expect((1...4).map { kept.mark(ofRequest: $0) } == [.answered, .unknown, .refused, .unprocessed])
        #expect(kept.summary?.contains("4 sent, 1 delivered, 1 refused, 1 not processed, 1 uncertain") == true)
    }
}
