import Foundation
import RPCCore
import TestSupport
import Testing

@testable import WorkbenchModel

@Suite("A call with times and counts that no call has")
struct ExtremeTests {
    private static let times: [Duration] = [
        .zero, .seconds(-1), .seconds(1), .nanoseconds(Int64.max), .nanoseconds(Int64.min), .seconds(9e9),
        .seconds(-9e9), .longest,
    ]

    @Test("What is folded of it comes to an end at once", .timeLimit(.minutes(10)))
    func progress() {
        var progress = CallProgress()
        progress.apply(.attemptStarted(Attempt(start: .zero, wallTime: .distantPast)))
        for time in Self.times {
            let message = StreamMessage(
                number: 1, time: time, size: .countLimit, form: .textFrame, body: .reply(HelloReply(message: "Hi")))
            progress.apply(.sent([message]))
            progress.apply(.received([message]))
            progress.apply(.resent(1...Int.countLimit, at: time))
            _ = progress.sentRate.rate(at: time)
            _ = progress.receivedSeries.rates
        }
        for _ in 0..<100_000 { progress.apply(.resent(0...Int.countLimit, at: .zero)) }
        #expect(progress.resent > 0)
        #expect(progress.sent == Self.times.count)
    }
}
