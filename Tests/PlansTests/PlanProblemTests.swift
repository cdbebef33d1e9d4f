import Plans
import RPCCore
import TestSupport
import Testing

@Suite("Problems of plans")
struct PlanProblemTests {
    private let endless = PlanStep.repeating("x", nil)

    private func problems(_ steps: [PlanStep], _ stop: PlanStop = PlanStop(), for kind: CallKind = .bidirectional)
        -> [String]
    {
        PlanDocument(steps: steps, stop: stop).problems(for: kind).map(\.description)
    }

    static let advice = "add stop: {after: N}, {time: 30s} or, to end it yourself, {manual: true}"

    @Test("a plan that cannot end says so, and what to add")
    func endlessPlan() throws {
        #expect(
            problems([.pause(.zero), endless])
                == ["step 2: the plan cannot end: this step is endless; \(Self.advice)"])
        let stops = [
            PlanStop(after: 1), PlanStop(time: .seconds(1)), PlanStop(reply: .known("x")),
            PlanStop(isManual: true),
        ]
        for stop in stops { #expect(problems([endless], stop) == []) }
    }

    @Test("a reply ends no client stream, for there it comes when the stream has ended")
    func endlessClientStream() throws {
        let stop = PlanStop(reply: .known("x"))
        #expect(
            problems([endless], stop, for: .clientStream) == [
                "step 1: the plan cannot end: a client stream is answered when it has ended, so no reply stops it; "
                    + Self.advice
            ])
    }

    @Test("steps behind an endless one, a second reader of standard input and an unknown format are problems")
    func others() {
        #expect(
            problems([endless, .pause(.zero)], PlanStop(after: 1)) == [
                "step 2: is never reached: step 1 is endless"
            ])
        let input = PlanStep.records(RecordsStep(from: .standardInput))
        #expect(problems([input, input]) == ["step 2: standard input can be read by one step only"])
        #expect(
            problems([.records(RecordsStep(from: .file("users.txt")))]) == [
                "step 1: the name of the file does not say how it is written; give format: csv or format: jsonl"
            ])
        #expect(problems([.records(RecordsStep(from: .file("users.CSV")))]) == [])
    }
}
