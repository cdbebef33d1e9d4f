import Foundation
import TestSupport
import Testing

@Suite("--plan", .timeLimit(.minutes(10)))
struct PlanTests {
    static let files = [
        "ask.jsonl": "{\"name\":\"Ana\"}\n{\"name\":\"Bob\",\"language\":\"de\"}\n",
        "ask.csv": "language,name\nde,Ana\n,Bob\n",
        "ask.yaml": "kind: bidi\nrequests:\n  - {name: Ana}\n  - from: ask.csv\n",
        "none.yaml": "requests:\n  - {name: Ana}\n",
        "input.yaml": "requests:\n  - {name: Ana}\n  - {from: \"-\", send: {name: \"{who}\"}}\n",
        "seeded.yaml": "seed: 7\nkind: bidi\nrequests:\n  - {repeat: 3, send: {name: \"{uuid} {random:1-1000}\"}}\n",
        "chance.yaml": "kind: bidi\nrequests:\n  - {repeat: 3, send: {name: \"{uuid} {random:1-1000}\"}}\n",
        "endless.yaml": "requests:\n  - {name: Ana}\n  - repeat: endless\n    send: {name: Ana}\n",
        "hand.yaml":
            "kind: bidi\nrequests:\n  - {repeat: endless, send: {name: \"{i}\"}}\nflow: {unanswered: 1}\nstop: {manual: true}\n",
        "timed.yaml":
            "kind: client-stream\nrequests:\n  - {repeat: endless, send: {name: A}, every: 10ms}\nstop: {time: 300ms}\n",
        "polite.yaml":
            "requests:\n  - {repeat: 3, send: {name: \"{i}\"}}\nflow: {unanswered: 1, timeout: 200ms}\n",
        "new.yaml": "kind: bidi\nrequests: [{name: Ana}]\nflow: {unanswered: 1, timeout: 20s}\n",
        "old.yaml": "kind: bidi\nrequests: [{name: Ana}]\nflow: {unanswered: 1, patience: 20s}\n",
        "wrong.yaml": "requests:\n  - {name: Ana, langauge: en}\n", "wrong.jsonl": "{\"name\":\"Ana\"}\n{}\n",
        "missing.yaml": "requests:\n  - from: nothing.csv\n", "latin.yaml": "x",
    ]

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder(Self.files)
        try Data([0x72, 0xE9]).write(to: URL(fileURLWithPath: "\(folder.path)/latin.yaml"))
    }

    private func call(_ arguments: String..., plan: String, input: String = "") async throws -> Executable.Result {
        try await Executable.run(["call"] + arguments + ["--plan", "\(folder.path)/\(plan)"], input: input)
    }

    static let ana = CallTests.reply("Hello, Ana!")

    @Test("a plan in YAML, JSON Lines or CSV is run, with paths that begin at its folder")
    func runs() async throws {
        let german = CallTests.reply("Hallo, Ana!", "de")
        #expect(try await call(plan: "ask.yaml").lines == [Self.ana, german, CallTests.reply("Hello, Bob!")])
        #expect(
            try await call("unary", plan: "ask.jsonl").lines == [Self.ana, CallTests.reply("Hallo, Bob!", "de")])
        #expect(try await call("bidi", plan: "ask.csv").lines == [german, CallTests.reply("Hello, Bob!")])
    }

    @Test("a key's old name is read, and standard error has the new one", arguments: ["new.yaml", "old.yaml"])
    func oldName(plan: String) async throws {
        let result = try await call(plan: plan)
        #expect(result.lines == [Self.ana])
        let notice = "line 3, column 23: 'patience' is called 'timeout' now; the next version knows no other name\n"
        #expect(result.errors.contains(notice) == (plan == "old.yaml"))
        #expect(result.errors.contains("note: ") == (plan == "old.yaml"))
    }

    @Test("a plan comes on standard input, or reads its records there")
    func readsInput() async throws {
        let piped = try await Executable.run(["call", "--plan", "-"], input: Self.files["seeded.yaml"] ?? "")
        #expect(piped.lines == (try await call(plan: "seeded.yaml")).lines)
        #expect(piped.lines.count == 3)
        let records = try await call("bidi", plan: "input.yaml", input: "{\"who\":\"Bob\"}\n{\"who\":\"Eve\"}\n")
        #expect(records.lines == [Self.ana, CallTests.reply("Hello, Bob!"), CallTests.reply("Hello, Eve!")])
    }

    @Test("standard input that is no terminal is read where nothing says what to send")
    func readsInputUnasked() async throws {
        let result = try await Executable.run(
            ["call", "client-stream"], input: "{\"name\":\"Ada\"}\n{\"name\":\"Bob\"}")
        #expect(result.output == CallTests.reply("Hello, Ada and Bob! (2 requests)") + "\n")
    }

    @Test("the seed that a run says makes the same requests again")
    func tellsSeed() async throws {
        let first = try await call(plan: "chance.yaml")
        let seed = try #require(
            first.errors.firstMatch(of: #/note: 'seed: (\d+)' in the plan makes the same requests again/#)
        ).output.1
        let plan = "seed: \(seed)\n" + (Self.files["chance.yaml"] ?? "")
        #expect(try await Executable.run(["call", "--plan", "-"], input: plan).output == first.output)
        #expect(try await call(plan: "chance.yaml").output != first.output)
        #expect(!(try await call(plan: "seeded.yaml")).errors.contains("seed"))
    }

    @Test("the first SIGINT ends a plan without end, and the replies still come")
    func endsByHand() async throws {
        let process = try Executable.start(["call", "--plan", "\(folder.path)/hand.yaml"])
        for number in 1...3 { #expect(await process.nextLine() == CallTests.reply("Hello, \(number)!")) }
        process.send(SIGINT)
        let result = await process.result()
        #expect(result.status == 0)
        #expect(result.errors.hasPrefix("greeter-tui: ending the stream; interrupt again to cancel the call\n"))
    }

    @Test("the time ends a plan without end")
    func endsByTime() async throws {
        let result = try await call(plan: "timed.yaml")
        #expect(result.status == 0)
        #expect(result.output.contains(" requests)"))
    }

    @Test("waiting for the replies of a client stream that is answered once fails, and says why")
    func waitsInVain() async throws {
        let result = try await call("client-stream", plan: "polite.yaml")
        #expect(result.status == 64 + 3)
        #expect(result.errors.contains("at plan: flow: no answer to the request within 200ms, "))
        let perMessage = try await call("client-stream", "--demo-behaviour", "per-message", plan: "polite.yaml")
        #expect(perMessage.lines == (1...3).map { CallTests.reply("Hello, \($0)!") })
    }

    static let refusals: [(String, [String], String)] = [
        ("ask.yaml", ["unary"], "FOLDER/ask.yaml: is a plan for a bidi call, not for unary"),
        (
            "none.yaml", [],
            "FOLDER/none.yaml: names no kind of call; name one before --plan, or add 'kind: client-stream' to it"
        ),
        (
            "endless.yaml", ["bidi"],
            "FOLDER/endless.yaml, line 3: the plan cannot end: this step is endless; add stop: {after: N}, {time: 30s} or, "
                + "to end it yourself, {manual: true}"
        ),
        (
            "wrong.yaml", ["bidi"],
            "FOLDER/wrong.yaml, line 2, column 17: a request has no key 'langauge'; did you mean 'language'?"
        ),
        ("nothing.yaml", ["bidi"], "FOLDER/nothing.yaml: cannot be read: No such file or directory"),
        ("latin.yaml", ["bidi"], "FOLDER/latin.yaml: is not UTF-8"),
    ]

    @Test("a plan that cannot be run is refused before anything is sent", arguments: refusals)
    func refuses(_ plan: String, _ arguments: [String], _ message: String) async throws {
        let result = try await Executable.run(["call"] + arguments + ["--plan", "\(folder.path)/\(plan)"])
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(result.errors == "greeter-tui: \(message.replacing("FOLDER", with: folder.path))\n")
    }

    @Test("a plan on standard input leaves none for its records")
    func refusesTwoInputs() async throws {
        let result = try await Executable.run(["call", "bidi", "--plan", "-"], input: Self.files["input.yaml"] ?? "")
        #expect(result.status == 2)
        #expect(
            result.errors
                == "greeter-tui: standard input, line 3: standard input is in use here; save the records to a file, "
                + "and name that\n")
    }

    static let failures: [(String, String)] = [
        ("wrong.jsonl", "FOLDER/wrong.jsonl, line 2: has no 'name'"),
        ("missing.yaml", "FOLDER/nothing.csv: cannot be read: No such file or directory"),
    ]

    @Test("records that cannot be read end the call, and what came before them is sent", arguments: failures)
    func fails(_ plan: String, _ message: String) async throws {
        let result = try await call("bidi", plan: plan)
        #expect(result.status == 64 + 3)
        #expect(result.errors.contains("INVALID_ARGUMENT at plan: \(message.replacing("FOLDER", with: folder.path))"))
    }
}
