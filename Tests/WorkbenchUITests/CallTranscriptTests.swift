import RPCCore
import TestSupport
import Testing

@testable import WorkbenchUI

@Suite("The messages of a call that is recorded while it is made")
struct CallTranscriptTests {
    private static func message(_ number: Int) -> StreamMessage {
        StreamMessage(
            number: number, time: .milliseconds(number), size: 1, form: .textFrame,
            body: .request(HelloRequest(name: "Ana")))
    }

    @Test("a time leads to the first message that is not earlier, in memory and on the disk")
    func times() async throws {
        let count = MemoryTranscript.defaultLimit + 500
        let messages = (1...count).map(Self.message)
        let place = RecordPlace()
        let transcript = CallTranscript(record: place)
        transcript.append(messages, to: .sent)
        // Nothing is recorded: those are left that are in memory.
        #expect(try await transcript.number(of: .sent, at: .milliseconds(7)) == 501)
        let record = MemoryTranscript(limit: count)
        record.append(messages, to: .sent)
        place.transcript = record
        for number in [1, 7, 500, 501, 502, count] {
            #expect(try await transcript.number(of: .sent, at: .milliseconds(number)) == number)
        }
        #expect(try await transcript.number(of: .sent, at: .milliseconds(count + 1)) == nil)
        #expect(try await transcript.number(of: .received, at: .zero) == nil)
    }
}
