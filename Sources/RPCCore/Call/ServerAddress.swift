import Foundation

/// Where a server is and which dialect it speaks, from a URL such as `https://greeter.example:8443/base`, or from less: see
/// ``init(parsing:as:)``.
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
    /// A host name or a literal address, without brackets; of an IPv6 address that needs one with its zone, `fe80::1%eth0`
    /// (RFC 4007, 11). `localhost` where the server listens at ``socketPath``.
    public var host: String
    public var port: Int
    /// The Unix domain socket that the server listens at, as an absolute path; `nil` where it has a port.
    public var socketPath: String?
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

    /// A server that listens at a Unix domain socket.
    public init(scheme: Scheme, socketPath: String, basePath: String = "") {
        self.init(scheme: scheme, host: "localhost", port: scheme.defaultPort, basePath: basePath)
        self.socketPath = socketPath
    }

    /// Where connections go, for people: `host:port`, with an IPv6 address in brackets (RFC 3986, 3.2.2), or the path of
    /// the socket.
    public var authority: String { socketPath ?? authority(port: port) }

    /// `host:port`, with the port that connections go to. A socket's is `localhost` with the scheme's own port.
    public var connectAuthority: String { authority(port: connectPort) }

    /// The server as HTTP's `Host` names it: without the port where it is the one that the scheme implies, and without the zone of
    /// an IPv6 address, which means nothing to anybody but this machine (RFC 9110, 4.2.3 and 7.2; RFC 6874, 1).
    public var hostField: String {
        let host = bracketed(hostWithoutZone)
        return socketPath != nil || connectPort == scheme.defaultPort ? host : "\(host):\(connectPort)"
    }

    /// How an address of this server begins in a scheme: `grpcs://`, or `grpcs+unix://` for a socket.
    public func beginning(in scheme: Scheme) -> String {
        if scheme.isDemo { return scheme.rawValue }
        guard socketPath != nil else { return "\(scheme.rawValue)://" }
        return scheme == .http ? "unix://" : "\(scheme.rawValue)+unix://"
    }

    /// The port that connections go to.
    public var connectPort: Int { actualPort ?? port }

    private func authority(port: Int) -> String { "\(bracketed(host)):\(port)" }

    private func bracketed(_ host: some StringProtocol) -> String { host.contains(":") ? "[\(host)]" : String(host) }

    /// The host without the zone of an IPv6 address, which means nothing to anybody else (RFC 6874, 1).
    public var hostWithoutZone: String {
        host.contains(":") ? String(host.prefix { $0 != "%" }) : host
    }

    /// Whether the server can only be on this machine (RFC 6761, 6.3; RFC 1122, 3.2.1.3; RFC 4291, 2.5.3).
    public var isLoopback: Bool {
        if socketPath != nil || host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && parts[0] == 127 && !parts.contains(nil)
    }
}

extension ServerAddress: CustomStringConvertible {
    /// The address as it can be read again.
    public var description: String {
        let beginning = beginning(in: scheme)
        if scheme.isDemo { return beginning }
        guard let socketPath else { return "\(beginning)\(authority)\(basePath)" }
        // What follows a path could not be told from it, so that the path goes where the host does.
        let allowed: CharacterSet = basePath.isEmpty ? .urlPathAllowed : .alphanumerics
        return beginning + (socketPath.addingPercentEncoding(withAllowedCharacters: allowed) ?? socketPath) + basePath
    }
}

/// Why a text is no server address, and what to write instead.
public struct ServerAddressError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
