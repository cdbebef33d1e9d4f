/// How a server's certificate is checked, and how we show who we are.
public struct TLSOptions: Hashable, Sendable {
    /// A PEM file with the certificate authorities to trust instead of the system's.
    public var authorityFile: String?
    /// Accepts any certificate for any name. The screen says so as long as it holds.
    public var isInsecure: Bool

    public init(authorityFile: String? = nil, isInsecure: Bool = false) {
        self.authorityFile = authorityFile
        self.isInsecure = isInsecure
    }
}
