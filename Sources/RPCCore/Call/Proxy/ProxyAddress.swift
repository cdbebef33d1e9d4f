import Foundation

/// Where a proxy is, how it is spoken to, and who we are there.
public struct ProxyAddress: Hashable, Sendable {
    /// How a proxy is spoken to.
    public enum Scheme: String, Hashable, Sendable, CaseIterable {
        /// HTTP/1.1 in plain text: connections are asked for with CONNECT (RFC 9110, 9.3.6).
        case http
        /// The same over TLS.
        case https
        /// SOCKS 5 (RFC 1928); names are resolved here.
        case socks5
        /// SOCKS 5; names are resolved by the proxy.
        case socks5h

        /// The port that is meant when none is written.
        public var defaultPort: Int {
            switch self {
            case .http: 80
            case .https: 443
            case .socks5, .socks5h: 1080
            }
        }

        public var isSOCKS: Bool { self == .socks5 || self == .socks5h }
    }

    public var scheme: Scheme
    /// A host name or a literal address, without brackets.
    public var host: String
    public var port: Int
    public var user: String?
    public var password: Secret?
    /// Which flag, variable or setting named it.
    public var origin: String

    /// Reads the address of a proxy: `http://HOST:PORT`, with `USER:PASSWORD@` before the host, and with `http://` understood.
    /// - Throws: ``ServerAddressError``, which quotes neither user nor password.
    public init(parsing text: String, origin: String) throws(ServerAddressError) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.count == 2 ? parts[0].lowercased() : Scheme.http.rawValue
        guard let scheme = Scheme(rawValue: name == "socks" ? "socks5" : name) else {
            let schemes = Scheme.allCases.map { $0.rawValue + "://" }.joined(separator: ", ")
            throw ServerAddressError("a proxy does not begin with '\(name.prefix(32))://'; the schemes are \(schemes)")
        }
        var place = parts[parts.count - 1]
        if place.hasSuffix("/") { place = place.dropLast() }
        var credentials: Substring?
        if let at = place.lastIndex(of: "@") {
            credentials = place[..<at]
            place = place[place.index(after: at)...]
        }
        // Host and port are those of any address; a port that is not written is the scheme's own.
        let address = try ServerAddress(parsing: "http://\(place)")
        guard address.basePath.isEmpty else {
            throw ServerAddressError("a proxy's address ends with its port, as in http://proxy.example:3128")
        }
        let hasPort = place.contains(":") && !place.hasSuffix("]")
        self.scheme = scheme
        (host, port) = (address.host, hasPort ? address.port : scheme.defaultPort)
        self.origin = origin
        guard let credentials else { return }
        let words = credentials.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            .map { $0.removingPercentEncoding ?? String($0) }
        guard words.allSatisfy({ !$0.unicodeScalars.contains { $0.properties.generalCategory == .control } }) else {
            throw ServerAddressError("the user or the password of a proxy has a control character")
        }
        guard !scheme.isSOCKS || words.allSatisfy({ (1...255).contains($0.utf8.count) }) && words.count == 2 else {
            throw ServerAddressError("SOCKS takes a user and a password of 1 to 255 bytes each (RFC 1929, 2)")
        }
        user = words[0]
        password = Secret(words.count == 2 ? words[1] : "")
    }

    /// `host:port`, with an IPv6 address in brackets.
    public var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// The value of `Proxy-Authorization` (RFC 7617); `nil` where there is no user.
    public var basicAuthorization: Secret? {
        guard let user, let password else { return nil }
        return Secret("Basic " + Data("\(user):\(password.reveal())".utf8).base64EncodedString())
    }
}

extension ProxyAddress: CustomStringConvertible {
    /// The address as it may be shown: without user and password.
    public var description: String {
        "\(scheme.rawValue)://\(user == nil ? "" : Secret.mask + "@")\(authority)"
    }
}
