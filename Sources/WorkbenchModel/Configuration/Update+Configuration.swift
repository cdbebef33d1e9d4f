import RPCCore

extension State {
    /// Takes over what the configuration says now, or shows in the form that has asked why it does not.
    mutating func configured(_ result: Result<ConfigurationAnswer, ConfigurationRefusal>) -> [Effect] {
        switch result {
        case .success(let answer):
            overlays.removeAll { ($0.component as? Form)?.content is SettingsForm }
            configuration = answer.settings
            if let calls = answer.calls { (settings.deadline, settings.retry) = (calls.deadline, calls.retry) }
            let effects = answer.server.map { connect(to: $0) } ?? []
            if let notice = answer.notice { self.notice = notice }
            return effects
        case .failure(let refusal):
            var isShown = false
            alter(Form.self) { form in
                guard var content = form.content as? SettingsForm else { return }
                isShown = content.show(refusal.problems)
                form.content = content
                form.focusOnProblem()
            }
            let text = refusal.problems.map(\.text).joined(separator: "; ")
            return isShown ? [] : say(.failure, text)
        }
    }

    /// Uses a profile of the configuration from now on.
    mutating func useProfile(_ name: String) -> [Effect] {
        [.configure(.profile(name))] + say(.info, "going over to the profile \(name)")
    }

    // MARK: Servers that were used

    /// So many servers are remembered.
    private static let recentLimit = 20

    /// A server was reached: it is offered again.
    mutating func rememberServer() -> [Effect] {
        let name = server.name
        guard !server.isDemo, recentServers.first != name else { return [] }
        recentServers = Array(([name] + recentServers.filter { $0 != name }).prefix(Self.recentLimit))
        return [.rememberServer(name)]
    }

    /// What can be connected to without typing it: profiles, what was used before, the demo server.
    var knownServers: [FormSuggestion] {
        let profiles = configuration.profiles.map {
            FormSuggestion(ServerChoice.profilePrefix + $0.name, "\($0.server)\($0.isInUse ? ", in use" : "")")
        }
        let recent = recentServers.map { FormSuggestion($0, $0 == server.name ? "this one" : "used before") }
        let demo = [
            FormSuggestion("demo:", "the demo server, the gateway's dialect"),
            FormSuggestion("demo:grpc", "the demo server, gRPC"),
        ]
        return profiles + recent + demo
    }

    /// What is known of the present server, a line each; what is not known is not said.
    var serverFacts: [String] {
        var facts: [String] = []
        if let address = server.address { facts.append(dialectFact(address.scheme.dialect)) }
        switch server.health {
        case .healthy(let report):
            let words = report.message.isEmpty ? "" : ", \"\(report.message.prefix(60))\""
            facts.append("healthy: answered in \(report.roundTrip.text)\(words)")
        case .unreachable(let error): facts.append("not healthy: \(error.cause)")
        case .checking: facts.append("being asked for its health")
        case .unknown: break
        }
        if !catalogue.isEmpty {
            let names = catalogue.list.services
            let versions = Set(names.compactMap(Self.version)).sorted()
            facts.append(
                "lists \(names.count.counted("service", "services")): \(names.prefix(3).map { String($0.prefix(60)) }.joined(separator: ", "))"
                    + (names.count > 3 ? ", …" : ""))
            if !versions.isEmpty {
                facts.append("≈ version \(versions.joined(separator: ", ")): a guess, by the names of its services")
            }
        } else if let catalogueProblem {
            facts.append("lists no services: \(catalogueProblem)")
        }
        return facts
    }

    /// What it is asked in; what it speaks, where an answer has shown that.
    private func dialectFact(_ dialect: ServerAddress.Dialect) -> String {
        if case .healthy = server.health { return dialect == .grpc ? "speaks gRPC" : "speaks the gateway's dialect" }
        let asked = dialect == .grpc ? "asked as gRPC" : "asked in the gateway's dialect"
        let isGuess = !server.isDemo && !ServerAddress.namesDialect(server.name)
        return isGuess ? "≈ \(asked): a guess, for the address has no scheme" : asked
    }

    /// `v1` of `demo.v1.Library`.
    private static func version(of service: String) -> String? {
        let packages = service.split(separator: ".").dropLast()
        // Health and reflection have versions of their own.
        guard packages.first != "grpc" else { return nil }
        return packages.last { $0.wholeMatch(of: /v[0-9]+((alpha|beta)[0-9]*)?/) != nil }.map(String.init)
    }
}

/// What a user means by what was typed as a server.
enum ServerChoice: Hashable, Sendable {
    static let profilePrefix = "profile:"

    case address(String)
    case profile(String)
}

extension FieldFormat<ServerChoice> {
    /// The address of a server, or the name of a profile that has one.
    static func server(_ profiles: [String]) -> FieldFormat {
        FieldFormat {
            switch $0 {
            case .address(let address): address
            case .profile(let name): ServerChoice.profilePrefix + name
            }
        } read: { text throws(FieldProblem) in
            let text = text.trimmingSpaces()
            guard text.hasPrefix(ServerChoice.profilePrefix) else {
                return .address(try FieldFormat<String>.address.read(text))
            }
            let name = String(text.dropFirst(ServerChoice.profilePrefix.count))
            guard profiles.contains(name) else {
                let known = profiles.isEmpty ? "there are none" : "there are \(profiles.joined(separator: ", "))"
                throw FieldProblem("there is no profile '\(name)' in the configuration: \(known)")
            }
            return .profile(name)
        }
    }
}
