import RPCCore
import TestSupport
import Testing

@testable import Plans

@Suite("Steering by time and by replies", .timeLimit(.minutes(10)))
struct SteeringTests {
    private let clock = ManualClock()

    /// What a source hands over, asked from a task of its own.
    private func ask(_ source: GreetingSource) -> Task<[String]?, any Error> {
        Task {
            var source = source
            return try await source.next(atMost: 256)?.map(\.name)
        }
    }

    private func waitForSleepers(_ count: Int) async {
        while clock.sleeperCount != count { await Task.yield() }
    }

    private func reply(_ message: String) -> CallEvent {
        .received([
            StreamMessage(number: 7, time: .zero, size: 0, form: .textFrame, body: .reply(HelloReply(message: message)))
        ])
    }

    @Test("no more are unanswered than may be, and each answer lets another go", arguments: [1, 2, 5])
    func window(unanswered: Int) async throws {
        let plan = SteeredPlan(
            PlanRun.repeating("{i}", 20), holdsOpen: false, rules: SteeringRules(unanswered: unanswered))
        let source = plan.makeSource(clock: clock)
        let watcher = plan.watching(EventLog())
        var sent = 0
        for answered in 0... {
            if answered > 0 { await watcher.observe(.acknowledged(upTo: answered)) }
            while sent < min(20, answered + unanswered) { sent += try await ask(source).value?.count ?? 99 }
            #expect(sent == min(20, answered + unanswered))
            if answered == 20 { break }
        }
        #expect(try await ask(source).value == nil)
    }

    @Test("replies count as answers by the rule of pairing, and one by one where there is none")
    func windowByRule() async throws {
        let plan = SteeredPlan(PlanRun.repeating("{i}", 20), holdsOpen: false, rules: SteeringRules(unanswered: 1))
        let source = plan.makeSource(clock: clock)
        let watcher = plan.watching(EventLog())
        func reply(_ number: Int, _ place: AnswerPlace?) -> CallEvent {
            .received([
                StreamMessage(
                    number: number, time: .zero, size: 1, form: .textFrame,
                    body: .reply(HelloReply(message: "Hello")), place: place)
            ])
        }
        #expect(try await ask(source).value?.count == 1)
        await watcher.observe(reply(1, AnswerPlace(replies: 0, refusals: 0)))
        #expect(try await ask(source).value?.count == 1)
        // It is the second reply to the first request.
        await watcher.observe(.paired(Pairing(ratio: 2)))
        await watcher.observe(reply(2, AnswerPlace(replies: 1, refusals: 0)))
        let waiting = ask(source)
        await watcher.observe(reply(3, AnswerPlace(replies: 2, refusals: 0)))
        #expect(try await waiting.value?.count == 1)
        await watcher.observe(.paired(Pairing(ratio: 2, contradiction: "x")))
        await watcher.observe(reply(4, nil))
        #expect(try await ask(source).value?.count == 1)
    }

    @Test("the last request needs no answer before the stream is half-closed")
    func windowAtTheEnd() async throws {
        let plan = SteeredPlan(PlanRun(names: ["Ana"]), holdsOpen: false, rules: SteeringRules(unanswered: 1))
        let source = plan.makeSource(clock: clock)
        #expect(try await ask(source).value == ["Ana"])
        #expect(try await ask(source).value == nil)
    }

    @Test("what is typed, and the half-close, do not wait for answers")
    func windowAndHand() async throws {
        let plan = SteeredPlan(PlanRun.repeating("{i}", nil), holdsOpen: true, rules: SteeringRules(unanswered: 1))
        let source = plan.makeSource(clock: clock)
        #expect(try await ask(source).value == ["1"])
        let waiting = ask(source)
        plan.send(HelloRequest(name: "typed"))
        #expect(try await waiting.value == ["typed"])
        let end = ask(source)
        #expect(plan.halfClose())
        #expect(!plan.halfClose())
        #expect(try await end.value == nil)
    }

    @Test("a run that goes on after the answered requests has them out of its count")
    func windowInLaterRun() async throws {
        let plan = SteeredPlan(PlanRun.repeating("{i}", 10), holdsOpen: false, rules: SteeringRules(unanswered: 2))
        let first = plan.makeSource(clock: clock)
        #expect(try await ask(first).value == ["1", "2"])
        await plan.watching(EventLog()).observe(.acknowledged(upTo: 1))
        #expect(try await ask(first).value == ["3"])
        let second = plan.makeSource(clock: clock, skipping: 1)
        #expect(try await ask(second).value == ["2", "3"])
        let waiting = ask(second)
        await plan.watching(EventLog()).observe(.acknowledged(upTo: 2))
        #expect(try await waiting.value == ["4"])
    }

    @Test("a server that does not answer is waited for until the timeout, which says what to do")
    func timeout() async throws {
        let rules = SteeringRules(unanswered: 1, timeout: .seconds(5))
        let plan = SteeredPlan(PlanRun.repeating("{i}", 3), holdsOpen: false, rules: rules)
        let source = plan.makeSource(clock: clock)
        #expect(try await ask(source).value == ["1"])
        let answered = ask(source)
        await waitForSleepers(1)
        clock.advance(by: .seconds(4))
        await plan.watching(EventLog()).observe(.acknowledged(upTo: 1))
        #expect(try await answered.value == ["2"])
        let unanswered = ask(source)
        await waitForSleepers(1)
        clock.advance(by: .seconds(5))
        let error = await #expect(throws: PlanError.self) { try await unanswered.value }
        #expect(error?.description.hasPrefix("flow: no answer to the request within 5s, ") == true)
    }

    @Test("only a client stream has a timeout of its own")
    func timeoutOfKinds() {
        let document = PlanDocument(flow: PlanFlow(unanswered: 1))
        for kind in CallKind.allCases {
            let expected = kind == .clientStream ? PlanFlow.defaultTimeout : nil
            #expect(SteeringRules(of: document, for: kind).timeout == expected)
        }
    }

    @Test("a reply or a refusal that matches ends the stream, and is said to")
    func stopsOnReply() async throws {
        let rules = SteeringRules(reply: .known("(?i)enough"))
        let plan = SteeredPlan(PlanRun.repeating("{i}", nil), holdsOpen: false, rules: rules)
        let source = plan.makeSource(clock: clock)
        #expect(try await ask(source).value?.count == 256)
        let log = EventLog()
        await plan.watching(log).observe(reply("more"))
        #expect(try await ask(source).value != nil)
        await plan.watching(log).observe(reply("That is ENOUGH."))
        #expect(try await ask(source).value == nil)
        #expect(
            log.events == [
                reply("more"), reply("That is ENOUGH."), .notice("reply 7 matches '(?i)enough', which ends the stream"),
            ])
    }

    @Test("a search that takes too long counts as no match, and is said to")
    func slowSearch() async throws {
        let rules = SteeringRules(reply: .known("^(a+)+$"))
        let plan = SteeredPlan(PlanRun.repeating("{i}", nil), holdsOpen: false, rules: rules)
        let source = plan.makeSource(clock: clock)
        let log = EventLog()
        await plan.watching(log).observe(reply(String(repeating: "a", count: 60) + "!"))
        #expect(try await ask(source).value != nil)
        guard case .notice(let text)? = log.events.last else { Issue.record("nothing was said"); return }
        #expect(text.hasPrefix("reply 7 counts as no match: '^(a+)+$' was looked for longer than 0.5s"))
    }

    @Test("a stream that a reply has ended is made again up to the same end")
    func replaysUpToReply() async throws {
        let rules = SteeringRules(reply: .known("x"))
        let plan = SteeredPlan(
            PlanRun.repeating("{i}", nil, every: .seconds(1)), holdsOpen: false, rules: rules)
        var source = plan.makeSource(clock: clock)
        var names: [String] = []
        for _ in 0..<3 {
            let next = ask(source)
            if !names.isEmpty {
                await waitForSleepers(1)
                clock.advance(by: .seconds(1))
            }
            names += try await next.value ?? []
        }
        await plan.watching(EventLog()).observe(reply("x"))
        #expect(try await ask(source).value == nil)
        for skipped in [0, 2] {
            source = plan.makeSource(clock: clock, skipping: skipped)
            var again: [String] = []
            while again.count < names.count - skipped {
                let next = ask(source)
                if skipped + again.count > 0 { await waitForSleepers(1) }
                clock.advance(by: .seconds(1))
                again += try await next.value ?? []
            }
            #expect(again == Array(names.dropFirst(skipped)))
            #expect(try await ask(source).value == nil)
        }
    }

    @Test("the time ends the stream, whatever it waits for")
    func stopsOnTime() async throws {
        let rules = SteeringRules(time: .seconds(10))
        let plan = SteeredPlan(PlanRun(names: ["Ana"]), holdsOpen: true, rules: rules)
        let source = plan.makeSource(clock: clock)
        #expect(try await ask(source).value == ["Ana"])
        let end = ask(source)
        await waitForSleepers(1)
        clock.advance(by: .seconds(10))
        #expect(try await end.value == nil)
    }

    @Test("an attempt that goes on has what is left of the time, one that begins anew all of it", arguments: [0, 1])
    func timeOfLaterRuns(skipped: Int) async throws {
        let plan = SteeredPlan(
            PlanRun(names: ["Ana", "Bob"]), holdsOpen: true, rules: SteeringRules(time: .seconds(10)))
        let first = plan.makeSource(clock: clock)
        await waitForSleepers(1)
        clock.advance(by: .seconds(4))
        #expect(try await ask(first).value?.first == "Ana")
        clock.advance(by: .seconds(3))
        let second = plan.makeSource(clock: clock, skipping: skipped)
        while try await ask(second).value?.last != "Bob" {}
        let end = ask(second)
        await waitForSleepers(1)
        clock.advance(by: .seconds(6) - .milliseconds(1))
        #expect(clock.sleeperCount == 1)
        clock.advance(by: .milliseconds(1))
        if skipped == 0 {
            #expect(clock.sleeperCount == 1)
            clock.advance(by: .seconds(4))
        }
        #expect(try await end.value == nil)
    }
}
