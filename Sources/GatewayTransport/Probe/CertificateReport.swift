public import Foundation
import NIOSSL
import SwiftASN1

/// What a certificate says (RFC 5280, 4.1). Whether that is to be believed is another question.
public struct CertificateReport: Hashable, Sendable {
    /// Whom it is for: `CN=greeter.example, O=Example`. Not yet made safe for a terminal.
    public var subject: String
    /// Who vouches for it.
    public var issuer: String
    public var validFrom: Date
    public var validUntil: Date
}

extension CertificateReport {
    init(_ certificate: NIOSSLCertificate) {
        let names = (try? certificate.toDERBytes()).flatMap { try? CertificateNames(derEncoded: $0) }
        self.init(
            subject: names?.subject ?? "", issuer: names?.issuer ?? "",
            validFrom: Date(timeIntervalSince1970: TimeInterval(certificate.notValidBefore)),
            validUntil: Date(timeIntervalSince1970: TimeInterval(certificate.notValidAfter)))
    }
}

/// The two names of a certificate, which the TLS library does not give.
private struct CertificateNames {
    let subject: String
    let issuer: String

    /// The certificate's first part is: a version that may be missing, a number, an algorithm, the issuer, the validity
    /// and the subject.
    init(derEncoded bytes: [UInt8]) throws {
        var fields = Self.children(of: Self.children(of: try DER.parse(bytes)).first)
        if fields.first?.identifier.tagClass == .contextSpecific { fields.removeFirst() }
        guard fields.count > 4 else { throw ASN1Error.unexpectedFieldType(.sequence) }
        issuer = Self.text(of: fields[2])
        subject = Self.text(of: fields[4])
    }

    /// A name is a sequence of sets of pairs, each a type and a value.
    private static func text(of name: ASN1Node) -> String {
        children(of: name).flatMap { children(of: $0) }.compactMap { pair -> String? in
            let parts = children(of: pair)
            guard parts.count == 2, let type = try? ASN1ObjectIdentifier(derEncoded: parts[0]),
                case .primitive(let value) = parts[1].content
            else { return nil }
            return "\(abbreviations["\(type)"] ?? "\(type)")=\(String(decoding: value, as: UTF8.self))"
        }.joined(separator: ", ")
    }

    /// RFC 4519.
    private static let abbreviations = [
        "2.5.4.3": "CN", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.10": "O", "2.5.4.11": "OU",
    ]

    private static func children(of node: ASN1Node?) -> [ASN1Node] {
        guard case .constructed(let nodes)? = node?.content else { return [] }
        return Array(nodes)
    }
}
