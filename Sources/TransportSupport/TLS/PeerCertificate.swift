import NIOSSL
import X509

/// What matters of a server's certificate when it was refused.
struct PeerCertificate: Sendable {
    /// From when until when it is valid, in seconds since 1970.
    var validity: ClosedRange<Int>
    /// Whether nobody but its owner has signed it.
    var isSelfSigned = false
    /// The names that it is for, as the server wrote them; at most three.
    var names: [String] = []

    init?(_ certificate: NIOSSLCertificate) {
        let (start, end) = (Int(certificate.notValidBefore), Int(certificate.notValidAfter))
        guard start <= end else { return nil }
        validity = start...end
        guard let bytes = try? certificate.toDERBytes(), let parsed = try? Certificate(derEncoded: bytes) else {
            return
        }
        isSelfSigned = parsed.issuer == parsed.subject
        names = Self.names(of: parsed)
    }

    private static func names(of certificate: Certificate) -> [String] {
        guard let alternatives = try? certificate.extensions.subjectAlternativeNames else { return [] }
        let names = alternatives.compactMap { name -> String? in
            switch name {
            case .dnsName(let name): name
            case .ipAddress(let address) where address.bytes.count == 4:
                address.bytes.map(String.init).joined(separator: ".")
            default: nil
            }
        }
        return Array(names.prefix(3))
    }
}
