package import RPCCore

/// The headers or the metadata of a user's own, checked: none can smuggle in another, or stand in for one that the
/// client sets.
package struct RequestHeaders: Sendable {
    /// In order; the token, if any, first.
    package let entries: [(name: String, value: String)]

    /// - Parameters:
    ///   - token: Sent as `Authorization: Bearer`.
    ///   - allowsPlaintextToken: Whether credentials may go over plain text to another machine too.
    ///   - own: Headers of the configuration and of the call.
    /// - Throws: ``CallError`` that names what is wrong, see ``HeaderRule``, and never a value.
    package init(
        server: ServerAddress, token: Secret?, allowsPlaintextToken: Bool, own: [MetadataEntry]
    ) throws(CallError) {
        let token = token.map { MetadataEntry("Authorization", "Bearer " + $0.reveal()) }
        let dialect = server.scheme.dialect
        entries = try ([token].compactMap(\.self) + own).map { header throws(CallError) in
            if let problem = HeaderRule.problem(with: header, in: dialect) {
                throw CallError(.invalidArgument, problem, at: .send, advice: "correct the headers or the token")
            }
            let isBinary = dialect == .grpc && BinaryMetadata.isBinary(header.name)
            return (header.name, isBinary ? BinaryMetadata.encoded(header.value) ?? "" : header.value)
        }
        try Self.checkCredentials(entries, server: server, isAllowed: allowsPlaintextToken)
    }

    private static func checkCredentials(
        _ entries: [(name: String, value: String)], server: ServerAddress, isAllowed: Bool
    ) throws(CallError) {
        guard !server.scheme.isSecure, !server.isLoopback, !isAllowed,
            entries.contains(where: { $0.name.lowercased() == "authorization" })
        else { return }
        throw CallError(
            .failedPrecondition, "a token would travel to \(server.host) over plain text", at: .connect,
            advice: "use \(server.beginning(in: server.scheme.secured)), or allow tokens over plain text explicitly")
    }
}
