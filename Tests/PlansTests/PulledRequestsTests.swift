import RPCCore
import TestSupport
import Testing

@testable import Plans

@Suite("Requests that were pulled ahead")
struct PulledRequestsTests {
    private func batch(_ numbers: Range<Int>) -> [Payload] {
        numbers.map { Payload(HelloRequest(name: "\($0)")) }
    }

    @Test("however they came and are taken, all come out in order", arguments: 1...10)
    func order(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var pulled = PulledRequests()
        var taken: [Payload] = []
        var next = 0
        for _ in 0..<200 {
            let count = Int.random(in: 0...20, using: &random)
            pulled.append(batch(next..<next + count))
            next += count
            let limit = Int.random(in: 1...25, using: &random)
            let part = pulled.take(atMost: limit)
            #expect(part.count == min(limit, pulled.count + part.count))
            taken += part
            #expect(pulled.count == next - taken.count)
        }
        taken += pulled.take(atMost: .max)
        #expect(pulled.isEmpty)
        #expect(taken == batch(0..<next))
    }

    @Test("a batch that is taken whole is not copied")
    func sharing() {
        let batch = batch(0..<5)
        var pulled = PulledRequests()
        pulled.append(batch)
        let taken = pulled.take(atMost: 8)
        #expect(taken.withUnsafeBufferPointer { $0.baseAddress } == batch.withUnsafeBufferPointer { $0.baseAddress })
    }
}
