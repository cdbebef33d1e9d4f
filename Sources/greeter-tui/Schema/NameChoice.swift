import RPCCore

/// Finds a thing of a schema by what a user writes of its name: all of it, or its end, from behind a dot or a slash on.
struct NameChoice {
    /// So many are listed where several may be meant.
    static let listLimit = 20

    /// As it was written.
    let text: String
    /// Without a dot or a slash before it.
    let name: String

    init(_ text: String) {
        self.text = text
        name = text.hasPrefix("/") || text.hasPrefix(".") ? String(text.dropFirst()) : text
    }

    /// Whether a full name may be meant.
    func fits(_ fullName: String) -> Bool { fullName.hasSuffix(name, after: "./") }

    /// The things that may be meant: the one that is called so, or else those whose names end so.
    /// - Parameter fullName: Of a thing.
    func matches<Thing>(among things: [Thing], _ fullName: (Thing) -> String) -> [Thing] {
        guard !name.isEmpty else { return [] }
        let exact = things.filter { fullName($0) == name }
        return exact.isEmpty ? things.filter { fits(fullName($0)) } : exact
    }

    /// What is said where several may be meant.
    func ambiguity(_ kind: String, among names: [String]) -> Exit {
        let more = names.count > Self.listLimit ? ["  and \(names.count - Self.listLimit) more"] : []
        return Exit(
            status: Exit.usageStatus,
            lines: ["greeter-tui: '\(text)' may be one of several \(kind); name one of them in full:"]
                + names.prefix(Self.listLimit).map { "  \($0)" } + more)
    }
}

extension String {
    /// Whether it ends with a text that is all of it, or follows one of these marks.
    fileprivate func hasSuffix(_ suffix: String, after marks: String) -> Bool {
        guard hasSuffix(suffix) else { return false }
        return dropLast(suffix.count).last.map { marks.contains($0) } ?? true
    }
}
