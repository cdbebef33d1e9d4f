import Foundation
import RPCCore

/// Says what is wrong with the encryption of a connection, in sentences that a user can act on.
struct TLSFailure {
    private let server: ServerAddress
    private let tls: TLSSetup
    private let dialer: Dialer?

    init(_ failure: ConnectionFailure) {
        server = failure.server
        tls = failure.tls
        dialer = failure.dialer
    }

    /// - Parameter description: What the library says: the names of the errors and alerts are BoringSSL's.
    func callError(for description: String) async -> CallError {
        func says(_ names: String...) -> Bool { names.contains(where: description.contains) }
        if says("CERTIFICATE_VERIFY_FAILED") { return await untrusted() }
        if says("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNEXPECTED_RECORD") { return plainServer }
        if lacksCertificate, says("CERTIFICATE_REQUIRED", "ALERT", "EOF", "ConnectionReset") {
            return missingCertificate
        }
        if tls.hasCertificate, says("UNKNOWN_CA", "_CERTIFICATE", "ACCESS_DENIED") {
            return refusedCertificate(description)
        }
        if says("NO_APPLICATION_PROTOCOL") { return noProtocol }
        if says("PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL") { return noVersion }
        if says("UNRECOGNIZED_NAME") { return unknownName }
        if says("EOF", "ConnectionReset") { return lostInHandshake }
        return CallError(
            .unavailable, "the TLS handshake with \(server.authority) failed: \(Quote.bounded(description))", at: .tls)
    }

    // MARK: The server's certificate

    func wrongHost() async -> CallError {
        let names = await CertificateProbe(dialer: dialer, tls: tls).certificate()?.hosts ?? []
        let others = names.isEmpty ? "" : " but for \(names.map { Quote.bounded($0) }.joined(separator: ", "))"
        return refusal(
            "the certificate is not for \(name)\(others)",
            advice: "use a name that the certificate is for, or say with --server-name which to expect")
    }

    private func untrusted() async -> CallError {
        let certificate = await CertificateProbe(dialer: dialer, tls: tls).certificate()
        let now = SystemClock().wallTime
        if let certificate, certificate.validUntil < now {
            return refusal("the certificate of \(name) has expired", advice: "renew the certificate on the server")
        }
        if let certificate, certificate.validFrom > now {
            return refusal(
                "the certificate of \(name) is not valid yet", advice: "check the clocks of both machines")
        }
        if certificate?.isSelfSigned == true {
            return refusal(
                "the certificate of \(name) is signed by nobody but itself",
                advice: "trust it with --ca FILE, or, to try things out only, skip the check with --insecure")
        }
        return refusal(
            "the certificate of \(name) is not trusted: its authority is unknown here",
            advice: "trust its authority with --ca FILE, or, to try things out only, skip the check with --insecure")
    }

    // MARK: Our own certificate

    /// Whether the server has asked for a certificate that we do not have.
    var lacksCertificate: Bool { tls.certificateRequest.isClaimed && !tls.hasCertificate }

    var missingCertificate: CallError {
        refusal(
            "\(server.authority) asks for a client certificate, and none was given",
            advice: "name one with --cert FILE and its key with --key FILE")
    }

    private func refusedCertificate(_ description: String) -> CallError {
        let reason =
            if description.contains("UNKNOWN_CA") {
                ": its authority is unknown there"
            } else if description.contains("EXPIRED") {
                ": it has expired"
            } else if description.contains("REVOKED") {
                ": it was revoked"
            } else {
                ""
            }
        return refusal(
            "\(server.authority) does not accept our certificate\(reason)",
            advice: "name one with --cert FILE that was made by an authority that the server trusts")
    }

    // MARK: The handshake

    private var plainServer: CallError {
        refusal(
            "\(server.authority) does not speak TLS",
            advice: "if the server speaks plain text, use \(server.beginning(in: server.scheme.unsecured))")
    }

    private var noProtocol: CallError {
        refusal(
            "\(server.authority) speaks TLS, but none of the protocols \(tls.configuration.applicationProtocols.joined(separator: ", "))",
            advice: "check that the port is that of the service")
    }

    private var noVersion: CallError {
        refusal("\(server.authority) and this program have no version of TLS in common", advice: "update the server")
    }

    private var unknownName: CallError {
        refusal(
            "\(server.authority) has no certificate for \(name)",
            advice: "say with --server-name which name to ask for")
    }

    var lostInHandshake: CallError {
        CallError(.unavailable, "\(server.authority) closed the connection during the TLS handshake", at: .tls)
    }

    /// The name that was asked for.
    private var name: String { tls.serverName ?? server.host }

    private func refusal(_ cause: String, advice: String) -> CallError {
        CallError(.failedPrecondition, cause, at: .tls, advice: advice)
    }
}
