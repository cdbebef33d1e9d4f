import Foundation
import GatewayTransport
import RPCCore
import TestSupport
import Testing
import TransportSupport

@Suite("The probe of a server", .timeLimit(.minutes(10)))
struct ProbeTests {
    private static let limit = Duration.seconds(30)

    private func probe(_ server: ServerAddress, _ configuration: GatewayConfiguration = configuration()) -> ServerProbe
    {
        ServerProbe(server: server, tls: configuration.tls)
    }

    private func server(_ host: String, _ port: Int = 1) -> ServerAddress {
        ServerAddress(scheme: .https, host: host, port: port)
    }

    @Test("gives the addresses of a name, and of an address itself", arguments: ["localhost", "127.0.0.1", "::1"])
    func resolves(host: String) async throws {
        let addresses = try await probe(server(host)).resolve(within: Self.limit)
        let expected = host == "localhost" ? ["127.0.0.1", "::1"] : [host]
        #expect(!addresses.isEmpty && addresses.allSatisfy(expected.contains))
    }

    @Test("says that a name has no address, also when the answer is late")
    func resolvesNothing() async {
        let error = await #expect(throws: CallError.self) {
            try await probe(server("nosuch.invalid")).resolve(within: Self.limit)
        }
        #expect(error?.cause == "no address for nosuch.invalid")
        #expect(error?.origin == .resolve)
        let late = await #expect(throws: CallError.self) {
            try await probe(server("nosuch.invalid")).resolve(within: .zero)
        }
        #expect(late?.cause.hasPrefix("no address for nosuch.invalid") == true)
        #expect(late?.code == .unavailable)
    }

    @Test("connects to each address, and says which of them answer")
    func connects() async throws {
        let silent = try ClosedPort(takesConnections: true)
        let answers = await probe(silent.address).connect(to: ["127.0.0.2", "127.0.0.1"], within: Self.limit)
        #expect(answers.map(\.address) == ["127.0.0.2", "127.0.0.1"])
        #expect(answers.map { $0.error == nil } == [false, true])
        let closed = try ClosedPort()
        let error = await probe(closed.address).connect(to: ["127.0.0.1"], within: Self.limit).first?.error
        #expect(error?.cause == "no connection to \(closed.address.authority): connection refused")
        #expect(error?.advice != nil)
        withExtendedLifetime((silent, closed)) {}
    }

    static let certificates: [(String, subject: String, failure: String?)] = [
        ("good", "CN=good", nil),
        ("self-signed", "CN=localhost", "the certificate of localhost is signed by nobody but itself"),
        ("expired", "CN=expired", "the certificate of localhost has expired"),
        ("wrong-host", "CN=wrong-host", "the certificate is not for localhost but for other.example"),
    ]

    @Test("shows the protocol and the certificate, trusted or not", arguments: certificates)
    func shows(name: String, subject: String, failure: String?) async throws {
        try await withServer(
            tls: try Certificates.serverContext(name), host: "localhost",
            script: { peer, _ in
                try await peer.drain()
            }
        ) { server in
            let checked = try await probe(server, TLSTests.trusting).handshake(within: Self.limit)
            #expect(checked.version == "TLS 1.3")
            #expect(checked.certificate?.subject.contains(subject) == true, "\(checked)")
            #expect(checked.certificate?.issuer.isEmpty == false)
            #expect(checked.failure?.cause == failure)
            #expect(checked.isChecked)
            let isExpired = (checked.certificate?.validUntil ?? .distantPast) < Date()
            #expect(isExpired == (name == "expired"))
            let unchecked = try await probe(server, configuration { $0.tls.isInsecure = true })
                .handshake(within: Self.limit)
            #expect(unchecked.failure == nil)
            #expect(!unchecked.isChecked)
        }
    }

    @Test("tells a server that speaks plain text")
    func plainText() async throws {
        try await withServer(script: { peer, _ in
            try await peer.write("HTTP/1.1 400 Bad Request\r\n\r\n")
            try await peer.drain()
        }) { server in
            var server = server
            server.scheme = .https
            let plain = server
            let error = await #expect(throws: CallError.self) {
                try await probe(plain).handshake(within: Self.limit)
            }
            #expect(error?.cause == "\(server.authority) does not speak TLS")
            #expect(error?.advice == "if the server speaks plain text, use http://")
        }
    }

    @Test("does not wait for a handshake longer than it may")
    func silence() async throws {
        let port = try ClosedPort(takesConnections: true)
        let error = await #expect(throws: CallError.self) {
            try await probe(server("127.0.0.1", port.address.port)).handshake(
                within: .milliseconds(50))
        }
        #expect(error?.origin == .tls)
        #expect(error?.cause.contains("no end of the TLS handshake") == true)
        withExtendedLifetime(port) {}
    }
}
