import Plans
import RPCCore
import Spool
import TestSupport
import Testing

@Suite("The spool")
struct RequestSpoolTests {
    private func request(_ number: Int) -> Payload {
        Payload(Greeter.request("Usér \(number)", language: [nil, "", "en"][number % 3]), Greeter.request, .json)
    }

    @Test("what was kept is read again, from memory and from disk", arguments: [1, 7, 256, 5000])
    func roundTrip(batch: Int) {
        var spool = RequestSpool(memoryLimit: 100, diskLimit: 1 << 20)
        let all = (0..<5000).map(request)
        for start in stride(from: 0, to: all.count, by: batch) {
            let isTaken = spool.append(Array(all[start..<min(all.count, start + batch)]))
            #expect(isTaken)
        }
        for limit in [1, 100, 333] {
            var cursor = RequestSpool.Cursor()
            var read: [Payload] = []
            while let more = spool.read(&cursor, atMost: limit), !more.isEmpty { read += more }
            #expect(read == all)
        }
    }

    @Test("a request longer than a block is kept too")
    func long() {
        var spool = RequestSpool(memoryLimit: 0, diskLimit: 1 << 22)
        let long = Payload(
            Greeter.request(String(repeating: "ä", count: 300_000), language: "de"), Greeter.request, .json)
        let isTaken = spool.append([request(1), long, request(2)])
        #expect(isTaken)
        var cursor = RequestSpool.Cursor()
        var read: [Payload] = []
        while let more = spool.read(&cursor, atMost: 10), !more.isEmpty { read += more }
        #expect(read == [request(1), long, request(2)])
    }

    @Test("past its bound it takes no more")
    func bound() {
        var spool = RequestSpool(memoryLimit: 10, diskLimit: 100_000)
        var taken = 0
        while taken < 1_000_000, spool.append((0..<100).map(request)) { taken += 100 }
        #expect(taken > 1000 && taken < 20_000)
    }

    @Test(
        "a plan that outgrows its spool goes on, every request once and in order",
        arguments: [(1000, 0), (1000, 4_000), (300, 0), (10_000, 0)])
    func outgrown(memoryLimit: Int, diskLimit: Int) async throws {
        let names = (1...9000).map { "User \($0)" }
        let plan = SpooledPlan(
            PlanRun(names: names), spool: RequestSpool(memoryLimit: memoryLimit, diskLimit: diskLimit))
        var source = plan.makeSource(clock: SystemClock())
        var read: [String] = []
        while let batch = try await source.next(atMost: 250) { read += batch.map(\.name) }
        #expect(read == names)
        #expect(plan.isComplete == (memoryLimit > names.count))
    }

    @Test(
        "another attempt leaves out what was answered, whether that is kept in memory, on disk or not made yet",
        arguments: [0, 1, 99, 100, 101, 640, 999, 1000], [7, 256])
    func skipping(count: Int, limit: Int) async throws {
        let names = (1...1000).map { "User \($0)" }
        let plan = SpooledPlan(PlanRun(names: names), spool: RequestSpool(memoryLimit: 100))
        for _ in 1...2 {
            var source = plan.makeSource(clock: SystemClock(), skipping: count)
            var read: [String] = []
            while let batch = try await source.next(atMost: limit) {
                #expect(!batch.isEmpty && batch.count <= limit)
                read += batch.map(\.name)
            }
            #expect(read == Array(names.dropFirst(count)))
        }
    }
}
