import Foundation
import Testing

@testable import CallLogging

/// A folder for the time of a test.
func withFolder(_ body: (String) async throws -> Void) async throws {
    let path = NSTemporaryDirectory() + "greeter-logging-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
}

func contents(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

@Suite("A log file")
struct LogFileTests {
    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test("is made with its folder, and only its owner can read it, whatever it was before")
    func privacy() async throws {
        try await withFolder { folder in
            let path = "\(folder)/a/b/log"
            try LogFile(path: path).append("x".utf8)
            #expect(contents(path) == "x\n")
            #expect(try mode(path) == 0o600)
            #expect(try mode("\(folder)/a/b") == 0o700)
            let open = "\(folder)/open"
            _ = FileManager.default.createFile(
                atPath: open, contents: Data("old\n".utf8), attributes: [.posixPermissions: 0o644])
            try LogFile(path: open).append("new".utf8)
            #expect(try mode(open) == 0o600)
            #expect(contents(open) == "old\nnew\n")
        }
    }

    @Test("is put aside when it is full, and the oldest goes")
    func rotation() async throws {
        try await withFolder { folder in
            let path = "\(folder)/log"
            let file = try LogFile(path: path, sizeLimit: 10, keptFiles: 2)
            for line in ["first", "second", "third", "fourth"] {
                file.append(line.utf8)
                file.flush()
            }
            #expect(contents(path) == "fourth\n")
            #expect(contents("\(path).1") == "third\n")
            #expect(contents("\(path).2") == "second\n")
            #expect(contents("\(path).3") == nil)
            #expect(try mode("\(path).1") == 0o600)
        }
    }

    @Test("that two programs write to is changed over by one of them, and no line is lost")
    func sharing() async throws {
        try await withFolder { folder in
            let path = "\(folder)/log"
            let files = try (0..<2).map { _ in try LogFile(path: path, sizeLimit: 1000, keptFiles: 100) }
            await withTaskGroup { group in
                for (index, file) in files.enumerated() {
                    group.addTask {
                        for number in 0..<500 {
                            file.append("\(index) \(number)".utf8)
                            file.flush()
                        }
                    }
                }
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            let lines = names.compactMap { contents("\(folder)/\($0)") }.flatMap { $0.split(separator: "\n") }
            #expect(Set(lines).count == 1000)
            #expect(lines.count == 1000)
            for name in names {
                #expect(try #require(contents("\(folder)/\(name)")).utf8.count <= 1010)
            }
        }
    }

    @Test("that cannot be written is refused, and says why")
    func refusal() throws {
        let error = #expect(throws: LogError.self) { try LogFile(path: "/proc/nowhere/log") }
        #expect(error?.description == "/proc/nowhere/log: cannot be written: No such file or directory")
        #expect(throws: LogError.self) { try LogFile(path: "/") }
    }

    @Test("does not follow a symbolic link, at the start or when files are changed over, and says so")
    func links() async throws {
        try await withFolder { folder in
            let (path, target) = ("\(folder)/log", "\(folder)/target")
            func link() throws {
                try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
            }
            let words = "\(path): is a symbolic link, which a log does not follow; name the file itself"
            try link()
            #expect(#expect(throws: LogError.self) { try LogFile(path: path) }?.description == words)
            #expect(contents(target) == nil)
            try FileManager.default.removeItem(atPath: path)
            let file = try LogFile(path: path, sizeLimit: 10, keptFiles: 0)
            file.append("first line".utf8)
            file.flush()
            // Somebody puts a link in place of the file, and the file is full.
            try FileManager.default.removeItem(atPath: path)
            try link()
            file.append("second line".utf8)
            file.flush()
            #expect(file.problem == words)
            #expect(contents(target) == nil)
        }
    }

    @Test("leaves the permissions of what is no file of its own")
    func devices() throws {
        let before = try mode("/dev/null")
        try LogFile(path: "/dev/null").append("x".utf8)
        #expect(try mode("/dev/null") == before)
    }

    @Test("that is full for good loses what comes, and says why")
    func fullDisk() throws {
        let file = try LogFile(path: "/dev/full")
        file.append("x".utf8)
        file.flush()
        file.append("y".utf8)
        file.flush()
        #expect(file.problem == "/dev/full: cannot be written: No space left on device")
    }
}
