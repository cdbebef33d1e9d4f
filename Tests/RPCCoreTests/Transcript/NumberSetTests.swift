import RPCCore
import Testing

@Suite("A set of numbers")
struct NumberSetTests {
    @Test(
        "knows its numbers by their place, and the place of each",
        arguments: [
            [], [1], [64], [1, 2, 3], [63, 64, 65, 4095, 4096, 4097], [1, 100_000, 100_001, 10_000_000],
            Array(1...9000), Array(stride(from: 7, through: 50_000, by: 13)),
        ])
    func places(_ numbers: [Int]) {
        let set = NumberSet(numbers)
        #expect(set.count == numbers.count)
        #expect(set.last == numbers.last ?? 0)
        #expect(numbers.indices.map { set.number(at: $0) } == numbers)
        #expect(numbers.map { set.index(of: $0) } == Array(numbers.indices))
        #expect(numbers.allSatisfy { set.contains($0) })
        #expect(set.number(at: numbers.count) == nil)
        #expect(set.number(at: -1) == nil)
    }

    @Test("the place of a number that is not in it is that of the one behind it")
    func gaps() {
        let set = NumberSet([10, 20, 5000, 90_000])
        #expect(
            [0, 1, 10, 11, 20, 21, 4999, 5001, 80_000, 90_001, 1_000_000].map { set.index(of: $0) } == [
                0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4,
            ])
        #expect([0, -5, 11, 4096, 90_001, 1_000_000].allSatisfy { !set.contains($0) })
    }

    @Test("a copy does not change with the original")
    func values() {
        var set = NumberSet([1, 5])
        let copy = set
        set.append(6)
        #expect(copy == NumberSet([1, 5]))
        #expect(set == NumberSet([1, 5, 6]))
    }
}
