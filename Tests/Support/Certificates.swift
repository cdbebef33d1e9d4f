import Foundation

/// The certificates of the tests, made by `Certificates/make-certificates.sh`.
public enum Certificates {
    /// The PEM file with a certificate, and with `.key` after its name that of its key.
    public static func path(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Certificates/\(name).pem").path
    }
}
