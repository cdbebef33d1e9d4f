import Foundation

/// Where a server is and which dialect it speaks, from a URL such as `https://greeter.example:8443/base`.
public struct ServerAddress: Hashable, Sendable {
    /// The dialect and its security.
    public enum Scheme: String, Hashable, Sendable, CaseIterable {
        case http, https, grpc, grpcs
        /// The demo server inside this process, behind the gateway's dialect.
        case demo = "demo:"
        /// The same over gRPC.
        case demoGRPC = "demo:grpc"

        /// Whether the server is the one inside this process.
        public var isDemo: Bool { self == .demo || self == .demoGRPC }

        /// Whether the connection is encrypted.
        public var isSecure: Bool { self == .https || self == .grpcs }

        /// The same dialect, encrypted.
        public var secured: Scheme {
            switch self {
            case .http, .https: .https
            case .grpc, .grpcs: .grpcs
            case .demo, .demoGRPC: self
            }
        }

        /// The same dialect in plain text.
        public var unsecured: Scheme {
            switch self {
            case .http, .https: .http
            case .grpc, .grpcs: .grpc
            case .demo, .demoGRPC: self
            }
        }

        /// The same server in the other dialect, where the address says all that is needed for that.
        public var otherDialect: Scheme {
            switch self {
            case .http: .grpc
            case .https: .grpcs
            case .grpc: .http
            case .grpcs: .https
            case .demo: .demoGRPC
            case .demoGRPC: .demo
            }
        }

        /// The dialect.
        public var dialect: Dialect {
            switch self {
            case .http, .https, .demo: .gateway
            case .grpc, .grpcs, .demoGRPC: .grpc
            }
        }

        /// The port that is meant when none is written.
        public var defaultPort: Int { isSecure ? 443 : 80 }
    }

    /// How a service is spoken to.
    public enum Dialect: String, Hashable, Sendable, CaseIterable {
        case gateway
        case grpc = "gRPC"
    }

    public var scheme: Scheme
    /// A host name or a literal address, without brackets.
    public var host: String
    public var port: Int
    /// What stands before every route: empty, or beginning with `/` and not ending in one.
    public var basePath: String
    /// The port that connections really go to, where ``port`` is only what is shown: a recording shows the same port each
    /// time, whichever one the server was given. `nil` where both are the same.
    public var actualPort: Int?

    public init(scheme: Scheme, host: String, port: Int, basePath: String = "") {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.basePath = basePath
    }

    /// Reads an address as a person writes it.
    /// - Throws: ``ServerAddressError`` that says what is wrong with it.
    public init(parsing text: String) throws(ServerAddressError) {
        if let demo = Scheme(rawValue: text), demo.isDemo {
            self.init(scheme: demo, host: "127.0.0.1", port: 0)
            return
        }
        let schemes = Scheme.allCases.map { $0.isDemo ? $0.rawValue : "\($0.rawValue)://" }.joined(separator: ", ")
        guard let parts = URLComponents(string: text), let name = parts.scheme?.lowercased() else {
            throw ServerAddressError("'\(text)' is not a server address; one begins with \(schemes)")
        }
        guard let scheme = Scheme(rawValue: name), !scheme.isDemo, text.dropFirst(name.count).hasPrefix("://") else {
            throw ServerAddressError("'\(text)' does not begin with a known scheme; the schemes are \(schemes)")
        }
        guard let host = parts.host?.trimmingCharacters(in: ["[", "]"]), !host.isEmpty else {
            throw ServerAddressError("'\(text)' names no host")
        }
        guard parts.user == nil, parts.password == nil else {
            throw ServerAddressError("a server address carries no user name or password; pass a token instead")
        }
        guard parts.query == nil, parts.fragment == nil else {
            throw ServerAddressError("'\(text)' has a query or a fragment; a server address ends with its path")
        }
        let port = parts.port ?? scheme.defaultPort
        guard (1...65535).contains(port) else {
            throw ServerAddressError("port \(port) is not between 1 and 65535")
        }
        let path = parts.percentEncodedPath
        guard scheme.dialect == .gateway || path.isEmpty || path == "/" else {
            throw ServerAddressError("'\(text)' has a path; the address of a gRPC service ends with its port")
        }
        self.init(
            scheme: scheme, host: host, port: port,
            basePath: path.hasSuffix("/") ? String(path.dropLast()) : path)
    }

    /// `host:port`, with an IPv6 address in brackets (RFC 3986, 3.2.2).
    public var authority: String { authority(port: port) }

    /// The same, with the port that connections go to.
    public var connectAuthority: String { authority(port: connectPort) }

    /// The server as HTTP's `Host` names it: without the port where it is the one that the scheme implies, and without the zone of
    /// an IPv6 address, which means nothing to anybody but this machine (RFC 9110, 4.2.3 and 7.2; RFC 6874, 1).
    public var hostField: String {
        let host = bracketed(host.prefix { $0 != "%" })
        return connectPort == scheme.defaultPort ? host : "\(host):\(connectPort)"
    }

    /// The port that connections go to.
    public var connectPort: Int { actualPort ?? port }

    private func authority(port: Int) -> String { "\(bracketed(host)):\(port)" }

    private func bracketed(_ host: some StringProtocol) -> String { host.contains(":") ? "[\(host)]" : String(host) }

    /// Whether the server can only be on this machine (RFC 6761, 6.3; RFC 1122, 3.2.1.3; RFC 4291, 2.5.3).
    public var isLoopback: Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && parts[0] == 127 && !parts.contains(nil)
    }
}

extension ServerAddress: CustomStringConvertible {
    public var description: String { scheme.isDemo ? scheme.rawValue : "\(scheme.rawValue)://\(authority)\(basePath)" }
}

/// Why a text is no server address.
public struct ServerAddressError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
