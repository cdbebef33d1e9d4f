import Foundation

/// The servers that are reached without a proxy, as `NO_PROXY` lists them: by curl's rules
/// (https://curl.se/libcurl/c/CURLOPT_NOPROXY.html), and with ports as in Go's `httpproxy`.
///
/// Entries are separated by commas or spaces. `*` is every server; `example.com`, `.example.com` and `*.example.com` are the
/// host and all below it; an address is that address, however it is written; `10.0.0.0/8` and `fd00::/8` are networks. With
/// `:PORT` an entry is for that port only.
public struct NoProxyList: Hashable, Sendable {
    private let entries: [Entry]

    private struct Entry: Hashable {
        enum Pattern: Hashable {
            case everything
            case name(String)
            case network([UInt8], bits: Int)
        }

        var pattern: Pattern
        var port: Int?
    }

    public init(_ text: String) {
        entries = text.lowercased().split { $0 == "," || $0.isWhitespace }.compactMap { Self.entry(String($0)) }
    }

    /// Whether a server is reached without a proxy.
    /// - Parameter host: A name or a literal address, without brackets and zone.
    public func covers(_ host: String, port: Int) -> Bool {
        let name = Self.name(host.lowercased())
        let address = Self.address(of: name)
        return entries.contains { entry in
            guard entry.port == nil || entry.port == port else { return false }
            switch entry.pattern {
            case .everything: return true
            case .name(let suffix): return name == suffix || address == nil && name.hasSuffix("." + suffix)
            case .network(let network, let bits):
                guard let address, address.count == network.count else { return false }
                return Self.isSame(address, network, bits: bits)
            }
        }
    }

    private static func entry(_ text: String) -> Entry? {
        if text == "*" { return Entry(pattern: .everything) }
        if let pattern = network(text) { return Entry(pattern: pattern) }
        var (host, port) = (Substring(text), Int?.none)
        if let colon = text.lastIndex(of: ":") {
            guard let number = Int(text[text.index(after: colon)...]) else { return nil }
            (host, port) = (text[..<colon], number)
        }
        if host == "*" { return Entry(pattern: .everything, port: port) }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        if let pattern = network(String(host)) { return Entry(pattern: pattern, port: port) }
        if host.hasPrefix("*.") { host = host.dropFirst() }
        let suffix = name(String(host.drop { $0 == "." }))
        return suffix.isEmpty ? nil : Entry(pattern: .name(suffix), port: port)
    }

    /// A host name without the dot at its end.
    private static func name(_ host: String) -> String { host.hasSuffix(".") ? String(host.dropLast()) : host }

    /// `10.0.0.0/8`, or a single address.
    private static func network(_ text: String) -> Entry.Pattern? {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let address = address(of: parts[0]) else { return nil }
        let most = address.count * 8
        guard parts.count == 2 else { return .network(address, bits: most) }
        guard let bits = Int(parts[1]), (0...most).contains(bits) else { return nil }
        return .network(address, bits: bits)
    }

    private static func isSame(_ first: [UInt8], _ second: [UInt8], bits: Int) -> Bool {
        zip(first, second).enumerated().allSatisfy { index, pair in
            let left = min(8, max(0, bits - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> left)
            return pair.0 & mask == pair.1 & mask
        }
    }

    /// The bytes of a literal address: four, or sixteen.
    private static func address(of text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
        var six = in6_addr()
        let literal = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        guard inet_pton(AF_INET6, literal, &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: six) { Array($0) }
        // An IPv4 address inside IPv6 (RFC 4291, 2.5.5.2) is that.
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? Array(bytes[12...]) : bytes
    }
}
