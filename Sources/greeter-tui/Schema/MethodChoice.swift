import RPCCore

/// Finds a method by what a user writes of its name.
struct MethodChoice {
    let services: [KnownService]

    /// - Parameter text: `demo.v1.Library/GetBook`, with a slash before it or a dot between, `Library/GetBook`, or `GetBook`.
    /// - Throws: ``Exit`` with status 2, that lists what may be meant.
    func method(named text: String) throws(Exit) -> KnownMethod {
        let name = Self.normalised(text)
        let all = services.flatMap(\.methods)
        let found =
            all.filter { $0.fullName == name }.nonEmpty ?? all.filter { $0.fullName.hasSuffix(name, after: "./") }
        guard let method = found.first else { throw unknown(text, all) }
        guard found.count == 1 else {
            throw Exit(
                status: Exit.usageStatus,
                lines: ["greeter-tui: '\(text)' may be one of several methods; name one of them in full:"]
                    + found.prefix(20).map { "  \($0.fullName)" })
        }
        if let problem = method.problem {
            throw .usage("\(method.fullName) cannot be called: \(problem)")
        }
        return method
    }

    /// Services that may have the method: all of them, where its name does not say which.
    static func service(in text: String) -> String? {
        let parts = normalised(text).split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : nil
    }

    /// The name of the method alone, where the service is named, too.
    static func method(in text: String) -> String? {
        service(in: text) == nil ? nil : normalised(text).split(separator: "/").last.map(String.init)
    }

    /// The name without a slash before it, and with one between the service and the method.
    private static func normalised(_ text: String) -> String {
        let name = text.hasPrefix("/") ? String(text.dropFirst()) : text
        guard !name.contains("/"), let dot = name.lastIndex(of: ".") else { return name }
        return name.replacingCharacters(in: dot...dot, with: "/")
    }

    private func unknown(_ text: String, _ all: [KnownMethod]) -> Exit {
        let names = all.flatMap { [$0.fullName, $0.name] }
        let near = NearestName.suggestion(for: Self.normalised(text), among: names).map { "; did you mean '\($0)'?" }
        let services = services.map(\.fullName)
        return Exit(
            status: Exit.usageStatus,
            lines: ["greeter-tui: no method is called '\(text)'\(near ?? "")"]
                + (services.isEmpty
                    ? ["'greeter-tui list' tells what there is"]
                    : ["the services are \(services.prefix(20).joined(separator: ", "))"]))
    }
}

extension Array {
    fileprivate var nonEmpty: Self? { isEmpty ? nil : self }
}

extension String {
    /// Whether it ends with a text that is all of it, or follows one of these marks.
    fileprivate func hasSuffix(_ suffix: String, after marks: String) -> Bool {
        guard hasSuffix(suffix) else { return false }
        return dropLast(suffix.count).last.map { marks.contains($0) } ?? true
    }
}
