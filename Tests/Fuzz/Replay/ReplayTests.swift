import Foundation
import FuzzedTransports
import FuzzedWire
import Testing

/// What the fuzzers have kept holds, byte by byte the same in every run.
@Suite("Fuzzers", .timeLimit(.minutes(5)))
struct ReplayTests {
    private static let fuzzers = Fuzzer.wire + Fuzzer.transports
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Corpus").standardized

    private func inputs(of name: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: Self.corpus.appending(path: name), includingPropertiesForKeys: nil)
    }

    @Test(
        "every input of the corpus keeps the rules, and together they reach what they are for",
        arguments: fuzzers.map(\.name))
    func replay(name: String) throws {
        let fuzzer = try #require(Self.fuzzers.first { $0.name == name })
        var reached: Set<String> = []
        for file in try inputs(of: name) {
            do {
                reached.formUnion(try fuzzer.run(Data(contentsOf: file)))
            } catch {
                Issue.record("\(name)/\(file.lastPathComponent): \(error)")
            }
        }
        #expect(fuzzer.landmarks.subtracting(reached).sorted() == [])
    }

    @Test("every folder of the corpus has a fuzzer")
    func folders() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path)
        #expect(folders.sorted() == Self.fuzzers.map(\.name).sorted())
    }

    @Test("a rule that is broken is told")
    func finds() throws {
        let fuzzer = Fuzzer("even", reaching: []) { input in
            try hold(input.byte() % 2 == 0, "an odd number")
            return ["even"]
        }
        #expect(try fuzzer.run([2]) == ["even"])
        let finding = #expect(throws: Finding.self) { try fuzzer.run([3]) }
        #expect(finding?.description == "an odd number")
    }
}
