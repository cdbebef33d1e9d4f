import GreeterCore
import Testing

@Suite("Times of a call's messages")
struct TimingTests {
    private func request(_ number: Int, at milliseconds: Int) -> StreamMessage {
        StreamMessage(
            number: number, time: .milliseconds(milliseconds), size: 1, form: .textFrame,
            body: .request(HelloRequest(name: "Ana")))
    }

    private func reply(_ number: Int, at milliseconds: Int, to request: Int?) -> StreamMessage {
        StreamMessage(
            number: number, time: .milliseconds(milliseconds), size: 1, form: .textFrame,
            body: .reply(HelloReply(message: "Hello")), answers: request)
    }

    /// Whether a time is another one to two significant digits.
    private func isNear(_ time: Duration?, _ milliseconds: Double) -> Bool {
        guard let time else { return false }
        return abs(time / .milliseconds(1) - milliseconds) <= milliseconds * 0.01
    }

    @Test("a round trip is from a request to the reply that answers it, in whatever order replies come")
    func roundTrips() throws {
        var meter = TimingMeter()
        #expect(meter.timing == Timing())
        meter.observe(.sent((1...100).map { request($0, at: 1000) }))
        // Request n takes n milliseconds, but the replies come in batches and out of order.
        let replies = (1...100).map { reply($0, at: 1000 + $0, to: $0) }
        meter.observe(.received(Array(replies[50...])))
        meter.observe(.received(Array(replies[..<50])))
        let times = try #require(meter.timing.roundTrips)
        #expect(times.count == 100)
        #expect(isNear(times.p50, 50) && isNear(times.p95, 95) && isNear(times.p99, 99) && isNear(times.maximum, 100))
    }

    @Test("a gap is from one reply to the next, the greeting of the end marker left out")
    func gaps() throws {
        var meter = TimingMeter()
        meter.observe(.received([reply(1, at: 0, to: nil), reply(2, at: 10, to: nil)]))
        var echo = reply(3, at: 500, to: nil)
        echo.body = .markerEcho(HelloReply(message: "Hello, __end__!"))
        meter.observe(.received([echo, reply(4, at: 3010, to: nil)]))
        let gaps = try #require(meter.timing.gaps)
        #expect(gaps.count == 2)
        #expect(isNear(gaps.p50, 10) && isNear(gaps.maximum, 3000))
        #expect(meter.timing.roundTrips == nil)
    }

    @Test("of the requests that wait for replies the newest are measured, and the memory is bounded")
    func manyUnanswered() throws {
        var meter = TimingMeter()
        let limit = TimingMeter.unansweredLimit
        for number in 1...limit + 10 { meter.observe(.sent([request(number, at: number)])) }
        meter.observe(.received([reply(1, at: limit + 20, to: 10), reply(2, at: limit + 20, to: limit + 10)]))
        meter.observe(.received([reply(3, at: limit + 20, to: limit + 11), reply(4, at: limit + 20, to: 0)]))
        #expect(meter.timing.roundTrips?.count == 1)
        #expect(isNear(meter.timing.roundTrips?.maximum, 10))
    }

    @Test("times out of bounds count as the bound")
    func extremes() {
        var meter = TimingMeter()
        let replies = [0, 7_200_000, 0].enumerated().map { reply($0 + 1, at: $1, to: nil) }
        meter.observe(.received(replies))
        #expect(isNear(meter.timing.gaps?.maximum, 3_600_000))
        #expect(meter.timing.gaps?.count == 2)
    }

    @Test("the parts of a series grow with the call, and no message is lost")
    func series() {
        var series = RateSeries()
        #expect(series.rates == [])
        series.count(5, at: .seconds(10))
        series.count(7, at: .seconds(10) + .milliseconds(250))
        #expect(series.counts == [5, 0, 7])
        #expect(series.rates == [50, 0, 70])
        for second in 11...1000 { series.count(2, at: .seconds(second)) }
        #expect(series.counts.count <= RateSeries.limit)
        let total = series.counts.reduce(0, +)
        #expect(total == 1992)
        #expect(series.length == .milliseconds(25_600))
        #expect(series.rates.dropFirst().dropLast().allSatisfy { $0 == 2 })
    }
}
