import TestSupport
import Testing

@testable import RPCCore

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
        echo.role = .noise(StreamMessage.Role.endMarker)
        meter.observe(.received([echo, reply(4, at: 3010, to: nil)]))
        let gaps = try #require(meter.timing.gaps)
        #expect(gaps.count == 2)
        #expect(isNear(gaps.p50, 10) && isNear(gaps.maximum, 3000))
        #expect(meter.timing.roundTrips == nil)
    }

    @Test("between replies that were read together there is no gap, and none is measured while receiving is paused")
    func gapsOfBatches() throws {
        var meter = TimingMeter()
        var echo = reply(3, at: 10, to: nil)
        echo.role = .noise(StreamMessage.Role.endMarker)
        let batch = [10, 10, 10, 10, 20].enumerated().map { reply($0 + 1, at: $1, to: nil) }
        meter.observe(.received(batch[..<2] + [echo] + batch[3...]))
        #expect(meter.timing.gaps?.count == 3)
        #expect(meter.timing.gaps?.p50 == .zero)
        #expect(isNear(meter.timing.gaps?.maximum, 10))
        meter.pause(at: .milliseconds(25))
        meter.observe(.received([reply(6, at: 30, to: nil), reply(7, at: 30, to: nil)]))
        #expect(meter.timing.gaps?.count == 3)
        meter.goOn(at: .milliseconds(30))
        meter.observe(.received([reply(8, at: 31, to: nil)]))
        #expect(meter.timing.gaps?.count == 4)
    }

    @Test("of the requests that wait for replies the newest are measured, and the memory is bounded")
    func manyUnanswered() throws {
        var meter = TimingMeter()
        let limit = TimeRuns.limit
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

    // MARK: Streams, in which the place of a reply says which request it answers

    private func answer(_ number: Int, at milliseconds: Int, _ place: AnswerPlace, isRefusal: Bool = false)
        -> StreamMessage
    {
        StreamMessage(
            number: number, time: .milliseconds(milliseconds), size: 1, form: .textFrame,
            body: isRefusal ? .refusal("no") : .reply(HelloReply(message: "Hello")), place: place)
    }

    @Test("round trips follow the rule of pairing, for what has come too, and are gone when there is none")
    func repaired() throws {
        var meter = TimingMeter()
        meter.observe(.sent([request(1, at: 0), request(2, at: 10), request(3, at: 10)]))
        let times = [100, 100, 200, 210, 300, 310]
        let answers = times.enumerated().map { index, time in
            answer(index + 1, at: time, AnswerPlace(replies: index, refusals: 0))
        }
        meter.observe(.received(Array(answers[..<3])))
        var roundTrips = try #require(meter.timing.roundTrips)
        #expect(roundTrips.count == 3 && isNear(roundTrips.maximum, 190) && isNear(roundTrips.p50, 100))
        #expect(meter.timing.isGuess)
        meter.observe(.paired(Pairing(ratio: 2)))
        meter.observe(.received(Array(answers[3...])))
        roundTrips = try #require(meter.timing.roundTrips)
        // 100, 100, 190, 200, 290, 300
        #expect(roundTrips.count == 6 && isNear(roundTrips.maximum, 300) && isNear(roundTrips.p50, 190))
        #expect(meter.timing.isGuess)
        meter.observe(.paired(Pairing(ratio: 2, largestRatio: 2)))
        #expect(meter.timing.roundTrips == roundTrips)
        #expect(!meter.timing.isGuess)
        meter.observe(.paired(Pairing(ratio: 2, contradiction: "x")))
        #expect(meter.timing.roundTrips == nil)
        #expect(meter.timing.gaps?.count == 5)
    }

    @Test("replies that were read together are measured as if they had come one by one", arguments: 0..<60)
    func batches(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let ratio = Int.random(in: 1...4, using: &random)
        var meter = TimingMeter()
        var sent: [Int] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let time = (sent.last ?? 0) + Int.random(in: 0...20, using: &random)
            let batch = (0..<Int.random(in: 1...5, using: &random)).map { request(sent.count + $0 + 1, at: time) }
            sent += batch.map { _ in time }
            meter.observe(.sent(batch))
        }
        var expected: [Int] = []
        var place = AnswerPlace(replies: 0, refusals: 0)
        var (time, number) = ((sent.last ?? 0) + 5, 1)
        var batch: [StreamMessage] = []
        for request in sent {
            let isRefusal = Int.random(in: 0..<4, using: &random) == 0
            for _ in 0..<(isRefusal ? 1 : ratio) {
                batch.append(answer(number, at: time, place, isRefusal: isRefusal))
                expected.append(time - request)
                number += 1
                place = place.next(afterRefusal: isRefusal)
                guard Bool.random(using: &random) else { continue }
                meter.observe(.received(batch))
                batch = []
                time += Int.random(in: 1...30, using: &random)
            }
        }
        meter.observe(.received(batch))
        meter.observe(.paired(Pairing(ratio: ratio, largestRatio: ratio)))
        let times = try #require(meter.timing.roundTrips)
        expected.sort()
        #expect(times.count == expected.count)
        #expect(isNear(times.maximum, Double(expected.last ?? 0)))
        #expect(isNear(times.p50, Double(expected[(expected.count - 1) / 2])))
    }

    @Test("of answers that are kept no more the round trips are not measured again, and not counted")
    func manyAnswers() {
        var meter = TimingMeter()
        let count = 40_000
        meter.observe(.sent((1...count).map { request($0, at: 0) }))
        for number in 1...count {
            meter.observe(.received([answer(number, at: number, AnswerPlace(replies: number - 1, refusals: 0))]))
        }
        #expect(meter.timing.roundTrips?.count == count)
        meter.observe(.paired(Pairing(ratio: 2)))
        #expect(meter.timing.roundTrips?.count == 32_768)
    }

    @Test("round trips and gaps during which receiving was paused are left out, and counted")
    func paused() throws {
        var meter = TimingMeter()
        meter.observe(.sent((1...4).map { request($0, at: $0) }))
        meter.observe(.received([reply(1, at: 11, to: 1)]))
        meter.pause(at: .milliseconds(20))
        // Read before the pause, and let through during it.
        meter.observe(.received([reply(2, at: 19, to: 2)]))
        meter.goOn(at: .milliseconds(5000))
        meter.observe(.received([reply(3, at: 5001, to: 3), reply(4, at: 5001, to: 4)]))
        meter.observe(.sent([request(5, at: 5002)]))
        meter.observe(.received([reply(5, at: 5012, to: 5)]))
        let times = try #require(meter.timing.roundTrips)
        #expect(times.count == 3)
        #expect(isNear(times.maximum, 17))
        #expect(meter.timing.pausedRoundTrips == 2)
        #expect(isNear(meter.timing.gaps?.maximum, 11))
    }

    @Test("a request that was sent again counts from the last time")
    func resent() {
        var meter = TimingMeter()
        meter.observe(.sent((1...10).map { request($0, at: 0) }))
        meter.observe(.resent(3...5, at: .milliseconds(1000)))
        meter.observe(.resent(5...5, at: .milliseconds(1005)))
        let answers = [2: 20, 4: 1010, 5: 1020, 6: 1050]
        for (request, time) in answers.sorted(by: { $0.key < $1.key }) {
            meter.observe(.received([reply(request, at: time, to: request)]))
        }
        let times = meter.timing.roundTrips
        #expect(times?.count == 4)
        #expect(isNear(times?.maximum, 1050) && isNear(times?.p50, 15))
    }

    @Test("the last time is known of each request that was sent again, whatever overlaps")
    func resentTimes() {
        var times = ResentTimes()
        times.append(1...10, at: .seconds(1))
        times.append(4...6, at: .seconds(2))
        times.append(6...12, at: .seconds(3))
        let seconds = (1...13).map { times.time(of: $0).map { Int($0 / .seconds(1)) } }
        #expect(seconds == [1, 1, 1, 2, 2, 3, 3, 3, 3, 3, 3, 3, nil])
        var many = ResentTimes()
        for number in 1...100_000 { many.append(number...number, at: .milliseconds(number)) }
        let isNear = (1...100_000).allSatisfy { number in
            let time = many.time(of: number) ?? .zero
            return time >= .milliseconds(number) && time < .milliseconds(number + 100_000 / 1024)
        }
        #expect(isNear)
        #expect(many.time(of: 100_001) == nil)
    }

    @Test("the average is that from the first message to the last, however long the stream is held open")
    func average() {
        var series = RateSeries()
        series.count(50, at: .seconds(10))
        #expect(series.average == nil)
        series.count(50, at: .seconds(12))
        #expect(series.average == 50)
        series.count(0, at: .seconds(12))
        #expect(series.average == 50)
    }
}
