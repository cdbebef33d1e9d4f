import NIOSSL
import RPCCore

/// Files with certificates and keys, read with errors that name the file.
enum PEMFile {
    /// The certificates of a file with authorities to trust.
    static func authorities(in file: String) throws(CallError) -> [NIOSSLCertificate] {
        guard let certificates = certificates(in: file) else {
            throw CallError(
                .failedPrecondition, "no certificate authorities can be read from '\(file)'", at: .tls,
                advice: "name a PEM file with one or more certificates")
        }
        return certificates
    }

    /// What we show the server to say who we are; `nil` where that is nothing.
    static func identity(
        _ options: TLSOptions
    ) throws(CallError) -> (certificates: [NIOSSLCertificate], key: NIOSSLPrivateKey)? {
        guard let file = options.certificateFile, let keyFile = options.keyFile else {
            guard options.certificateFile == nil, options.keyFile == nil else {
                throw CallError(
                    .failedPrecondition, "a client certificate and its key go together, and one of them is missing",
                    at: .tls, advice: "name both files")
            }
            return nil
        }
        guard let certificates = certificates(in: file) else {
            throw CallError(
                .failedPrecondition, "no client certificate can be read from '\(file)'", at: .tls,
                advice: "name a PEM file with the certificate, and those that link it to its authority")
        }
        guard let key = try? NIOSSLPrivateKey(file: keyFile, format: .pem) else {
            throw CallError(
                .failedPrecondition, "no private key can be read from '\(keyFile)'", at: .tls,
                advice: "name a PEM file with one key that is not encrypted")
        }
        return (certificates, key)
    }

    private static func certificates(in file: String) -> [NIOSSLCertificate]? {
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(file), !certificates.isEmpty else { return nil }
        return certificates
    }
}
