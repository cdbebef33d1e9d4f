import RPCCore
import TestSupport
import Testing

@Suite("Transcripts in memory")
struct MemoryTranscriptTests {
    private func messages(_ numbers: ClosedRange<Int>) -> [StreamMessage] {
        numbers.map {
            StreamMessage(
                number: $0, time: .zero, size: 1, form: .textFrame, body: .request(HelloRequest(name: "\($0)")))
        }
    }

    @Test("counts are exact, and the newest messages are kept", arguments: [1, 7, 100, 1000])
    func bound(batch: Int) {
        let transcript = MemoryTranscript(limit: 100)
        var next = 1
        while next <= 1000 {
            let end = min(next + batch - 1, 1000)
            transcript.append(messages(next...end), to: .sent)
            next = end + 1
        }
        #expect(transcript.count(of: .sent) == 1000)
        #expect(transcript.kept(of: .sent) == 901..<1001)
        #expect(transcript.messages(of: .sent, in: 1..<2000).map(\.number) == Array(901...1000))
        #expect(transcript.messages(of: .sent, in: 950..<953).map(\.number) == [950, 951, 952])
        #expect(transcript.messages(of: .sent, in: 5..<8) == [])
    }

    @Test("long messages make the bound in bytes, and the newest is kept whatever its size")
    func byteBound() {
        let transcript = MemoryTranscript(limit: 100, byteLimit: 1000)
        let long = (1...20).map { number in
            StreamMessage(
                number: number, time: .zero, size: 300, form: .textFrame, body: .reply(HelloReply(message: "x")))
        }
        transcript.append(long, to: .received)
        #expect(transcript.kept(of: .received) == 18..<21)
        var huge = long[0]
        huge.size = 5000
        transcript.append([huge], to: .received)
        #expect(transcript.kept(of: .received) == 21..<22)
        transcript.append([long[0]], to: .received)
        #expect(transcript.kept(of: .received) == 22..<23)
    }

    @Test("whatever the batches and the sizes, those are kept that have room within both bounds", arguments: 1...20)
    func anyBatches(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let transcript = MemoryTranscript(limit: 50, byteLimit: 2000)
        var all: [StreamMessage] = []
        for _ in 0..<100 {
            var batch = messages(all.count + 1...all.count + Int.random(in: 1...70, using: &random))
            for index in batch.indices { batch[index].size = Int.random(in: 0...90, using: &random) }
            all += batch
            transcript.append(batch, to: .sent)
            var oldest = max(0, all.count - 50)
            while oldest < all.count - 1, all[oldest...].reduce(0, { $0 + $1.size }) > 2000 { oldest += 1 }
            #expect(transcript.kept(of: .sent) == oldest + 1..<all.count + 1)
            #expect(transcript.messages(of: .sent, in: 1..<all.count + 1) == Array(all[oldest...]))
        }
    }

    @Test("the directions are apart")
    func directions() {
        let transcript = MemoryTranscript()
        transcript.append(messages(1...3), to: .received)
        #expect(transcript.count(of: .sent) == 0)
        #expect(transcript.kept(of: .sent).isEmpty)
        #expect(transcript.messages(of: .sent, in: 0..<5) == [])
        #expect(transcript.messages(of: .received, in: 0..<5).count == 3)
    }
}
