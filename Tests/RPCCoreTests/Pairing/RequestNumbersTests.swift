import RPCCore
import TestSupport
import Testing

@Suite("Sets of requests by their numbers")
struct RequestNumbersTests {
    @Test("they hold what was put in, in runs, in whatever order it came", arguments: 1...20)
    func model(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var (numbers, model) = (RequestNumbers(), Set<Int>())
        for _ in 0..<200 {
            let number = Int.random(in: 1...120, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                let run = number...number + Int.random(in: 0...9, using: &random)
                numbers.insert(run)
                model.formUnion(run)
            case 1 where number < 15:
                numbers.insert(upTo: number)
                model.formUnion(1...number)
            default:
                numbers.insert(number)
                model.insert(number)
            }
        }
        #expect(numbers.count == model.count)
        #expect(numbers.runs.flatMap { Array($0) } == model.sorted())
        for number in 0...140 {
            #expect(numbers.contains(number) == model.contains(number))
            #expect(numbers.count(upTo: number) == model.count { $0 <= number })
        }
        #expect(numbers.prefix == (0...140).last { $0 == 0 || Set(1...$0).isSubset(of: model) })
    }

    @Test("with more runs than are kept, the first and the newest stay")
    func bound() {
        var numbers = RequestNumbers(upTo: 10)
        let last = 20 + 2 * RequestNumbers.limit
        for number in stride(from: 20, through: last, by: 2) { numbers.insert(number) }
        #expect(numbers.runs.count <= RequestNumbers.limit)
        #expect(numbers.prefix == 10)
        #expect(numbers.contains(last) && !numbers.contains(20))
        #expect(numbers.count == 10 + numbers.runs.count - 1)
    }
}

@Suite("Counting answers that say themselves what they answer")
struct KeyedAnswerTests {
    private static func reply(_ number: Int, to request: Int?) -> StreamMessage {
        StreamMessage(
            number: number, time: .zero, size: 1, form: .textFrame, body: .reply(HelloReply(message: "Hello")),
            answers: request)
    }

    private static let rule = Pairing(correlation: Correlation(request: "id", reply: "job_id"))

    @Test("they count the requests that they name, and no other, until the call acknowledges all")
    func counts() {
        var count = AnswerCount()
        count.observe(.paired(Self.rule))
        count.observe(
            .received([Self.reply(1, to: 4), Self.reply(2, to: nil), Self.reply(3, to: 4), Self.reply(4, to: 2)]))
        #expect(count.proven == 2 && count.likely == 2)
        #expect((1...5).map { count.answered.contains($0) } == [false, true, false, true, false])
        #expect((1...5).map { count.isLikely($0) } == [false, true, false, true, false])
        // What flow control counts: of the first three requests two are open, whatever was answered after them.
        #expect(count.open(of: 3) == 2 && count.open(of: 5) == 3)
        count.observe(.acknowledged(upTo: 5))
        #expect(count.proven == 5 && count.open(of: 5) == 0)
    }

    @Test("their pairs are proven, in a recorded call too, and places say nothing")
    func pairs() {
        var pairings = Pairings()
        pairings.distrustsNumbers = true
        #expect(pairings.pair(of: Self.reply(1, to: 4))?.isGuess == true)
        pairings.apply(Self.rule)
        #expect(pairings.pair(of: Self.reply(1, to: 4)) == AnswerPair(request: 4, isGuess: false))
        #expect(pairings.pair(of: Self.reply(2, to: nil)) == nil)
        #expect(Self.rule.pair(of: AnswerPlace(replies: 0, refusals: 0), isRefusal: false) == nil)
        #expect(Self.rule.isProven)
    }
}
