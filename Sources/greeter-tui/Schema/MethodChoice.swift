import RPCCore

/// Finds a method by what a user writes of its name.
struct MethodChoice {
    let services: [KnownService]

    /// - Parameter text: `demo.v1.Library/GetBook`, with a slash before it or a dot between, `Library/GetBook`, or `GetBook`.
    /// - Throws: ``Exit`` with status 2, that lists what may be meant.
    func method(named text: String) throws(Exit) -> KnownMethod {
        let choice = NameChoice(Self.normalised(text))
        let all = services.flatMap(\.methods)
        let found = choice.matches(among: all, \.fullName)
        guard let method = found.first else { throw unknown(text, all) }
        guard found.count == 1 else {
            throw NameChoice(text).ambiguity("methods", among: found.map(\.fullName))
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
                + (methodLines(of: text)
                    ?? (services.isEmpty
                        ? ["'greeter-tui list' tells what there is"]
                        : ["the services are \(services.prefix(NameChoice.listLimit).joined(separator: ", "))"]))
        )
    }

    /// The methods of the service that is named, the nearest first; `nil` where no service is, or several may be meant.
    private func methodLines(of text: String) -> [String]? {
        guard let name = Self.service(in: text), let method = Self.method(in: text) else { return nil }
        let found = NameChoice(name).matches(among: services, \.fullName)
        guard found.count == 1, let service = found.first, !service.methods.isEmpty else { return nil }
        let methods = NearestName.ranked(service.methods, by: method, \.name)
        let more = methods.count > NameChoice.listLimit ? ["  and \(methods.count - NameChoice.listLimit) more"] : []
        return ["the methods of \(service.fullName) are:"]
            + methods.prefix(NameChoice.listLimit).map { "  \($0.name)" } + more
    }
}
