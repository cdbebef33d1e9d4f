import RPCCore
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
            ("Demo:gRPC", ServerAddress(scheme: .demoGRPC, host: "127.0.0.1", port: 0)),
            // As they are pasted.
            ("localhost:8000", ServerAddress(scheme: .http, host: "localhost", port: 8000)),
            (" localhost:8000/api/\n", ServerAddress(scheme: .http, host: "localhost", port: 8000, basePath: "/api")),
            ("greeter.example", ServerAddress(scheme: .http, host: "greeter.example", port: 80)),
            ("http-server:80", ServerAddress(scheme: .http, host: "http-server", port: 80)),
            ("my_service:9", ServerAddress(scheme: .http, host: "my_service", port: 9)),
            ("127.0.0.1:8000", ServerAddress(scheme: .http, host: "127.0.0.1", port: 8000)),
            ("[::1]:8000", ServerAddress(scheme: .http, host: "::1", port: 8000)),
            ("ws://a.b:8010", ServerAddress(scheme: .http, host: "a.b", port: 8010)),
            ("wss://a.b/base", ServerAddress(scheme: .https, host: "a.b", port: 443, basePath: "/base")),
            ("grpc://a.b:1/prefix/", ServerAddress(scheme: .grpc, host: "a.b", port: 1, basePath: "/prefix")),
            ("grpc://[fe80::1%25eth0]:1", ServerAddress(scheme: .grpc, host: "fe80::1%eth0", port: 1)),
            ("grpc://[fe80::1%eth0]", ServerAddress(scheme: .grpc, host: "fe80::1%eth0", port: 80)),
            ("http://a.b./c%20d/é", ServerAddress(scheme: .http, host: "a.b.", port: 80, basePath: "/c%20d/%C3%A9")),
            // Sockets.
            ("unix:///run/x.sock", ServerAddress(scheme: .http, socketPath: "/run/x.sock")),
            ("unix:/run/x.sock", ServerAddress(scheme: .http, socketPath: "/run/x.sock")),
            ("http+unix:///run/x.sock", ServerAddress(scheme: .http, socketPath: "/run/x.sock")),
            ("https+unix:///run/x.sock", ServerAddress(scheme: .https, socketPath: "/run/x.sock")),
            ("GRPC+unix:///run/x%20y.sock", ServerAddress(scheme: .grpc, socketPath: "/run/x y.sock")),
            ("grpcs+unix:/x", ServerAddress(scheme: .grpcs, socketPath: "/x")),
            (
                "unix://%2Frun%2Fx.sock/base",
                ServerAddress(scheme: .http, socketPath: "/run/x.sock", basePath: "/base")
            ),
        ])
    func good(text: String, expected: ServerAddress) throws {
        #expect(try ServerAddress(parsing: text) == expected)
    }

    @Test(
        "an address that is none says what is wrong with it",
        arguments: [
            ("", "write http://localhost:8000"), ("  ", "write http://localhost:8000"),
            ("ftp://x", "the schemes are http://, https://, ws://"), ("htpp://x:1", "write http://x:1"),
            ("grcp://x", "write grpc://x"), ("h2c://x:1", "write grpc://x:1"), ("tcp://x:1", "write grpc://x:1"),
            ("dns:///x:50051", "write grpc://x:50051"), ("dns:x:50051", "write grpc://x:50051"),
            ("file:///run/x.sock", "write unix:///run/x.sock"),
            ("http://", "'http://' names no host; write http://localhost:8000"), ("http", "write http://HOST:PORT"),
            (":8000", "write http://localhost:8000"), ("8000", "write http://localhost:8000"),
            ("http:x", "write http://x"), ("http:/x:1", "write http://x:1"), ("grpc:50051", "write grpc://50051"),
            ("http://u:p@x", "--token-file"), ("u:p@x", "--token-file"),
            ("http://x?y", "ends with its path"), ("unix:///x#y", "ends with its path"),
            ("http://x:0", "not between 1 and 65535"), ("http://x:65536", "not between 1 and 65535"),
            ("http://x:99999999999999999999", "not between 1 and 65535"), ("http://x:+1", "no number for a port"),
            ("x:", "leave out the colon"), ("x:http", "no number for a port"), ("x:８０", "no number for a port"),
            ("::1", "in brackets"), ("http://fe80::1:80", "in brackets"), ("http://[::1", "not closed"),
            ("http://[::g]", "no IPv6 address"), ("http://[]", "no IPv6 address"), ("http://[fe80::1%]", "no IPv6"),
            ("http://[::1]80", "after the bracket"), ("300.0.0.1", "no IPv4 address"), ("http://10.1", "no IPv4"),
            ("local host:80", "has a space"), ("http://a\u{7}b", "has a space or a line break"),
            ("http://a..b", "no name of a host"), ("http://a!b", "no name of a host"), ("bücher.example", "xn--"),
            ("http://x/%zz", "write a plain % as %25"),
            ("demo", "written demo: or demo:grpc"), ("demo://x", "written demo:"), ("demo:http", "written demo:"),
            ("unix://", "whole path"), ("unix:run/x.sock", "as in unix:///run/greeter.sock"),
            ("unix:///" + String(repeating: "x", count: 103), "at most 103 bytes"), ("unix:///a%00b", "no zero"),
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
            ("unix:///run/x.sock", "localhost"), ("grpcs+unix:///run/x.sock", "localhost"),
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
        let texts = [
            "http://localhost:8010", "https://[::1]:443/base", "grpc://10.0.0.1:1", "grpc://a:1/b/c",
            "http://[fe80::1%eth0]:80", "unix:///run/x.sock", "grpcs+unix:///run/x%20y%3Fz.sock",
            "https+unix://%2Frun%2Fx%2Esock/base", "demo:grpc",
        ]
        for text in texts {
            let address = try ServerAddress(parsing: text)
            #expect(address.description == text)
            #expect(try ServerAddress(parsing: address.description) == address)
        }
    }

    @Test(
        "what may be secret is not quoted", arguments: ["ftp://u:hunter2@x", "http://x y?token=hunter2", "u:hunter2@"])
    func secrets(text: String) {
        let error = #expect(throws: ServerAddressError.self) { try ServerAddress(parsing: text) }
        #expect(error?.description.contains("hunter2") == false, "\(error?.description ?? "")")
    }

    @Test("only what names no dialect is read in the one that is asked for")
    func dialects() throws {
        #expect(try ServerAddress(parsing: "h:1", as: .grpc) == ServerAddress(scheme: .grpc, host: "h", port: 1))
        #expect(try ServerAddress(parsing: "unix:///x", as: .grpc) == ServerAddress(scheme: .grpc, socketPath: "/x"))
        #expect(try ServerAddress(parsing: "ws://h", as: .grpc).scheme == .http)
        #expect(!ServerAddress.namesDialect("h:1"))
        #expect(!ServerAddress.namesDialect("unix:///x"))
        #expect(ServerAddress.namesDialect("http://h:1"))
        #expect(ServerAddress.namesDialect("http+unix:///x"))
    }

    @Test("a socket is on this machine, and is named by its path where people read it")
    func sockets() {
        let server = ServerAddress(scheme: .grpc, socketPath: "/run/x.sock")
        #expect(server.isLoopback)
        #expect(server.authority == "/run/x.sock")
        #expect(server.beginning(in: .grpcs) == "grpcs+unix://")
        #expect(server.beginning(in: .http) == "unix://")
    }
}
