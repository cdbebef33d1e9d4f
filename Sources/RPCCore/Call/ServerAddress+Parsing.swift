import Foundation

extension ServerAddress {
    /// Reads an address as people write and paste it: a URL with a scheme of ours, `ws://` or `wss://` for the gateway behind
    /// a WebSocket, `unix:///run/x.sock` and `grpc+unix:///run/x.sock` for a Unix domain socket, or only `host:port` or
    /// `host`.
    /// - Parameter dialect: Which dialect is meant where the address does not say it: without a scheme, and by `unix:`.
    /// - Throws: ``ServerAddressError`` that says what is wrong with it, and what to write instead.
    public init(parsing text: String, as dialect: Dialect = .gateway) throws(ServerAddressError) {
        self = try AddressReader(text, dialect).read()
    }

    /// Whether an address as it is written says which dialect is spoken.
    public static func namesDialect(_ text: String) -> Bool {
        guard let gateway = try? ServerAddress(parsing: text, as: .gateway),
            let grpc = try? ServerAddress(parsing: text, as: .grpc)
        else { return true }
        return gateway == grpc
    }
}

/// Reads one address. What it says of a text never quotes a user name, a password or a query, for these may be secret.
private struct AddressReader {
    /// Without the spaces around it that come along when something is pasted.
    private let text: String
    private let dialect: ServerAddress.Dialect

    init(_ text: String, _ dialect: ServerAddress.Dialect) {
        self.text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        self.dialect = dialect
    }

    private static let examples = "http://localhost:8000, grpc://localhost:50051 or unix:///run/greeter.sock"

    func read() throws(ServerAddressError) -> ServerAddress {
        guard !text.isEmpty else { throw refusal("an empty text is not a server address; write \(Self.examples)") }
        if let demo = try readDemo() { return demo }
        guard text.unicodeScalars.allSatisfy(Self.isVisible) else {
            throw refusal("\(quoted) has a space or a line break in it; an address has none, as in \(Self.examples)")
        }
        if let socket = try readSocket() { return socket }
        let (scheme, rest) = try readScheme()
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let tail = rest[end...]
        guard !rest[..<end].contains("@") else {
            throw refusal("a server address carries no user name or password; give a token with --token-file instead")
        }
        let (host, port) = try readAuthority(rest[..<end], scheme)
        return ServerAddress(
            scheme: scheme, host: host, port: port ?? scheme.defaultPort, basePath: try readPath(tail))
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
    }

    // MARK: - The beginning

    private func readDemo() throws(ServerAddressError) -> ServerAddress? {
        let lowered = text.lowercased()
        guard lowered == "demo" || lowered.hasPrefix("demo:") || lowered.hasPrefix("demo/") else { return nil }
        if let scheme = ServerAddress.Scheme(rawValue: lowered), scheme.isDemo {
            return ServerAddress(scheme: scheme, host: "127.0.0.1", port: 0)
        }
        throw refusal("\(quoted) is not the demo server, which is written demo: or demo:grpc")
    }

    private func readScheme() throws(ServerAddressError) -> (ServerAddress.Scheme, Substring) {
        if let range = text.range(of: "://") {
            let name = text[..<range.lowerBound].lowercased()
            if let scheme = Self.schemes[name] { return (scheme, text[range.upperBound...]) }
            throw unknown(name, rest: text[range.upperBound...])
        }
        if let colon = text.firstIndex(of: ":") {
            let name = text[..<colon].lowercased()
            if Self.schemes[name] != nil {
                let rest = text[text.index(after: colon)...].drop { $0 == "/" }
                throw refusal("\(quoted) lacks // after \(name):; write \(name)://\(shown(rest, else: "HOST:PORT"))")
            }
            if ["ipv4", "ipv6", "dns", "passthrough"].contains(name) {
                throw unknown(name, rest: text[text.index(after: colon)...].drop { $0 == "/" })
            }
        } else if Self.schemes[text.lowercased()] != nil {
            throw refusal("\(quoted) names no host; write \(text.lowercased())://HOST:PORT")
        }
        return (dialect == .grpc ? .grpc : .http, text[...])
    }

    private static let schemes: [String: ServerAddress.Scheme] = [
        "http": .http, "https": .https, "ws": .http, "wss": .https, "grpc": .grpc, "grpcs": .grpcs,
    ]

    /// Schemes of others that mean one of ours.
    private static let relatives: [String: String] = [
        "h2c": "grpc", "h2": "grpcs", "http2": "grpcs", "grpc+tls": "grpcs", "grpc+ssl": "grpcs", "grpc+tcp": "grpc",
        "grpc-web": "http", "tcp": "grpc", "tls": "grpcs", "ssl": "grpcs", "dns": "grpc", "ipv4": "grpc",
        "ipv6": "grpc", "passthrough": "grpc", "sse": "http", "websocket": "ws", "file": "unix",
    ]

    private func unknown(_ name: String, rest: Substring) -> ServerAddressError {
        let known = ["http", "https", "ws", "wss", "grpc", "grpcs", "unix"]
        let meant = Self.relatives[name] ?? NearestName.suggestion(for: name, among: known)
        let schemes = known.map { "\($0)://" }.joined(separator: ", ") + ", demo: and demo:grpc"
        let what = "\(quoted) does not begin with a known scheme"
        guard let meant else { return refusal("\(what); the schemes are \(schemes)") }
        let place = rest.drop { $0 == "/" && meant != "unix" }
        return refusal("\(what); write \(meant)://\(shown(place, else: "HOST:PORT")), or one of \(schemes)")
    }

    // MARK: - A socket

    private static let socketSchemes: [String: ServerAddress.Scheme] = [
        "http+unix": .http, "https+unix": .https, "grpc+unix": .grpc, "grpcs+unix": .grpcs,
    ]

    /// `unix:///run/x.sock`, `unix:/run/x.sock`, or `unix://%2Frun%2Fx.sock/base` where a path follows.
    private func readSocket() throws(ServerAddressError) -> ServerAddress? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let name = text[..<colon].lowercased()
        let own: ServerAddress.Scheme? = name == "unix" ? (dialect == .grpc ? .grpc : .http) : Self.socketSchemes[name]
        guard let scheme = own else { return nil }
        var rest = text[text.index(after: colon)...]
        guard !rest.contains(where: { "?#".contains($0) }) else {
            throw refusal("\(quoted) has a query or a fragment; a server address ends with its path")
        }
        if rest.hasPrefix("//") { rest = rest.dropFirst(2) }
        var base = Substring()
        if !rest.hasPrefix("/"), rest.prefix(while: { $0 != "/" }).lowercased().hasPrefix("%2f") {
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            (rest, base) = (rest[..<end], rest[end...])
        }
        guard let path = rest.removingPercentEncoding, path.hasPrefix("/"), path.count > 1 else {
            throw refusal("\(quoted) names no socket; write its whole path, as in \(name):///run/greeter.sock")
        }
        // The system's limit, with the zero at the end (unix(7)); on macOS it is the shorter one.
        guard path.utf8.count <= 103, !path.utf8.contains(0) else {
            throw refusal("the path of a socket has at most 103 bytes, and no zero; link to it from a shorter path")
        }
        return ServerAddress(scheme: scheme, socketPath: path, basePath: try readPath(base))
    }

    // MARK: - Host and port

    private func readAuthority(
        _ authority: Substring, _ scheme: ServerAddress.Scheme
    ) throws(ServerAddressError) -> (host: String, port: Int?) {
        if authority.hasPrefix("[") { return try readLiteral(authority) }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2 else {
            let example = "\(scheme.rawValue)://[::1]:8000"
            throw refusal("\(quoted) has several colons; an IPv6 address goes in brackets: \(example)")
        }
        let host = String(parts[0])
        let port = try parts.count == 2 ? readPort(parts[1]) : nil
        guard !host.isEmpty else {
            let example = "\(scheme.rawValue)://localhost:\(port ?? 8000)"
            throw refusal("\(quoted) names no host; write \(example) for this machine")
        }
        try checkName(host, scheme)
        return (host, port)
    }

    private func readLiteral(_ authority: Substring) throws(ServerAddressError) -> (host: String, port: Int?) {
        guard let close = authority.firstIndex(of: "]") else {
            throw refusal("\(quoted) has a bracket that is not closed; write [::1]:8000")
        }
        // RFC 6874 writes the % before a zone as %25; people write it plainly.
        let host = String(authority[..<close].dropFirst()).replacing("%25", with: "%")
        let parts = host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        var address = in6_addr()
        guard inet_pton(AF_INET6, String(parts[0]), &address) == 1,
            parts.count == 1 || !parts[1].isEmpty && parts[1].allSatisfy({ $0.isASCII && !"%[]".contains($0) })
        else { throw refusal("what stands in brackets in \(quoted) is no IPv6 address such as [::1]") }
        let rest = authority[authority.index(after: close)...]
        guard rest.isEmpty || rest.hasPrefix(":") else {
            throw refusal("\(quoted) has more than a port after the bracket; write [::1]:8000")
        }
        return (host, rest.isEmpty ? nil : try readPort(rest.dropFirst()))
    }

    private func readPort(_ text: Substring) throws(ServerAddressError) -> Int {
        guard !text.isEmpty else {
            throw refusal(
                "\(quoted) has no port after the colon; write it, as in localhost:8000, or leave out the colon")
        }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw refusal("\(quoted) has no number for a port: '\(text.prefix(32))'; write it as in localhost:8000")
        }
        guard let port = Int(text), (1...65535).contains(port) else {
            throw refusal("port \(text.prefix(32)) is not between 1 and 65535")
        }
        return port
    }

    /// RFC 1123, 2.1, and `_`, which names inside networks have.
    private func checkName(_ host: String, _ scheme: ServerAddress.Scheme) throws(ServerAddressError) {
        guard host.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw refusal(
                "\(quoted) has a host with characters beyond ASCII; write it as name servers do: xn--bcher-kva.example")
        }
        let isDigit = { (character: Character) in ("0"..."9").contains(character) }
        if host.allSatisfy(isDigit) {
            let example = "\(scheme.rawValue)://localhost:\(host)"
            throw refusal("\(quoted) names no host; for a port of this machine write \(example)")
        }
        let labels = (host.hasSuffix(".") ? String(host.dropLast()) : host)
            .split(separator: ".", omittingEmptySubsequences: false)
        let isNumeric = labels.allSatisfy { $0.allSatisfy(isDigit) }
        guard !isNumeric || labels.count == 4 && labels.allSatisfy({ UInt8($0) != nil }) else {
            throw refusal("'\(host.prefix(64))' is no IPv4 address; one has four numbers from 0 to 255, as 127.0.0.1")
        }
        let isName = labels.allSatisfy { label in
            (1...63).contains(label.count)
                && label.allSatisfy { $0.isASCII && ($0.isLetter || isDigit($0)) || "-_".contains($0) }
        }
        guard isName, host.utf8.count <= 254 else {
            throw refusal("'\(host.prefix(64))' is no name of a host: it has letters, digits, - and dots between them")
        }
    }

    // MARK: - The path

    private func readPath(_ text: Substring) throws(ServerAddressError) -> String {
        guard !text.contains(where: { "?#".contains($0) }) else {
            throw refusal("\(quoted) has a query or a fragment; a server address ends with its path")
        }
        let path = text.reversed().drop { $0 == "/" }.reversed()
        let encoded = String(path).addingPercentEncoding(withAllowedCharacters: Self.pathCharacters) ?? ""
        guard encoded.removingPercentEncoding != nil else {
            throw refusal("\(quoted) has a % in its path that begins no byte such as %20; write a plain % as %25")
        }
        return encoded
    }

    private static let pathCharacters = CharacterSet.urlPathAllowed.union(CharacterSet(charactersIn: "%"))

    // MARK: - What is wrong

    private func refusal(_ text: String) -> ServerAddressError { ServerAddressError(text) }

    private var quoted: String { "'\(shown(text[...], else: ""))'" }

    /// A part of the text that holds nothing secret.
    private func shown(_ part: Substring, else fallback: String) -> String {
        var shown = part.prefix { !"?#".contains($0) }
        if let at = shown.lastIndex(of: "@") {
            let start = shown.range(of: "://")?.upperBound ?? shown.startIndex
            shown = start <= at ? shown[..<start] + "…" + shown[at...] : shown
        }
        return shown.isEmpty ? fallback : String(shown.prefix(200))
    }
}
