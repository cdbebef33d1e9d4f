import RPCCore

extension State {
    /// Connects to another server, in place of the present one.
    mutating func connect(to name: String) -> [Effect] {
        server = ServerStatus(name: name, health: .checking)
        _ = takeBack()
        forgetMethods()
        return [.connect(to: name, faults: orderedFaults)]
    }

    mutating func serverConnected(_ status: ServerStatus) -> [Effect] {
        guard status.name == server.name else { return [] }
        server = status
        if case .unreachable(let error) = status.health {
            _ = takeBack()
            tellOfNoMethods(error)
            return say(.failure, error.line())
        }
        return askHealth() + runPending() + askMethodsOfNewServer()
    }

    mutating func askHealth() -> [Effect] {
        guard server.address != nil else {
            guard server.health == .checking else { return sayNoServer() }
            return say(.info, "connecting to \(server.name): its health is asked for then")
        }
        server.health = .checking
        return [.checkHealth]
    }

    /// Asks because somebody wants to know, and is told.
    mutating func askHealthByHand() -> [Effect] {
        isHealthAsked = server.address != nil
        return askHealth()
    }

    mutating func sayNoServer() -> [Effect] { say(.failure, "no server is connected: choose one first") }

    /// Does something once the server is connected, where that is under way.
    mutating func waitForServer(to action: Action) -> [Effect] {
        guard server.health == .checking else { return sayNoServer() }
        pendingAction = action
        return say(.info, "connecting to \(server.name) first: \(action.title)")
    }

    /// Gives up what waits for the server.
    /// - Returns: whether there was anything.
    mutating func takeBack() -> Bool {
        defer { (pendingRun, pendingSends, pendingAction) = (nil, [], nil) }
        return pendingRun != nil || pendingAction != nil
    }

    mutating func healthChecked(_ health: ServerStatus.Health) -> [Effect] {
        server.health = health
        defer { isHealthAsked = false }
        let effects = hasAnswered ? rememberServer() : []
        if isHealthAsked, case .healthy(let report) = health {
            let words = report.message.isEmpty ? "" : ": \(report.message)"
            return effects
                + say(.success, "the server is healthy\(words) (answered in \(report.roundTrip.intervalText))")
        }
        if case .unreachable(let error) = health, isHealthAsked || !isCallLive && notice == nil {
            return effects + say(.failure, error.line())
        }
        return effects
    }

    /// Whether somebody was there to answer, whatever that was.
    private var hasAnswered: Bool {
        switch server.health {
        case .healthy: true
        case .unreachable(let error): ![.resolve, .connect, .tls].contains(error.origin)
        case .checking, .unknown: false
        }
    }

    mutating func chooseServer() -> [Effect] {
        guard !isCallLive else { return say(.warning, "a call is running: cancel it before changing the server") }
        return askForServer(server.name)
    }

    /// Goes over to the other dialect: at once where the server is inside this program, else to the form, since the port is
    /// another.
    mutating func switchTransport() -> [Effect] {
        guard !isCallLive else { return say(.warning, "a call is running: cancel it before changing the transport") }
        guard let scheme = (try? ServerAddress(parsing: server.name))?.scheme else { return chooseServer() }
        if scheme.isDemo { return connect(to: scheme.otherDialect.rawValue) }
        guard var other = server.address else { return chooseServer() }
        other.scheme = scheme.otherDialect
        other.basePath = ""
        return askForServer(other.description)
    }

    private mutating func askForServer(_ address: String) -> [Effect] {
        let hint = """
            down chooses; HOST:PORT, http:// or https:// for a gateway, grpc:// or grpcs:// for gRPC, unix:// or grpc+unix:// \
            for a socket
            """
        let format = FieldFormat<ServerChoice>.server(configuration.profiles.map(\.name))
        var form = LineForm("Server", Field("address", text: address, format, hint: hint)) { state, choice, _ in
            switch choice {
            case .address(let address): state.connect(to: address)
            case .profile(let name): state.useProfile(name)
            }
        }
        form.suggestions = knownServers
        form.known = { $0.serverFacts.isEmpty ? [] : ["now at \($0.server.name)"] + $0.serverFacts }
        form.follow(self)
        return open(Form(form))
    }

    mutating func chooseKind(_ kind: CallKind) -> [Effect] {
        overlays.removeAll { $0.component is Menu }
        chosenKind = kind
        if method != nil, let usual = usualMethods.first(where: { $0.ref.kind == kind }) { return methodChosen(usual) }
        settings.kind = kind
        return []
    }
}

extension CallError {
    /// It in one line that may be cut: the reason comes first, then where it arose and what else is known, then what to try.
    func line(_ facts: String...) -> String {
        let rest = (["at \(origin.rawValue)"] + facts).joined(separator: "; ")
        return "\(code.name): \(cause) (\(rest))" + (advice.map { "; try: \($0)" } ?? "")
    }
}
