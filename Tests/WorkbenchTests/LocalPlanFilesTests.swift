import Foundation
import Plans
import RPCCore
import TestSupport
import Testing
import WorkbenchModel

@testable import greeter_tui

@Suite("Plans in files", .timeLimit(.minutes(10)))
final class LocalPlanFilesTests {
    private let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        .appendingPathComponent(UUID().uuidString).path
    private let files: LocalPlanFiles

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        files = LocalPlanFiles(stateFolder: "\(folder)/state")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func path(_ name: String) -> String { "\(folder)/\(name)" }

    private func put(_ text: String, in name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    }

    private func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path(name))), as: UTF8.self)
    }

    private func place(_ outcome: WriteOutcome) throws -> PlanPlace {
        guard case .written(let place) = outcome else {
            Issue.record("not written: \(outcome)")
            throw CancellationError()
        }
        return place
    }

    private func plan(_ names: String...) -> PlanDocument {
        PlanDocument(names: names).moved(to: folder)
    }

    // MARK: Reading

    @Test("YAML and JSON Lines are plans, CSV is read by one", arguments: ["yaml", "yml", "jsonl", "ndjson", "csv"])
    func open(ending: String) async throws {
        let texts = [
            "yaml": "requests: [{name: Ana, language: en}]\n", "jsonl": "{\"name\":\"Ana\",\"language\":\"en\"}\n",
            "csv": "name,language\nAna,en\n",
        ]
        let kind = ["yml": "yaml", "ndjson": "jsonl"][ending] ?? ending
        try put(try #require(texts[kind]), in: "mine.\(ending)")
        let opened = try await files.open(path("mine.\(ending)"))
        #expect(opened.document.directory == folder)
        guard ending != "csv" else {
            #expect(opened.document.steps == [.records(RecordsStep(from: .file("mine.csv")))])
            return #expect(opened.place == nil)
        }
        #expect(opened.document == plan("Ana"))
        #expect(opened.place?.path == path("mine.\(ending)"))
        #expect(opened.place?.hasComments == false)
    }

    @Test(
        "what cannot be opened says where and why",
        arguments: [
            ("mine.yaml", "requests:\n- nam: Ana\n", "mine.yaml, line 2, column 3: "),
            ("mine.jsonl", "{\"name\":\"Ana\"}\n{\"nam\":1}\n", "mine.jsonl, line 2"),
            ("mine.yaml", "\u{0}", "mine.yaml"), ("mine.txt", "x", "mine.txt"),
            ("mine.yaml", String(repeating: "#", count: 1 << 20 + 1), "longer than 1048576 bytes"),
        ])
    func unreadable(name: String, text: String, problem: String) async throws {
        try put(text, in: name)
        await #expect {
            try await self.files.open(self.path(name))
        } throws: { error in
            (error as? FileProblem)?.text.contains(problem) == true
        }
    }

    @Test("what is no file is not waited for", arguments: ["none.yaml", "directory.yaml", "pipe.yaml", "pipe.jsonl"])
    func noFile(name: String) async throws {
        try FileManager.default.createDirectory(atPath: path("directory.yaml"), withIntermediateDirectories: true)
        for pipe in ["pipe.yaml", "pipe.jsonl"] { try #require(mkfifo(path(pipe), 0o600) == 0) }
        await #expect(throws: FileProblem.self) { try await self.files.open(self.path(name)) }
    }

    @Test("the old name of a key is told")
    func oldName() async throws {
        try put("requests: []\nflow: {patience: 1m}\n", in: "old.yaml")
        let opened = try await files.open(path("old.yaml"))
        #expect(opened.notice?.hasPrefix("old.yaml, line 2, column 8: 'patience' is called 'timeout' now") == true)
    }

    @Test("very many requests stay in their file, and are records")
    func manyRequests() async throws {
        try put(String(repeating: "{\"name\":\"Ana\"}\n", count: 1001), in: "many.jsonl")
        let opened = try await files.open(path("many.jsonl"))
        #expect(opened.document.steps == [.records(RecordsStep(from: .file("many.jsonl")))])
        #expect(opened.place == nil)
    }

    // MARK: Writing

    @Test("what is written is read again", arguments: ["mine.yaml", "mine.jsonl", "mine"])
    func roundTrip(name: String) async throws {
        let plan = plan("Ana", "{i} \"quoted\" \u{202E}", "你好")
        let place = try place(await files.write(PlanWrite(plan, to: path(name), .nothing)))
        let opened = try await files.open(path(name))
        #expect(opened == OpenedPlan(plan, place: place))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [name])
    }

    @Test("a file is replaced only where that was agreed to")
    func rules() async throws {
        let first = try place(await files.write(PlanWrite(plan("Ana"), to: path("mine.yaml"), .nothing)))
        #expect(await files.write(PlanWrite(plan("Bob"), to: path("mine.yaml"), .nothing)) == .exists)
        let second = try place(
            await files.write(PlanWrite(plan("Bob"), to: path("mine.yaml"), .version(first.version))))
        #expect(second.version != first.version)
        #expect(
            await files.write(PlanWrite(plan("Eve"), to: path("mine.yaml"), .version(first.version))) == .hasChanged)
        #expect(try await files.open(path("mine.yaml")).document == plan("Bob"))
        _ = try place(await files.write(PlanWrite(plan("Eve"), to: path("mine.yaml"), .anything)))
        // A file that has gone is written anew.
        try FileManager.default.removeItem(atPath: path("mine.yaml"))
        _ = try place(await files.write(PlanWrite(plan("Eve"), to: path("mine.yaml"), .version(first.version))))
    }

    @Test("permissions and symbolic links stay as they are")
    func permissions() async throws {
        try put("requests: []\n", in: "real.yaml")
        try #require(chmod(path("real.yaml"), 0o640) == 0)
        try FileManager.default.createSymbolicLink(atPath: path("link.yaml"), withDestinationPath: "real.yaml")
        _ = try place(await files.write(PlanWrite(plan("Ana"), to: path("link.yaml"), .anything)))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path("link.yaml")) == "real.yaml")
        #expect(try await files.open(path("real.yaml")).document == plan("Ana"))
        let attributes = try FileManager.default.attributesOfItem(atPath: path("real.yaml"))
        #expect(attributes[.posixPermissions] as? Int == 0o640)
    }

    @Test(
        "what cannot be written says why, and leaves nothing behind",
        arguments: [
            ("mine.csv", "end the name in .yaml"), ("mine.json", "end the name in .yaml"),
            ("none/mine.yaml", "No such file or directory"), ("directory.yaml", "is no file"),
            ("pause.jsonl", "step 2 is more: write a .yaml file"), ("seed.jsonl", "nothing of a plan's method"),
        ])
    func unwritable(name: String, problem: String) async throws {
        try FileManager.default.createDirectory(atPath: path("directory.yaml"), withIntermediateDirectories: true)
        var plan = plan("Ana")
        if name == "pause.jsonl" { plan.steps.append(.pause(.seconds(1))) }
        if name == "seed.jsonl" { plan.seed = 7 }
        guard case .failed(let failure) = await files.write(PlanWrite(plan, to: path(name), .anything)) else {
            Issue.record("it was written")
            return
        }
        #expect(failure.text.contains(problem))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["directory.yaml"])
    }

    @Test("a plan that could not be read again is not written")
    func tooLong() async throws {
        let name = String(repeating: "x", count: 1 << 20)
        guard case .failed(let failure) = await files.write(PlanWrite(plan(name), to: path("mine.yaml"), .nothing))
        else {
            Issue.record("it was written")
            return
        }
        #expect(failure.text.contains("could not be read again"))
    }

    @Test(
        "comments are noticed, for they are not kept",
        arguments: [("# mine\nrequests: []\n", true), ("requests: [] # mine\n", true), ("requests: []\n", false)])
    func comments(text: String, hasComments: Bool) async throws {
        try put(text, in: "mine.yaml")
        #expect(try await files.open(path("mine.yaml")).place?.hasComments == hasComments)
    }

    // MARK: Listing

    @Test("a directory is listed by name, with what each file is taken for")
    func list() async throws {
        for name in ["b.yaml", "A.csv", "c.jsonl", "d.txt", ".hidden"] { try put("", in: name) }
        try FileManager.default.createDirectory(atPath: path("inner.yaml"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: "inner.yaml")
        let listing = try await files.list(DirectoryQuery(base: folder, path: ""))
        #expect(
            listing
                == DirectoryListing(
                    directory: folder,
                    entries: [
                        FileEntry(".hidden", .other), FileEntry("A.csv", .records(.csv)), FileEntry("b.yaml", .plan),
                        FileEntry("c.jsonl", .records(.jsonLines)), FileEntry("d.txt", .other),
                        FileEntry("inner.yaml", .directory), FileEntry("link", .directory),
                    ]))
        let parent = try await files.list(DirectoryQuery(base: path("inner.yaml"), path: "../"))
        #expect(parent == listing)
        let home = try await files.list(DirectoryQuery(base: folder, path: "~/"))
        #expect(home.directory == ProcessInfo.processInfo.environment["HOME"])
        await #expect(throws: FileProblem.self) {
            try await self.files.list(DirectoryQuery(base: self.folder, path: "none/"))
        }
    }

    // MARK: Keeping

    @Test("what is kept is found, and opened as it was, with its file and its directory")
    func keep() async throws {
        #expect(await files.kept() == [])
        let place = PlanPlace(path: path("mine.yaml"), version: FileVersion("1:2:3:4.5"), hasComments: true)
        var document = plan("Ana", "# file: /elsewhere")
        document.steps.append(.records(RecordsStep(from: .file("users.csv"))))
        let kept = try await files.keep(UnsavedPlan(document: document, place: place, keptPath: nil))
        let attributes = try FileManager.default.attributesOfItem(atPath: kept)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let found = try #require(await files.kept().first)
        #expect(found.path == kept)
        #expect(found.file == place.path)
        #expect(found.time.hasPrefix("on 20"))
        #expect(try await files.open(found) == OpenedPlan(document, place: place))

        // Kept again, it takes its own place.
        let again = try await files.keep(UnsavedPlan(document: plan("Bob"), place: nil, keptPath: kept))
        #expect(again == kept)
        #expect(await files.kept().map(\.file) == [nil])
        #expect(try await files.open(found) == OpenedPlan(plan("Bob"), place: nil))
        await files.forget(keptAt: path("mine.yaml"))
        await files.forget(keptAt: kept)
        #expect(await files.kept() == [])
    }

    @Test("only what was kept is ever deleted")
    func forget() async throws {
        try put("", in: "mine.yaml")
        await files.forget(keptAt: path("mine.yaml"))
        #expect(try text("mine.yaml").isEmpty)
    }

    @Test("without a place to keep it, that is said")
    func noState() async {
        let files = LocalPlanFiles(stateFolder: nil)
        #expect(await files.kept() == [])
        await #expect(throws: FileProblem("there is no home directory")) {
            try await files.keep(UnsavedPlan(document: self.plan("Ana"), place: nil, keptPath: nil))
        }
    }
}
