import Plans
import RPCCore

/// Choosing what is called: a method of the service that the program knows by itself, or of those that the server tells of.
extension State {
    /// Services that are asked for at first. Each answer doubles the number: what is in sight comes soon, and the rest with little
    /// ado.
    private static let firstServices = 64
    private static let mostServices = 1024

    /// Opens the list of methods, and asks the server for what it has, unless it has said so.
    mutating func chooseMethod() -> [Effect] {
        let chooser = MethodChooser(
            catalogue, usual: usualMethods, recent: recentMethods, present: method?.ref ?? usualMethod?.ref)
        let effects = open(chooser) + (knowsCalled ? [] : [.history(.findCalled)])
        knowsCalled = true
        return effects + (catalogue.isEmpty ? askMethods() : readServices())
    }

    /// Asks the server for what it has. One that is not connected yet is asked once it is.
    private mutating func askMethods() -> [Effect] {
        guard server.address == nil else { return [.loadMethods] }
        switch server.health {
        case .checking: return []
        case .unreachable(let error): tellOfNoMethods(error)
        case .unknown, .healthy: tellOfNoMethods(CallError(.unavailable, "no server is connected", at: .connect))
        }
        return []
    }

    /// Asks a server that was connected just now, where somebody wants to know.
    mutating func askMethodsOfNewServer() -> [Effect] {
        // What is called may be something that this server does not have.
        guard isOpen(MethodChooser.self) || method != nil else { return [] }
        return [.loadMethods]
    }

    /// Says in the list why the server's methods are not in it.
    /// - Returns: the reason.
    @discardableResult
    mutating func tellOfNoMethods(_ error: CallError) -> String {
        let reason = "the server does not tell of its services: \(error.cause)"
        alter(MethodChooser.self) { $0.fail(reason + (error.advice.map { "; try: \($0)" } ?? "")) }
        return reason
    }

    /// Asks the server anew: it may have changed.
    mutating func reloadMethods() -> [Effect] {
        catalogue = MethodCatalogue()
        alter(MethodChooser.self) { $0.ask() }
        return askMethods()
    }

    /// Takes over which services the server has.
    mutating func methodsLoaded(_ result: Result<MethodList, CallError>) -> [Effect] {
        switch result {
        case .success(let list):
            catalogue = MethodCatalogue()
            catalogue.add(list)
            isReadingServices = false
            alter(MethodChooser.self) { [catalogue] in
                $0.show(catalogue)
                if catalogue.isEmpty { $0.fail("the server lists no services") }
            }
            let news = list.news.isEmpty ? [] : say(.info, list.news)
            let effects = goOnReading() + news
            guard let missing = methodMissing, !isOpen(MethodChooser.self) else { return effects }
            return effects + say(.warning, "\(server.name) does not list \(missing.fullName)")
        case .failure(let error):
            catalogueProblem = error.cause
            let reason = tellOfNoMethods(error)
            let isAsked = method.map { !$0.isKnown } ?? false
            return isAsked && !isOpen(MethodChooser.self) ? say(.warning, reason) : []
        }
    }

    /// What would be called, where the server has told of its services and that is not among them.
    var methodMissing: MethodRef? {
        guard let method, method.isKnown, catalogue.lacks(method.ref) else { return nil }
        return method.ref
    }

    /// Takes over what services have.
    mutating func servicesRead(_ names: [String], _ result: Result<MethodList, CallError>) -> [Effect] {
        isReadingServices = false
        switch result {
        case .success(let list): catalogue.add(list, asked: names)
        case .failure(let error):
            catalogue.add(MethodList(unusable: names.map { .init($0, error.cause) }), asked: names)
        }
        alter(MethodChooser.self) { [catalogue] in $0.show(catalogue) }
        return goOnReading(after: names.count)
    }

    /// Reads the plan that waits for what its method is, once that is known, and asks for more.
    private mutating func goOnReading(after count: Int = 0) -> [Effect] {
        let effects = servicesOfPlan.isEmpty ? readPlan(catalogue.list) : []
        return effects + readServices(after: count)
    }

    /// Asks for more of what the services have, as long as somebody looks or a plan waits: first for those in sight.
    /// - Parameter count: How many were asked for before.
    mutating func readServices(after count: Int = 0) -> [Effect] {
        guard !isReadingServices else { return [] }
        let limit = count == 0 ? Self.firstServices : min(2 * count, Self.mostServices)
        var names = Array(servicesOfPlan.prefix(limit))
        alter(MethodChooser.self) { [catalogue] chooser in
            names += chooser.wanted(limit - names.count).filter { !names.contains($0) }
            let wanted = Set(names)
            names += catalogue.unread.lazy.filter { !wanted.contains($0) }.prefix(limit - names.count)
        }
        guard !names.isEmpty else { return [] }
        isReadingServices = true
        return [.readServices(names)]
    }

    /// Forgets what another server has.
    mutating func forgetMethods() {
        (catalogue, catalogueProblem) = (MethodCatalogue(), nil)
        isReadingServices = false
    }

    /// Notes what is called, for the list to begin with.
    mutating func noteCalled(_ method: MethodEntry?, _ kind: CallKind) {
        guard let name = (method ?? usualMethods.first { $0.ref.kind == kind })?.ref.fullName else { return }
        recentMethods.removeAll { $0 == name }
        recentMethods.insert(name, at: 0)
    }

    /// Notes what was called in earlier runs of the program, before everything in this one.
    mutating func noteCalled(_ entries: [HistoryEntry]) -> [Effect] {
        for entry in entries {
            let ref = entry.method ?? usualMethods.first { $0.ref.kind == entry.kind }?.ref
            if let name = ref?.fullName, !recentMethods.contains(name) { recentMethods.append(name) }
        }
        alter(MethodChooser.self) { [recentMethods] in $0.show(recent: recentMethods) }
        return []
    }

    mutating func methodRefused(_ unusable: MethodList.Unusable) -> [Effect] {
        say(.warning, "\(unusable.name) cannot be called: \(unusable.reason)")
    }

    mutating func toggleCommonServices() -> [Effect] {
        alter(MethodChooser.self) { $0.toggleCommon() }
        return []
    }

    /// Calls another method from now on. Each has a plan of its own, which comes back with it.
    mutating func methodChosen(_ entry: MethodEntry) -> [Effect] {
        let isUsual = usualMethods.contains { $0.ref == entry.ref }
        chosenKind = isUsual ? entry.ref.kind : nil
        let isOther = choose(isUsual ? nil : entry, kind: entry.ref.kind)
        return isOther ? say(.info, "calls go to \(entry.ref.fullName)") : []
    }

    /// - Parameters:
    ///   - chosen: `nil` for the usual method of a kind.
    ///   - kind: Of the call, where that is the usual method of several.
    ///   - plan: What its plan begins with, where it has none yet.
    /// - Returns: whether that is another method than before.
    @discardableResult
    mutating func choose(_ chosen: MethodEntry?, kind: CallKind? = nil, plan: PlanDocument? = nil) -> Bool {
        if let kind = chosen?.ref.kind ?? kind { settings.kind = kind }
        guard chosen != method else { return false }
        kept[method?.ref.fullName ?? ""] = composer
        method = chosen
        unread = nil
        draft = nil
        typed = MessageValue(requestFields.map { MessageValue.Field($0.name, $0.usual) })
        composer =
            kept[chosen?.ref.fullName ?? ""]
            ?? Composer(
                (plan ?? PlanDocument(method: chosen?.planName, steps: Composer.beginning))
                    .moved(to: workingDirectory))
        return true
    }

    /// The method that the program knows by itself of the kind that is chosen.
    private var usualMethod: MethodEntry? { usualMethods.first { $0.ref.kind == settings.kind } }
}
