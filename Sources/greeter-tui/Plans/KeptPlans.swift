import Foundation
import Plans
import RPCCore
import WorkbenchModel

/// Plans with changes that were in no file when the program was left: YAML files in a folder of the user's own, each with
/// a head that says which file it belongs to.
struct KeptPlans: Sendable {
    /// The folder; `nil` where there is no place for it.
    let folder: String?

    func keep(_ plan: UnsavedPlan) throws(FileProblem) -> String {
        guard let folder else { throw FileProblem("there is no home directory") }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw FileProblem("\(folder) cannot be made: \(error.localizedDescription)")
        }
        let path = plan.keptPath ?? "\(folder)/\(Self.newName)"
        let text = Head(plan).text + (try plan.document.yamlText())
        switch VersionedFile.write(Array(text.utf8), to: path, .anything, mode: 0o600) {
        case .success: return path
        case .failure(.problem(let problem)): throw problem
        case .failure: throw FileProblem("\(path) is there already")
        }
    }

    /// Sorts by time; two programs that are left at the same time have two names.
    private static var newName: String {
        let milliseconds = Int(Date().timeIntervalSince1970 * 1000)
        return "\(milliseconds)-\(getpid()).yaml"
    }

    /// Bytes that a head has at most: it holds two paths.
    private static let headLimit = 16 << 10

    /// The newest first.
    func list() -> [KeptPlan] {
        guard let folder, let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
        return names.filter { $0.hasSuffix(".yaml") }.sorted(by: >).compactMap { name in
            let path = "\(folder)/\(name)"
            guard let descriptor = try? FileReading.open(path, as: .file) else { return nil }
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            guard let start = try? file.read(upToCount: Self.headLimit) else { return nil }
            let head = Head(String(decoding: start, as: UTF8.self))
            return KeptPlan(path: path, file: head.file, time: Self.time(of: name))
        }
    }

    private static func time(of name: String) -> String {
        guard let milliseconds = Double(name.prefix { $0.isNumber }) else { return "some time ago" }
        let date = Date(clampingSecondsSince1970: milliseconds / 1000)
        return "on " + date.text(in: .current).dropLast(3).replacing(" ", with: " at ")
    }

    func open(_ kept: KeptPlan) throws(FileProblem) -> OpenedPlan {
        let (bytes, _) = try VersionedFile.read(kept.path, limit: PlanFile.lengthLimit)
        let text = String(decoding: bytes, as: UTF8.self)
        let head = Head(text)
        let source = try LocalPlanFiles.reading { () throws(PlanError) in
            try PlanSource(yaml: text, place: kept.path, directory: head.directory)
        }
        return try LocalPlanFiles.opened(source, head.place)
    }

    func forget(_ path: String) {
        guard let folder, PathText.directory(of: path) == folder else { return }
        unlink(path)
    }
}

/// What a kept plan says of itself in comments.
private struct Head {
    var file: String?
    var version: String?
    var hasComments = false
    var directory = ""

    init(_ plan: UnsavedPlan) {
        file = plan.place?.path
        version = plan.place?.version.token
        hasComments = plan.place?.hasComments ?? false
        directory = plan.document.directory
    }

    init(_ text: String) {
        for line in text.split(separator: "\n", maxSplits: 8).prefix(8) where line.hasPrefix("# ") {
            let parts = line.dropFirst(2).split(separator: ": ", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            switch parts[0] {
            case "file": file = parts[1]
            case "version": version = parts[1]
            case "comments": hasComments = parts[1] == "yes"
            case "directory": directory = parts[1]
            default: break
            }
        }
    }

    var place: PlanPlace? {
        guard let file else { return nil }
        return PlanPlace(path: file, version: FileVersion(version ?? ""), hasComments: hasComments)
    }

    var text: String {
        let facts = [
            ("file", file), ("version", version), ("comments", hasComments ? "yes" : nil), ("directory", directory),
        ]
        let lines = facts.compactMap { name, value in
            value.flatMap { $0.isEmpty || $0.contains { $0.isNewline } ? nil : "# \(name): \($0)" }
        }
        return (["# Changes that were in no file when greeter-tui was left."] + lines).joined(separator: "\n") + "\n"
    }
}
