import GreeterCore
import Testing

@Suite("The histogram of times")
struct TimeHistogramTests {
    @Test("percentiles are right to 3 %, from microseconds to hours")
    func percentiles() throws {
        for unit in [Duration.microseconds(1), .milliseconds(1), .seconds(1), .seconds(60)] {
            var histogram = TimeHistogram()
            for number in (1...1000).shuffled() { histogram.add(unit * number) }
            #expect(histogram.count == 1000)
            for (share, expected) in [(0.5, 500.0), (0.95, 950), (0.99, 990), (1, 1000), (0, 1)] {
                let found = try #require(histogram.percentile(share)) / unit
                #expect(abs(found - expected) <= max(0.5, expected * 0.03), "\(share) of \(unit): \(found)")
            }
        }
    }

    @Test("a single time is every percentile", arguments: [0, 1, 31, 32, 33, 63, 64, 65, 1_000_003])
    func one(microseconds: Int) throws {
        var histogram = TimeHistogram()
        histogram.add(.microseconds(microseconds))
        let found = try #require(histogram.percentile(0.99)) / .microseconds(1)
        #expect(abs(found - Double(microseconds)) <= Double(microseconds) * 0.03)
    }

    @Test("what cannot be is taken for the nearest that can, and nothing has no percentile")
    func edges() {
        var histogram = TimeHistogram()
        #expect(histogram.percentile(0.5) == nil)
        histogram.add(.seconds(-1))
        #expect(histogram.percentile(0.5) == .zero)
        histogram.add(.seconds(1_000_000_000))
        #expect((histogram.percentile(1) ?? .zero) > .seconds(80_000))
    }
}
