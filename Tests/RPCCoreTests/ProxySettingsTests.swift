import RPCCore
import Testing

@Suite("Proxies")
struct ProxySettingsTests {
    @Test(
        "NO_PROXY covers what curl says it does",
        arguments: [
            ("*", "a.b", 80, true), ("a.b", "a.b", 80, true), ("a.b", "x.a.b", 80, true), ("a.b", "xa.b", 80, false),
            (".a.b", "x.a.b", 80, true), (".a.b", "a.b", 80, true), ("*.a.b", "x.a.b", 80, true),
            ("A.b.", "a.B", 80, true), ("a.b", "a.b.", 80, true), ("x, a.b ,y", "a.b", 80, true),
            ("x a.b", "a.b", 80, true),
            ("a.b:81", "a.b", 80, false), ("a.b:80", "a.b", 80, true), ("a.b:x", "a.b", 80, false),
            ("10.0.0.0/8", "10.1.2.3", 80, true), ("10.0.0.0/8", "11.1.2.3", 80, false),
            ("10.0.0.0/8", "a10.b", 80, false),
            ("192.168.1.128/25", "192.168.1.127", 80, false), ("192.168.1.128/25", "192.168.1.200", 80, true),
            ("0.0.0.0/0", "1.2.3.4", 80, true), ("0.0.0.0/0", "::1", 80, false), ("10.0.0.0/33", "10.0.0.0", 80, false),
            ("10.0.0.1", "10.0.0.1", 80, true), ("10.0.0.1:81", "10.0.0.1", 80, false), ("0.1", "10.0.0.1", 80, false),
            ("fd00::/8", "fd12::1", 80, true), ("fd00::/8", "fe80::1", 80, false), ("::1", "0:0:0:0:0:0:0:1", 80, true),
            ("[::1]:80", "::1", 80, true), ("[::1]:81", "::1", 80, false), ("::ffff:10.0.0.1", "10.0.0.1", 80, true),
            ("", "a.b", 80, false), (",,", "a.b", 80, false), (".", "a.b", 80, false),
        ])
    func noProxy(list: String, host: String, port: Int, expected: Bool) {
        #expect(NoProxyList(list).covers(host, port: port) == expected)
    }

    private static let all = [
        "HTTP_PROXY": "http://h:1", "https_proxy": "socks5h://u:p%3As@s:2", "HTTPS_PROXY": "http://not:3",
        "ALL_PROXY": "all:4", "NO_PROXY": "inside.example",
    ]

    @Test(
        "the variable for a server is that of its encryption",
        arguments: [
            ("http://a.b", all, "http://h:1 (HTTP_PROXY)"), ("grpc://a.b", all, "http://h:1 (HTTP_PROXY)"),
            ("https://a.b", all, "socks5h://•••@s:2 (https_proxy)"),
            ("grpcs://a.b", all, "socks5h://•••@s:2 (https_proxy)"),
            ("https://a.b", ["ALL_PROXY": "all:4"], "http://all:4 (ALL_PROXY)"),
            ("https://a.b", ["HTTP_PROXY": "h:1"], "direct"), ("https://a.b", ["HTTPS_PROXY": ""], "direct"),
            ("http://x.inside.example", all, "direct: NO_PROXY says so"),
            ("http://127.0.0.1", all, "direct: HTTP_PROXY is not for this machine"),
            ("http://localhost", all, "direct: HTTP_PROXY is not for this machine"),
            ("unix:///x", all, "direct"), ("demo:", all, "direct"),
            ("http://a.b", ["HTTP_PROXY": "h:1", "REQUEST_METHOD": "GET"], "direct"),
            ("http://a.b", ["http_proxy": "h:1", "REQUEST_METHOD": "GET"], "http://h:1 (http_proxy)"),
        ])
    func environment(server: String, variables: [String: String], expected: String) throws {
        let way = try ProxySettings(.environment, environment: variables).way(to: ServerAddress(parsing: server))
        let text =
            switch way {
            case .proxy(let proxy): "\(proxy) (\(proxy.origin))"
            case .direct(let reason): "direct" + (reason.map { ": \($0)" } ?? "")
            }
        #expect(text.replacing(Secret.mask, with: "•••") == expected)
    }

    @Test("what was asked for counts more than the environment, and for this machine, too")
    func chosen() throws {
        let proxy = try ProxyAddress(parsing: "socks5://x", origin: "--proxy")
        let server = try ServerAddress(parsing: "http://127.0.0.1")
        #expect(try ProxySettings(.proxy(proxy), environment: Self.all).way(to: server) == .proxy(proxy))
        #expect(
            try ProxySettings(.direct, environment: Self.all).way(to: ServerAddress(parsing: "http://a.b"))
                == .direct(nil))
        #expect(proxy.port == 1080)
    }

    @Test(
        "a proxy that is none says why, and quotes no password",
        arguments: [
            ("ftp://u:hunter2@h", "the schemes are"), ("socks4://h", "the schemes are"),
            ("http://u:hunter2@", "names no host"),
            ("http://h:0", "not between"), ("http://h/x", "ends with its port"), ("socks5://hunter2@h", "RFC 1929"),
            ("http://u:hunter2%0A@h", "control character"),
        ])
    func bad(text: String, problem: String) {
        let error = #expect(throws: ServerAddressError.self) { try ProxyAddress(parsing: text, origin: "x") }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test("user and password are decoded, sent as RFC 7617 has it, and never shown")
    func credentials() throws {
        let proxy = try ProxyAddress(parsing: "http://Aladdin:open%20sesame@h:1", origin: "x")
        #expect(proxy.basicAuthorization?.reveal() == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        #expect(!"\(proxy)".contains("sesame") && !"\(proxy)".contains("Aladdin"))
        let secrets = ProxySettings(.environment, environment: Self.all).secrets.map { $0.reveal() }
        #expect(secrets.contains("p:s"))
    }
}
