import ProtobufSchema
import RPCCore

extension ReflectionRun {
    /// So many names are tried for a file that the server does not have by the one that is imported.
    private static let otherNameLimit = 8

    /// Takes the files of an answer: all that are in it, whether they were asked for or not.
    mutating func take(_ files: [[UInt8]], for item: Item) {
        var names: [String] = []
        var problem: String?
        for bytes in files where collection.own.count < limits.files {
            do throws(SchemaError) {
                let file = try DescriptorFile(bytes)
                names.append(file.name)
                _ = collection.add(file)
            } catch {
                problem = error.message
            }
        }
        let given = names.isEmpty ? "no file" : names.prefix(3).map(\.bounded).joined(separator: ", ")
        switch item.question {
        case .file(let name):
            if collection.file(named: name) != nil {
                if let wanted = item.wanted, wanted != name { collection.alias(wanted, for: name) }
                return descend(from: name)
            }
            if problem == nil, tryOtherName(of: item) { return }
            fail(
                item, .notFound, problem ?? "the server gave \(given)",
                ofFile: problem.map { "for which \($0)" } ?? "for which the server gave \(given)")
        case .symbol(let symbol):
            roots[item.question] = names
            if let file = collection.file(declaring: symbol) { visit(file) }
            for name in names { visit(name) }
            guard collection.file(declaring: symbol) == nil else { return }
            fail(
                item, .notFound,
                problem
                    ?? (names.isEmpty
                        ? "the server gave no file" : "the server gave \(given), which does not declare it"),
                ofFile: "")
        default:
            roots[item.question] = names
            for name in names { visit(name) }
        }
    }

    /// Goes through what a file imports, as far as it is known, and has the rest asked for.
    mutating func visit(_ name: String) {
        guard visited.insert(name).inserted else { return }
        descend(from: name)
    }

    mutating func descend(from name: String) {
        var stack = [name]
        while let name = stack.popLast() {
            guard let file = collection.file(named: name) else {
                want(name)
                continue
            }
            stack += file.dependencies.reversed().filter { visited.insert($0).inserted }
        }
    }

    private mutating func want(_ name: String) {
        let item = Item(question: .file(name), wanted: name)
        guard !name.isEmpty, name.utf8.count <= 4096 else {
            return fail(item, .invalidArgument, "the name is none of a file", ofFile: "whose name is none of a file")
        }
        pending.append(item)
    }

    /// Looks for a file by the end of the path by which it is imported: Go programs register files as they were compiled, which
    /// may be `location.proto` for what others import as `location/location.proto`.
    /// - Returns: whether there is another name to be tried.
    mutating func tryOtherName(of item: Item) -> Bool {
        guard case .file(let name) = item.question, let wanted = item.wanted, let slash = name.firstIndex(of: "/")
        else {
            return false
        }
        let tried =
            wanted.utf8.count(where: { $0 == UInt8(ascii: "/") }) - name.utf8.count(where: { $0 == UInt8(ascii: "/") })
        let other = String(name[name.index(after: slash)...])
        guard tried < Self.otherNameLimit, !other.isEmpty else { return false }
        // What is said in the end is about the name that is imported.
        if missing[wanted] == nil { missing[wanted] = "which the server does not have (NOT_FOUND)" }
        if collection.own[other] != nil {
            collection.alias(wanted, for: other)
            descend(from: other)
        } else {
            pending.prepend(Item(question: .file(other), wanted: wanted))
        }
        return true
    }

    /// Why a service has no file.
    func failure(ofService name: String) -> String {
        failures[.symbol(name)]?.text ?? "the server was not asked for it"
    }

    /// All files that some need, and what there is to say of those that are missing.
    func closure(of roots: [String]) -> (files: [DescriptorFile], notes: [String]) {
        let (files, missing) = collection.closure(of: roots)
        let changing = collection.changing.intersection(files.map(\.name)).sorted()
        let notes =
            missing.prefix(SourcedSchema.noteLimit).map { missing in
                missing.note(self.missing[missing.name] ?? "which was not asked for", try: nil)
            } + changing.map { "the server gives \($0.bounded) with other contents each time" }
        return (files, SourcedSchema.bounded(notes, of: missing.count + changing.count))
    }
}
