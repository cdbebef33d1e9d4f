import Testing

@testable import RPCCore

@Suite("A payload that is no text")
struct UndecodedPayloadTests {
    private func undecoded(_ bytes: [UInt8]) -> UndecodedPayload? { bytes.withUnsafeBytes { UndecodedPayload($0) } }

    @Test(
        "The fault is where the first byte is that belongs to no character",
        arguments: [
            ([0xFF], 0), (Array("a\u{E9}".utf8) + [0x80], 3), ([0x61, 0xC3], 1), ([0xC3, 0x28], 0),
            ([0xE2, 0x82, 0x41], 0),
            ([0xED, 0xA0, 0x80], 0), ([0x61, 0xC0, 0xAF], 1), ([0xF4, 0x90, 0x80, 0x80], 0), (Array("héé👩‍👧".utf8), nil),
            ([], nil),
        ] as [([UInt8], Int?)])
    func offset(bytes: [UInt8], offset: Int?) {
        #expect(undecoded(bytes)?.fault == offset)
        #expect(undecoded(Array(repeating: 0x78, count: 300) + bytes)?.fault == offset.map { $0 + 300 })
        #expect((String(validating: bytes, as: UTF8.self) == nil) == (offset != nil))
    }

    @Test("It is told in a line, and shown in lines of sixteen bytes")
    func shown() {
        let short = undecoded(Array("{\"message\":\"Ana ".utf8) + [0xFF, 0x22, 0x7D])
        #expect(short?.summary == "at offset 16 of 19 bytes: … 65 22 3a 22 41 6e 61 20 [ff] 22 7d")
        #expect(
            short?.lines == [
                "00000000  7b 22 6d 65 73 73 61 67 65 22 3a 22 41 6e 61 20  {\"message\":\"Ana ",
                "00000010 >ff 22 7d                                         .\"}             ",
            ])
    }

    @Test("Of a long one the bytes around the fault are kept, and no more", arguments: [0, 1, 127, 5000, 99_999])
    func bounded(fault: Int) throws {
        var bytes = [UInt8](repeating: 0x61, count: 100_000)
        bytes[fault] = 0xFF
        let payload = try #require(undecoded(bytes))
        #expect(payload.fault == fault && payload.size == 100_000)
        #expect(payload.bytes.count == UndecodedPayload.limit)
        #expect(payload.bytes[fault - payload.start] == 0xFF)
        #expect(payload.lines.count <= 17)
        #expect(payload.lines.filter { $0.contains(">ff") }.count == 1)
        #expect(UndecodedPayload.bytes(hexText: payload.hexText) == payload.bytes)
    }

    @Test("A secret in it is overwritten, also across the edge of what is kept")
    func secret() throws {
        let secret = Array("t0ken-of-some-length".utf8)
        for before in [100, 120, 127, 300] {
            let bytes = Array(repeating: 0x61, count: 200) + secret + Array(repeating: 0x61, count: before) + [0xFF]
            let payload = try #require(
                Redaction.$current.withValue(Redaction(secrets: [Secret("t0ken-of-some-length")])) { undecoded(bytes) })
            #expect(payload.fault == bytes.count - 1)
            #expect(!String(decoding: payload.bytes, as: UTF8.self).contains("t0ken"))
            #expect(!String(decoding: payload.bytes, as: UTF8.self).contains("length"))
        }
    }

    @Test("It comes back from a transcript, and numbers that cannot be are none")
    func transcript() throws {
        let error = CallError(.internal, "x", at: .decode, undecoded: undecoded([0x61, 0xFF, 0x62]))
        var output = JSONText()
        EventLines(start: .zero, now: .zero, attempt: 1, isComplete: true)
            .append(.ended(CallOutcome(error: error, delivery: Delivery(), time: .zero, rule: "x")), to: &output)
        guard case .ended(let outcome) = try EventLine(output.bytes).event else { throw CancellationError() }
        #expect(outcome.error?.undecoded == error.undecoded)
        for (size, fault, start, count) in [
            (-1, 0, 0, 1), (1, 1, 0, 1), (9, 5, 6, 2), (2, 0, 0, 3), (.max, 0, 0, 1), (0, 0, 0, 0),
        ] {
            #expect(
                UndecodedPayload(size: size, fault: fault, start: start, bytes: Array(repeating: 0, count: count))
                    == nil)
        }
    }
}
