import Foundation
import Testing

@Suite("play", .serialized, .timeLimit(.minutes(10)))
struct PlayTests {
    /// A tape in a folder of its own.
    private struct Folder {
        let url: URL

        init(_ tape: String) throws {
            url = FileManager.default.temporaryDirectory.appendingPathComponent("tape-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            try tape.write(to: url.appendingPathComponent("test.tape"), atomically: true, encoding: .utf8)
        }

        func play(_ arguments: String...) async throws -> Executable.Result {
            // The tape's files are named as the tape names them, below the folder.
            try await Executable.run(["play", url.appendingPathComponent("test.tape").path] + arguments)
        }

        func text(_ name: String) throws -> String {
            try String(contentsOf: url.appendingPathComponent(name), encoding: .utf8)
        }

        func path(_ name: String) -> String { url.appendingPathComponent(name).path }

        func remove() { try? FileManager.default.removeItem(at: url) }
    }

    private func withTape(_ tape: String, _ body: (Folder) async throws -> Void) async throws {
        let folder = try Folder(tape)
        defer { folder.remove() }
        try await body(folder)
    }

    @Test("a tape of five lines plays, and twice it gives the same bytes")
    func twice() async throws {
        let tape = """
            Type "greeter-tui --fault drop-after=2 --fault delay=20ms~10ms"
            Enter
            Wait+Screen /● healthy/
            Type "r"
            Wait+Screen /✓ OK after 2 attempts/
            """
        try await withTape(tape) { folder in
            var runs: [[String]] = []
            for _ in 0..<2 {
                let names = ["a.txt", "a.cast", "a.svg"]
                let result = try await folder.play(
                    "--record", folder.path("a.txt"), "--record", folder.path("a.cast"), "--record",
                    folder.path("a.svg"))
                #expect(result.status == 0, "\(result.errors)")
                #expect(result.lines == names.map { folder.path($0) })
                runs.append(try names.map { try folder.text($0) })
            }
            #expect(runs[0] == runs[1])
            #expect(runs[0][0].contains("http://127.0.0.1:8010"))
            #expect(runs[0][0].contains("===== test.tape:5 Wait ====="))
            #expect(runs[0][0].contains("12:00:0"))
        }
    }

    @Test("a Wait in vain fails with its line and the screen, and writes nothing")
    func failedWait() async throws {
        try await withTape("Type \"greeter-tui\" Enter\nWait+Screen@3s /no such thing/") { folder in
            let result = try await folder.play("--record", folder.path("a.txt"))
            #expect(result.status == 1)
            #expect(result.output.isEmpty)
            #expect(result.errors.contains("test.tape:2:1: Wait: not seen within 3s: /no such thing/"))
            #expect(result.errors.contains("Compose · 3 requests"))
            #expect(!FileManager.default.fileExists(atPath: folder.path("a.txt")))
        }
    }

    @Test(
        "what a tape's prompt does not understand is told at the line that asks for it",
        arguments: [
            ("Type \"ls -l\" Enter", "1:14: Enter: at the prompt a tape starts 'greeter-tui'"),
            ("Type \"greeter-tui | cat\" Enter", "'|' means nothing here: a tape's prompt is no shell"),
            ("Type \"greeter-tui call unary Ana\" Enter", "a tape plays the workbench"),
            ("Type \"greeter-tui --sever x\" Enter", "Unknown option '--sever'"),
            ("Type \"greeter-tui --fault brake\" Enter Sleep 1s", "there is no fault 'brake'"),
            ("Type \"greeter-tui --server http://127.0.0.1:1\" Enter", "--real-time plays with any"),
            ("Require no-such-program-anywhere", "is required, and is not in the PATH"),
        ])
    func refused(tape: String, message: String) async throws {
        try await withTape(tape) { folder in
            let result = try await folder.play()
            #expect(result.status == 1)
            #expect(result.errors.contains("test.tape:1:"))
            #expect(result.errors.contains(message), "\(result.errors)")
        }
    }

    @Test("a wrong tape is told with every error and status 2, with --check as without")
    func wrongTape() async throws {
        try await withTape("Entr\nSleep\nOutput x.abc") { folder in
            for arguments in [[], ["--check"]] {
                let result = try await Executable.run(["play", folder.path("test.tape")] + arguments)
                #expect(result.status == 2)
                #expect(result.errors.contains("test.tape:1:1: 'Entr' is no command; did you mean 'Enter'?"))
                #expect(result.errors.contains("test.tape:2:6: expected a time to sleep"))
            }
        }
    }

    @Test("a tape that is not there, and a recording of an unknown sort, are wrong use")
    func wrongUse() async throws {
        let missing = try await Executable.run(["play", "/nowhere/a.tape"])
        #expect(missing.status == 2)
        #expect(missing.errors.contains("/nowhere/a.tape: cannot be read"))
        let unknown = try await Executable.run(["play", "a.tape", "--record", "a.mov"])
        #expect(unknown.status == 2)
        #expect(unknown.errors.contains("--record a.mov: a recording's file ends with"))
    }

    @Test("the prompt comes back when the program ends, and starts it again")
    func again() async throws {
        let tape = """
            Type "greeter-tui" Enter
            Wait+Screen /healthy/
            Type "q"
            Wait
            Type "greeter-tui ui --deadline 7s" Enter
            Wait+Screen /deadline 7s/
            """
        try await withTape(tape) { folder in
            let result = try await folder.play("--record", folder.path("a.txt"))
            #expect(result.status == 0, "\(result.errors)")
            #expect(try folder.text("a.txt").contains("===== test.tape:3 Type =====\n> greeter-tui\n>\n"))
        }
    }

    @Test("what is pasted arrives as a whole; what is copied on screen can be pasted")
    func clipboard() async throws {
        let tape = """
            Copy "Dora 你好"
            Type "greeter-tui" Enter
            Wait+Screen /healthy/
            Type "a"
            Paste
            Enter
            Wait+Screen /Dora 你好/
            Type "y"
            Wait+Screen /copied/
            Paste
            Wait+Screen /5 requests/
            """
        try await withTape(tape) { folder in
            let result = try await folder.play()
            #expect(result.status == 0, "\(result.errors)")
        }
    }

    @Test("a screenshot is a still of that moment; one of pixels becomes one of lines and letters, and that is said")
    func screenshots() async throws {
        let tape = "Hide\nType \"greeter-tui\" Enter\nWait+Screen /healthy/\n"
        try await withTape(tape) { folder in
            let stills = "Screenshot \"\(folder.path("s.png"))\"\nScreenshot \"\(folder.path("s.txt"))\"\n"
            try (tape + stills).write(toFile: folder.path("test.tape"), atomically: true, encoding: .utf8)
            let result = try await folder.play()
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("s.png: no pictures of pixels are made here"))
            #expect(try folder.text("s.svg").contains(">healthy</text>"))
            #expect(try folder.text("s.txt").contains("● healthy"))
        }
    }

    @Test("a credential never enters a recording")
    func secrets() async throws {
        let tape = """
            Env GREETER_TUI_TOKEN "s3cret-token"
            Type "greeter-tui --header 'X-Api-Key: s3cret-key' --fault status=401"
            Enter
            Wait+Screen /healthy/
            Type "r"
            Wait+Screen /UNAUTHENTICATED/
            """
        try await withTape(tape) { folder in
            let result = try await folder.play(
                "--record", folder.path("a.txt"), "--record", folder.path("a.cast"), "--record", folder.path("a.svg"))
            #expect(result.status == 0, "\(result.errors)")
            for name in ["a.txt", "a.cast", "a.svg"] { #expect(!(try folder.text(name)).contains("s3cret")) }
            #expect(try folder.text("a.txt").contains("X-Api-Key: [redacted]"))
        }
    }

    @Test("the screen is captured from the palette, into the folder that is said")
    func capture() async throws {
        try await withTape("") { folder in
            let tape = """
                Env XDG_DATA_HOME "\(folder.path("data"))"
                Set Columns 160
                Type "greeter-tui" Enter
                Wait+Screen /healthy/
                Type ":capture the screen"
                Enter
                Wait+Screen /✓ captured: .*captures.2026-11-22-120.*svg and .txt/
                """
            try tape.write(toFile: folder.path("test.tape"), atomically: true, encoding: .utf8)
            let captures = folder.path("data/greeter-tui/captures")
            // Links to nowhere where the pictures would go: none is followed.
            let files = FileManager.default
            try files.createDirectory(atPath: captures, withIntermediateDirectories: true)
            for second in 0..<60 {
                let name = "2026-11-22-1200" + (second < 10 ? "0" : "") + "\(second).svg"
                try files.createSymbolicLink(
                    atPath: "\(captures)/\(name)", withDestinationPath: folder.path("elsewhere"))
            }
            let result = try await folder.play()
            #expect(result.status == 0, "\(result.errors)")
            #expect(!files.fileExists(atPath: folder.path("elsewhere")))
            let names = try files.contentsOfDirectory(atPath: captures).filter { $0.contains("-2.") }.sorted()
            #expect(names.map { $0.suffix(4) } == [".svg", ".txt"])
            let text = try String(contentsOfFile: "\(captures)/\(try #require(names.last))", encoding: .utf8)
            #expect(text.contains("Compose · 3 requests"))
            #expect(!text.contains("Commands"), "the palette is closed when the picture is taken")
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(captures)/\(names[0])")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test("--real-time plays with a server elsewhere")
    func realTime() async throws {
        let server = try Executable.start(["serve"])
        let address = await server.nextLine()
        let tape = """
            Type "greeter-tui --server \(address)" Enter
            Wait+Screen /● healthy/
            Type "r"
            Wait+Screen /✓ OK: 3 sent/
            """
        try await withTape(tape) { folder in
            let result = try await folder.play("--headless", "--real-time")
            #expect(result.status == 0, "\(result.errors)")
        }
        server.send(SIGTERM)
        #expect(await server.result().status == 0)
    }
}
