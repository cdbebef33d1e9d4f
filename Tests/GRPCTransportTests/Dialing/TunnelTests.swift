import NIOCore
import RPCCore
import Testing
import TransportSupport

@Suite("Tunnels")
struct TunnelTests {
    /// What a tunnel makes of an answer that comes in two parts.
    private func run(
        _ tunnel: any Tunnel, _ answers: [[UInt8]], cutAt cut: Int
    ) throws -> (written: [[UInt8]], rest: [UInt8]) {
        var tunnel = tunnel
        var buffer = ByteBuffer()
        var written = [Array(buffer: tunnel.begin())]
        var isOpen = false
        for answer in answers {
            let parts = [answer.prefix(cut), answer.dropFirst(cut)]
            for part in parts {
                buffer.writeBytes(part)
                reading: while !isOpen {
                    switch try tunnel.read(&buffer) {
                    case .wait: break reading
                    case .write(let bytes): written.append(Array(buffer: bytes))
                    case .open: isOpen = true
                    }
                }
            }
        }
        #expect(isOpen)
        return (written, Array(buffer: buffer))
    }

    @Test("CONNECT asks as RFC 9110 has it, and leaves what is the server's, wherever the answer is cut")
    func connect() throws {
        let answer = Array(
            "HTTP/1.1 103 Early\r\nX: y\r\n\r\nHTTP/1.0 200 Connection established\r\nVia: x\r\n\r\nhello".utf8)
        for cut in 0...answer.count {
            let seen = try run(
                ConnectTunnel(to: "[::1]:443", authorization: Secret("Basic YTpi")), [answer], cutAt: cut)
            #expect(
                seen.written == [
                    Array(
                        "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\nUser-Agent: greeter-tui\r\nProxy-Authorization: Basic YTpi\r\n\r\n"
                            .utf8)
                ])
            #expect(seen.rest == Array("hello".utf8))
        }
    }

    @Test("SOCKS asks as RFC 1928 and 1929 have it, wherever the answers are cut")
    func socks() throws {
        for cut in 0...24 {
            let seen = try run(
                SOCKSTunnel(to: .name("a.b"), port: 0x0102, user: ("ana", Secret("pw"))),
                [[5, 2], [1, 0], [5, 0, 0, 4] + Array(repeating: 9, count: 18) + [0x68]], cutAt: cut)
            #expect(
                seen.written == [
                    [5, 2, 0, 2], [1, 3, 0x61, 0x6E, 0x61, 2, 0x70, 0x77], [5, 1, 0, 3, 3, 0x61, 0x2E, 0x62, 1, 2],
                ])
            #expect(seen.rest == [0x68])
        }
        let plain = try run(
            SOCKSTunnel(to: .address([127, 0, 0, 1]), port: 80, user: nil),
            [[5, 0], [5, 0, 0, 3, 2, 0x61, 0x62, 0, 80]], cutAt: 1)
        #expect(plain.written == [[5, 1, 0], [5, 1, 0, 1, 127, 0, 0, 1, 0, 80]])
        #expect(plain.rest.isEmpty)
    }
}
