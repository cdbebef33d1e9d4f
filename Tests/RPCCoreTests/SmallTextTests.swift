import Testing

@testable import RPCCore

@Suite("Text of small messages")
struct SmallTextTests {
    @Test("bytes are text where they are UTF-8, wherever they are not ASCII", arguments: 0...20)
    func utf8(position: Int) {
        let plain = [UInt8](repeating: 0x61, count: 20)
        let accented = plain[..<position] + Array("é".utf8) + plain[position...]
        let broken = plain[..<position] + [0xC3] + plain[position...]
        #expect(accented.withUnsafeBytes { String(utf8Text: $0) } == String(decoding: accented, as: UTF8.self))
        #expect(broken.withUnsafeBytes { String(utf8Text: $0) } == nil)
        #expect(!accented.withUnsafeBytes { $0.isASCII })
        #expect(plain[..<position].withUnsafeBytes { $0.isASCII })
        #expect(
            plain[..<position].withUnsafeBytes { String(utf8Text: $0) } == String(repeating: "a", count: position))
    }

    @Test("numbers are appended in decimal", arguments: [0, 7, 10, 99, 1_000_000, -1, -120, .max, .min])
    func decimal(_ number: Int) {
        var bytes = Array("x".utf8)
        bytes.append(decimal: number)
        #expect(String(decoding: bytes, as: UTF8.self) == "x\(number)")
    }
}
