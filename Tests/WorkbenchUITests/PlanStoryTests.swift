import Foundation
import Plans
import RPCCore
import TerminalUI
import TestSupport
import Testing
import WorkbenchModel

@testable import WorkbenchUI

@Suite("What a user does with plans", .serialized, .timeLimit(.minutes(10)))
@MainActor
struct PlanStoryTests {
    private static let plan = PlanDocument(
        kind: .bidirectional, steps: [.request(HelloRequest(name: "Ana", language: "es")), .repeating("U{i}", 2)])

    /// Opens a plan with the chooser.
    private func open(_ name: String, _ user: UserSession) async throws {
        user.press("o")
        try await user.see("users.csv")
        user.type(name)
        user.press("enter")
        try await user.see("Compose · \(name)")
    }

    @Test("a plan is opened, changed, written and run")
    func round() async throws {
        let files = MemoryPlanFiles(["mine.yaml": Self.plan])
        try await UserSession.play(files: files) { user in
            user.press("o")
            try await user.see("users.csv")
            user.type("mi")
            try await user.miss("users.csv")
            user.press("enter")
            try await user.see("Compose · mine.yaml · 3 req")
            try await user.see("bidirectional ▾")
            user.press("e", "ctrl-u")
            user.type("Zoë")
            user.press("enter")
            try await user.see("mine.yaml* ")
            user.press("w")
            try await user.see("written to mine.yaml")
            try await user.miss("mine.yaml*")
            #expect(files.plan("mine.yaml")?.steps[0] == .request(HelloRequest(name: "Zoë", language: "es")))
            user.press("r")
            try await user.see("Hello, U2!")
            user.press(".")
            try await user.see("OK: 3 sent")
        }
    }

    @Test("every kind of step is added, and the plan is written to a new file")
    func compose() async throws {
        let files = MemoryPlanFiles()
        try await UserSession.play(files: files) { user in
            user.press("A", "2")
            try await user.see("Add a pause")
            user.type("500ms")
            user.press("enter")
            try await user.see("pause 500ms")
            user.press("A", "3")
            user.type("User {i}")
            user.press("tab", "tab")
            user.type("1000")
            user.press("tab")
            user.type("100ms")
            user.press("enter")
            try await user.see("×1000 @100ms")
            user.press("A", "4")
            try await user.see("Records from a file")
            try await user.see("users.csv")
            user.type("users")
            user.press("enter")
            try await user.miss("Records from a file")
            user.press("tab", "tab")
            user.type("active=true city!=\"New York\"")
            user.press("enter")
            try await user.see("from users.csv where act")
            user.press("P", "tab")
            user.type("100")
            user.press("enter")
            try await user.see("the plan ends after 100 requests")
            user.press("w")
            try await user.see("Write the plan")
            try await user.see("plan.yaml")
            user.press("enter")
            try await user.see("written to plan.yaml")
            let plan = files.plan("plan.yaml")
            #expect(plan?.steps.count == 6)
            #expect(plan?.stop.after == 100)
        }
    }

    @Test("a file that somebody else has changed is not overwritten unasked")
    func conflict() async throws {
        let files = MemoryPlanFiles(["mine.yaml": Self.plan])
        try await UserSession.play(files: files) { user in
            try await open("mine.yaml", user)
            files.change("mine.yaml", to: PlanDocument(names: ["Other"]))
            user.press("D", "w")
            try await user.see("mine.yaml has changed since it was read.")
            user.press("n")
            try await user.miss("has changed")
            #expect(files.plan("mine.yaml") == PlanDocument(names: ["Other"]))
            user.press("w")
            try await user.see("has changed")
            user.press("y")
            try await user.see("written to mine.yaml")
            #expect(files.plan("mine.yaml")?.steps.count == 3)
        }
    }

    @Test("a file is looked for from its field, and chosen by completion or by the mouse")
    func chooser() async throws {
        try await UserSession.play(files: MemoryPlanFiles(["mine.yaml": Self.plan])) { user in
            user.press("A", "4")
            try await user.see("users.csv")
            user.press("esc")
            try await user.miss("users.csv")
            user.press("ctrl-o")
            try await user.see("users.csv")
            user.type("us")
            user.press("tab", "enter")
            try await user.miss("Records from a file")
            user.press("enter")
            try await user.see("from users.csv")
            user.press("o")
            try await user.see("mine.yaml")
            user.press("backspace")
            try await user.see("/ cannot be listed")
            user.type("/work/")
            try await user.see("mine.yaml")
            let row = try #require(user.backend.lines.firstIndex { $0.contains("mine.yaml") })
            user.backend.feed(.mouse(MouseEvent(.press, button: .left, at: Point(column: 60, row: row))))
            try await user.see("The plan has unsaved changes.")
            user.press("y")
            try await user.see("Compose · mine.yaml")
        }
    }

    @Test("what cannot be opened or written says why, where it was asked for")
    func problems() async throws {
        let files = MemoryPlanFiles()
        try await UserSession.play(files: files) { user in
            user.press("o")
            try await user.see("users.csv")
            user.type("../")
            try await user.see("/ cannot be listed: No such file or directory")
            user.press("ctrl-u")
            user.type("none.yaml")
            user.press("enter")
            try await user.see("/work/none.yaml cannot be read")
            user.press("esc")
            files.fail(FileProblem("No space left on device"))
            user.press("D", "w")
            try await user.see("the name of the file", "plan.yaml")
            user.press("enter")
            try await user.see("✕ No space left on device")
            files.fail(nil)
            user.press("enter")
            try await user.see("written to plan.yaml")
        }
    }

    @Test("ctrl-c keeps unsaved changes, and says where")
    func keep() async throws {
        let files = MemoryPlanFiles()
        try await UserSession.play(files: files) { user in
            user.press("D")
            try await user.see("Compose* · 4 requests")
            user.press("ctrl-c")
            await user.ended()
            #expect(user.farewell == ["the unsaved plan is kept in /state/2.yaml; the next start offers it"])
            #expect(files.keptDocuments.map(\.steps.count) == [4])
        }
    }

    @Test("a signal keeps unsaved changes, and what cannot be kept is said too")
    func keepFails() async throws {
        let files = MemoryPlanFiles()
        try await UserSession.play(files: files) { user in
            user.press("D")
            try await user.see("Compose* · 4 requests")
            files.fail(FileProblem("No space left on device"))
            user.backend.feed(.terminated(signal: 15))
            await user.ended()
            #expect(user.farewell == ["the unsaved plan could not be kept: No space left on device"])
        }
    }

    @Test("what was kept is offered at the start, and forgotten once it is written")
    func recover() async throws {
        let files = MemoryPlanFiles(kept: PlanDocument(names: ["Kept"], language: "en"))
        try await UserSession.play(files: files) { user in
            try await user.see("Changes of a plan without a file were kept,")
            user.press("o")
            try await user.see("Compose* · 1 request")
            #expect(files.keptDocuments.count == 1)
            user.press("w")
            try await user.see("Write the plan")
            try await user.see("plan.yaml")
            user.press("enter")
            try await user.see("written to plan.yaml")
            try await user.see("Compose · plan.yaml")
            for _ in 0..<1000 where !files.keptDocuments.isEmpty { await Task.yield() }
            #expect(files.keptDocuments == [])
        }
    }

    @Test("a plan with a problem is not run: its step is named and chosen")
    func endless() async throws {
        try await UserSession.play { user in
            user.press("G", "A", "3")
            user.type("U{i}")
            user.press("tab", "tab")
            user.type("endless")
            user.press("enter")
            try await user.see("until the stream is ended")
            user.press("g", "r")
            try await user.see("not run: step 4: the plan cannot end")
            try await user.see("▸  4 U{i}")
        }
    }

    // MARK: Preview

    @Test("a preview shows the first requests and when they are sent, without waiting for them")
    func preview() async throws {
        try await UserSession.play { user in
            user.press("A", "3")
            user.type("U{i}")
            user.press("tab", "tab")
            user.type("1000")
            user.press("tab")
            user.type("1h")
            user.press("enter")
            try await user.see("@1h")
            user.press("p")
            try await user.see("more follow")
            #expect(user.text.contains(" +0.000s U1 "))
            #expect(user.text.contains(" +3600.000s U2 "))
            #expect(!user.text.contains("U20"))
            user.press("p")
            try await user.miss("more follow")
        }
    }

    @Test("a preview that fails names the file, the line and what is wrong")
    func previewFails() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).jsonl")
        try Data("{\"name\":\"Ana\"}\n{\"nam\":\"Bob\"}\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let plan = PlanDocument(steps: [.records(RecordsStep(from: .file(file.path)))])
        try await UserSession.play(files: MemoryPlanFiles(["mine.yaml": plan])) { user in
            try await open("mine.yaml", user)
            user.press("p")
            try await user.see("+0.000s Ana")
            try await user.see("line 2")
        }
    }

    @Test("a preview that nothing comes for gives up")
    func previewIsLate() async throws {
        let pipe = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).jsonl")
        try #require(mkfifo(pipe.path, 0o600) == 0)
        // A writer that writes nothing.
        let descriptor = Foundation.open(pipe.path, O_RDWR)
        defer {
            close(descriptor)
            try? FileManager.default.removeItem(at: pipe)
        }
        let plan = PlanDocument(
            steps: [.request(HelloRequest(name: "Ana")), .records(RecordsStep(from: .file(pipe.path)))])
        let files = MemoryPlanFiles(["mine.yaml": plan])
        try await UserSession.play(files: files, previewDeadline: .seconds(2)) { user in
            try await open("mine.yaml", user)
            user.press("p")
            try await user.see("request took too long")
        }
    }
}
