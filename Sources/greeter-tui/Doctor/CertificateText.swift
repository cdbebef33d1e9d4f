import Foundation
import TransportSupport

/// A certificate in words.
enum CertificateText {
    /// `TLS 1.3, ALPN h2, CN=greeter.example, by CN=Example CA, valid until 2027-01-01 (in 40 days)`
    static func describe(_ report: TLSReport, now: Date) -> String {
        var parts = [report.version, report.alpn.map { "ALPN \($0)" } ?? "no ALPN"]
        if let certificate = report.certificate {
            parts.append(certificate.subject.isEmpty ? "a certificate without a name" : certificate.subject)
            parts.append(certificate.isSelfSigned ? "signed by itself" : "by \(certificate.issuer)")
            if now < certificate.validFrom {
                parts.append("valid from \(day(certificate.validFrom))")
            } else {
                parts.append(
                    "valid until \(day(certificate.validUntil)) (\(distance(to: certificate.validUntil, from: now)))")
            }
        }
        if !report.isChecked { parts.append("not checked") }
        return parts.joined(separator: ", ")
    }

    private static func day(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle().year().month().day())
    }

    private static func distance(to end: Date, from now: Date) -> String {
        let days = Int(clamping: (end.timeIntervalSince(now) / 86_400).rounded(.down))
        return switch days {
        case ..<0: "\(-days) days ago"
        case 0: "today"
        case 1: "tomorrow"
        default: "in \(days) days"
        }
    }
}
