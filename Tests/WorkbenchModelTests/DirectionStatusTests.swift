import Foundation
import RPCCore
import Testing
import WorkbenchModel

@Suite("The two directions of a call, as its events tell")
struct DirectionStatusTests {
    private static let start = CallEvent.attemptStarted(Attempt(start: .zero, wallTime: Date(timeIntervalSince1970: 0)))
    private static let opened = CallEvent.opened(ConnectionInfo(time: .zero, transport: "x", route: "/y"))
    private static let end = CallEvent.ended(
        CallOutcome(
            delivery: Delivery(sent: 1, answered: 1, received: 1), time: .zero, rule: "the server ended the call"))

    @Test(
        "who closes a direction is remembered, whether the server accepts the call before that or after",
        arguments: [
            [start, opened, .halfClosed(at: .zero), .serverFinished(at: .zero), end],
            [start, .halfClosed(at: .zero), opened, .serverFinished(at: .zero), end],
        ])
    func closers(events: [CallEvent]) {
        var progress = CallProgress()
        for event in events { progress.apply(event) }
        #expect(progress.sendStatus == .closed(by: .client))
        #expect(progress.receiveStatus == .closed(by: .server))
    }

    @Test(
        "a server that says how the call ends has closed it; what is lost, or ends without a word, is cut off",
        arguments: [
            (
                CallError(.notFound, "the server answered NOT_FOUND", at: .server),
                "the server ended the call: NOT_FOUND", true
            ),
            (CallError(.internal, "closed (1011)", at: .server), "the server closed the stream (1011)", true),
            (CallError(.unavailable, "reset by the server", at: .server), CallOutcome.endedWithoutStatus, false),
            (CallError(.unavailable, "connection reset", at: .receive), "connection reset", false),
        ])
    func endings(error: CallError, rule: String, isByServer: Bool) {
        var progress = CallProgress()
        let end = CallOutcome(error: error, delivery: Delivery(sent: 1), time: .zero, rule: rule)
        for event in [Self.start, Self.opened, .ended(end)] { progress.apply(event) }
        #expect(progress.sendStatus == .closed(by: isByServer ? .server : .failure))
        #expect(progress.receiveStatus == .closed(by: isByServer ? .server : .failure))
    }

    @Test("another attempt opens both directions again")
    func anotherAttempt() {
        var progress = CallProgress()
        let error = CallError(.unavailable, "the connection was reset", at: .receive)
        for event in [Self.start, Self.opened, .halfClosed(at: .zero), .attemptEnded(error, at: .zero)] {
            progress.apply(event)
        }
        #expect(progress.sendStatus == .closed(by: .failure))
        progress.apply(Self.start)
        #expect(progress.sendStatus == .opening)
        progress.apply(Self.opened)
        #expect(progress.sendStatus == .open && progress.receiveStatus == .open)
    }
}
