import RPCCore
import Testing

@Suite("Details of a status, told")
struct StatusDetailTests {
    private let error = {
        var error = CallError(.invalidArgument, "no", at: .server)
        error.details = [
            StatusDetail("google.rpc.BadRequest", [MetadataEntry("name", "must not be s3cret")]),
            StatusDetail("greeter.Other", []),
        ]
        return error
    }()

    @Test("they are in the lines of a call, and come back from a transcript")
    func lines() throws {
        var output = JSONText()
        EventLines(start: .zero, now: .zero, attempt: 1, isComplete: true)
            .append(.ended(CallOutcome(error: error, delivery: Delivery(), time: .zero, rule: "x")), to: &output)
        #expect(
            String(decoding: output.bytes, as: UTF8.self).contains(
                #""details":[{"type":"google.rpc.BadRequest","fields":[{"name":"name","value":"must not be s3cret"}]},"#
                    + #"{"type":"greeter.Other","fields":[]}]"#))
        guard case .ended(let outcome) = try EventLine(output.bytes).event else { throw CancellationError() }
        #expect(outcome.error?.details == error.details)
    }

    @Test("what is secret is masked in them")
    func masked() {
        let redaction = Redaction(secrets: [Secret("s3cret")])
        var ended = CallEvent.ended(CallOutcome(error: error, delivery: Delivery(), time: .zero, rule: "x"))
        #expect(redaction.redact(&ended))
        #expect(!redaction.redact(&ended))
        let text = redaction.redacted(error).details.map(\.description)
        #expect(text == ["BadRequest: name: must not be \(Secret.mask)", "greeter.Other"])
    }
}
