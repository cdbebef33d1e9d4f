/// Which proxy connections go through, if any: the one that was asked for, or what the environment says.
public struct ProxySettings: Hashable, Sendable {
    public enum Choice: Hashable, Sendable {
        /// What the variables say.
        case environment
        case direct
        /// For every server that is not inside this program, and not at a socket.
        case proxy(ProxyAddress)
    }

    public var choice: Choice
    private let variables: [String: String]

    /// No proxy.
    public init() {
        (choice, variables) = (.direct, [:])
    }

    /// - Parameter environment: All variables of the environment.
    public init(_ choice: Choice, environment: [String: String]) {
        self.choice = choice
        variables = environment.filter { Self.names.contains($0.key.lowercased()) && !$0.value.isEmpty }
            .merging(environment["REQUEST_METHOD"].map { ["REQUEST_METHOD": $0] } ?? [:]) { $1 }
    }

    private static let names: Set<String> = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"]

    /// Why a server is reached as it is.
    public enum Way: Hashable, Sendable {
        case proxy(ProxyAddress)
        /// Without one; the text says why, where a proxy would have been there.
        case direct(String?)
    }

    /// How a server is reached.
    ///
    /// The variable for plain text is `HTTP_PROXY`, for TLS `HTTPS_PROXY`, and `ALL_PROXY` where that is not set; in lower
    /// case they come first. `NO_PROXY` names those that are reached directly, see ``NoProxyList``. What the environment says is
    /// never for this machine itself, as in Go's net/http; a proxy that was asked for is.
    /// - Throws: ``ServerAddressError`` that names the variable that makes no sense.
    public func way(to server: ServerAddress) throws(ServerAddressError) -> Way {
        guard server.socketPath == nil, !server.scheme.isDemo else { return .direct(nil) }
        switch choice {
        case .direct: return .direct(nil)
        case .proxy(let proxy): return .proxy(proxy)
        case .environment: break
        }
        let own = server.scheme.isSecure ? "https_proxy" : "http_proxy"
        guard let (name, value) = variable(own) ?? variable("all_proxy") else { return .direct(nil) }
        guard !server.isLoopback else { return .direct("\(name) is not for this machine") }
        if let (list, names) = variable("no_proxy"),
            NoProxyList(names).covers(server.hostWithoutZone, port: server.connectPort)
        {
            return .direct("\(list) says so")
        }
        do {
            return .proxy(try ProxyAddress(parsing: value, origin: name))
        } catch {
            throw ServerAddressError("\(name): \(error)")
        }
    }

    /// Every secret in it.
    public var secrets: [Secret] {
        var proxies = variables.filter { $0.key.lowercased() != "no_proxy" }
            .compactMap { try? ProxyAddress(parsing: $0.value, origin: $0.key) }
        if case .proxy(let proxy) = choice { proxies.append(proxy) }
        return proxies.flatMap { [$0.password, $0.basicAuthorization].compactMap { $0 } }
            .filter { !$0.reveal().isEmpty }
    }

    /// A variable in lower case or upper case. `HTTP_PROXY` does not count in a CGI script, where a client can set it
    /// (https://httpoxy.org).
    private func variable(_ name: String) -> (name: String, value: String)? {
        if let value = variables[name] { return (name, value) }
        let upper = name.uppercased()
        let counts = name != "http_proxy" || variables["REQUEST_METHOD"] == nil
        return counts ? variables[upper].map { (upper, $0) } : nil
    }
}
