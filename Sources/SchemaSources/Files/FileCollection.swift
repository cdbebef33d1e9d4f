import ProtobufSchema

/// Files of descriptors by name, from several sources: which of them belong together, and what is missing.
///
/// A file that the program has itself goes before one that was given beside, and that before one of the source. Nothing here
/// goes down by calling itself: files may import each other in circles, and without end.
struct FileCollection: Sendable {
    /// What was given beside.
    private let beside: [String: DescriptorFile]
    /// What the source has.
    private(set) var own: [String: DescriptorFile] = [:]
    /// What a file is called that is imported by another name.
    private var otherNames: [String: String] = [:]
    /// Which file declares a service.
    private var declaring: [String: String] = [:]
    /// Files that have come again, with other contents.
    private(set) var changing: Set<String> = []

    init(beside: [DescriptorFile] = []) {
        self.beside = Dictionary(beside.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for file in beside { declare(file) }
    }

    private mutating func declare(_ file: DescriptorFile) {
        for service in file.services where declaring[service] == nil { declaring[service] = file.name }
    }

    /// The file that is imported by a name.
    func file(named name: String) -> DescriptorFile? {
        WellKnownFiles.file(named: name) ?? beside[name] ?? own[name]
            ?? otherNames[name].flatMap { own[$0] }
    }

    /// The name of the file that declares a service.
    func file(declaring service: String) -> String? { declaring[service] }

    /// Adds a file of the source. The first of a name stays.
    /// - Returns: whether it is new.
    mutating func add(_ file: DescriptorFile) -> Bool {
        if let known = own[file.name] {
            if known.bytes != file.bytes { changing.insert(file.name) }
            return false
        }
        own[file.name] = file
        declare(file)
        return true
    }

    mutating func merge(_ other: FileCollection) {
        for file in other.own.values.sorted(by: { $0.name < $1.name }) { _ = add(file) }
        otherNames.merge(other.otherNames) { mine, _ in mine }
        changing.formUnion(other.changing)
    }

    /// Says that a file is imported by a name that is not its own.
    mutating func alias(_ name: String, for file: String) {
        otherNames[name] = file
    }

    /// A file that is imported and not there.
    struct Missing: Hashable, Sendable {
        var name: String
        var importer: String
    }

    /// All files that some need, those that are imported before those that import them, as far as they do not go round in
    /// circles.
    func closure(of roots: [String]) -> (files: [DescriptorFile], missing: [Missing]) {
        var (files, missing): ([DescriptorFile], [Missing]) = ([], [])
        var visited: Set<String> = []
        var stack: [(file: DescriptorFile, next: Int)] = []
        func enter(_ name: String, from importer: String?) {
            guard let file = file(named: name) else {
                if let importer { missing.append(Missing(name: name, importer: importer)) }
                return
            }
            if visited.insert(file.name).inserted { stack.append((file, 0)) }
        }
        for root in roots {
            enter(root, from: nil)
            while let top = stack.last {
                guard top.next < top.file.dependencies.count else {
                    files.append(named(top.file))
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                enter(top.file.dependencies[top.next], from: top.file.name)
            }
        }
        return (files, missing)
    }

    /// The file with its imports by the names that those files have.
    private func named(_ file: DescriptorFile) -> DescriptorFile {
        let isRight = file.dependencies.allSatisfy { WellKnownFiles.file(named: $0) != nil || otherNames[$0] == nil }
        if isRight { return file }
        return (try? DescriptorFile(ImportNames.replaced(in: file.bytes, by: otherNames))) ?? file
    }
}
