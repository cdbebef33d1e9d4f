import GreeterCore
import Testing

@Suite("Server addresses")
struct ServerAddressTests {
    @Test(
        "an address is read as people write it",
        arguments: [
            ("http://localhost:8010", ServerAddress(scheme: .http, host: "localhost", port: 8010)),
            ("https://greeter.example", ServerAddress(scheme: .https, host: "greeter.example", port: 443)),
            ("HTTP://a.b/base/", ServerAddress(scheme: .http, host: "a.b", port: 80, basePath: "/base")),
            ("http://[::1]:90/x/y", ServerAddress(scheme: .http, host: "::1", port: 90, basePath: "/x/y")),
            ("grpcs://a.b:50051", ServerAddress(scheme: .grpcs, host: "a.b", port: 50051)),
            ("demo:", ServerAddress(scheme: .demo, host: "127.0.0.1", port: 0)),
        ])
    func good(text: String, expected: ServerAddress) throws {
        #expect(try ServerAddress(parsing: text) == expected)
    }

    @Test(
        "an address that is none says what is wrong with it",
        arguments: [
            ("", "is not a server address"), ("localhost:8010", "known scheme"), ("ftp://x", "known scheme"),
            ("http://", "names no host"), ("http://u:p@x", "no user name or password"),
            ("http://x?y", "has a query"), ("http://x:0", "not between 1 and 65535"),
            ("http:x", "known scheme"), ("demo://x", "known scheme"), ("nonsense", "is not a server address"),
        ])
    func bad(text: String, problem: String) {
        let error = #expect(throws: ServerAddressError.self) { try ServerAddress(parsing: text) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test(
        "loopback is recognised, and nothing else is taken for it",
        arguments: [
            ("127.0.0.1", true), ("127.1.2.3", true), ("::1", true), ("localhost", true), ("a.localhost", true),
            ("127.example.com", false), ("127.0.0.1.example.com", false), ("10.0.0.1", false),
            ("localhost.example.com", false), ("0.0.0.0", false),
        ])
    func loopback(host: String, expected: Bool) {
        #expect(ServerAddress(scheme: .http, host: host, port: 1).isLoopback == expected)
    }

    @Test(
        "Host names no port that goes without saying",
        arguments: [
            ("http://a.b", "a.b"), ("http://a.b:80", "a.b"), ("http://a.b:443", "a.b:443"),
            ("https://a.b:443", "a.b"), ("https://a.b:80", "a.b:80"), ("http://127.0.0.1:8010", "127.0.0.1:8010"),
            ("http://[::1]", "[::1]"), ("https://[::1]:8443", "[::1]:8443"), ("grpcs://a.b", "a.b"),
        ])
    func hostField(text: String, expected: String) throws {
        #expect(try ServerAddress(parsing: text).hostField == expected)
    }

    @Test("Host has no zone, and the port that connections go to")
    func hostFieldOfThisMachine() {
        #expect(ServerAddress(scheme: .http, host: "fe80::1%eth0", port: 80).hostField == "[fe80::1]")
        var shown = ServerAddress(scheme: .http, host: "127.0.0.1", port: 80)
        shown.actualPort = 8010
        #expect(shown.hostField == "127.0.0.1:8010")
    }

    @Test("an address is written as it can be read again")
    func roundTrip() throws {
        for text in ["http://localhost:8010", "https://[::1]:443/base", "grpc://10.0.0.1:1"] {
            #expect(try ServerAddress(parsing: text).description == text)
        }
    }
}
