public import Foundation
import NIOSSL
import X509

/// What a certificate says (RFC 5280, 4.1). Whether that is to be believed is another question.
public struct CertificateReport: Hashable, Sendable {
    /// Whom it is for: `CN=greeter.example, O=Example`. Not yet made safe for a terminal.
    public var subject: String
    /// Who vouches for it.
    public var issuer: String
    public var validFrom: Date
    public var validUntil: Date
    /// The hosts that it is for, by name or address; at most three.
    public var hosts: [String] = []

    /// Whether nobody but its owner vouches for it.
    public var isSelfSigned: Bool { !subject.isEmpty && subject == issuer }
}

extension CertificateReport {
    init(_ certificate: NIOSSLCertificate) {
        // The TLS library gives neither names nor hosts.
        let parsed = (try? certificate.toDERBytes()).flatMap { try? Certificate(derEncoded: $0) }
        self.init(
            subject: parsed.map { Self.text(of: $0.subject) } ?? "",
            issuer: parsed.map { Self.text(of: $0.issuer) } ?? "",
            validFrom: Date(timeIntervalSince1970: TimeInterval(certificate.notValidBefore)),
            validUntil: Date(timeIntervalSince1970: TimeInterval(certificate.notValidAfter)),
            hosts: parsed.map(Self.hosts) ?? [])
    }

    private static func text(of name: DistinguishedName) -> String {
        name.flatMap { $0 }.map { "\($0)" }.joined(separator: ", ")
    }

    private static func hosts(of certificate: Certificate) -> [String] {
        guard let alternatives = try? certificate.extensions.subjectAlternativeNames else { return [] }
        let hosts = alternatives.compactMap { name -> String? in
            switch name {
            case .dnsName(let name): name
            case .ipAddress(let address) where address.bytes.count == 4:
                address.bytes.map(String.init).joined(separator: ".")
            default: nil
            }
        }
        return Array(hosts.prefix(3))
    }
}
