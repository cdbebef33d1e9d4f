import Foundation

/// The value of `Sec-WebSocket-Accept` for a key (RFC 6455, 4.2.2).
func acceptKey(for key: String) -> String {
    Data(sha1(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))).base64EncodedString()
}

/// FIPS 180-4, 6.1.
private func sha1(_ message: [UInt8]) -> [UInt8] {
    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    var padded = message + [0x80]
    padded += Array(repeating: 0, count: (120 - padded.count % 64) % 64)
    let bits = UInt64(message.count) * 8
    padded += withUnsafeBytes(of: bits.bigEndian, Array.init)
    for block in stride(from: 0, to: padded.count, by: 64) { mix(padded[block..<block + 64], into: &state) }
    return state.flatMap { word -> [UInt8] in [24, 16, 8, 0].map { (shift: UInt32) in UInt8(word >> shift & 0xFF) } }
}

private func mix(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
    let bytes = block.map(UInt32.init)
    var words: [UInt32] = stride(from: 0, to: 64, by: 4).map { start in
        bytes[start..<start + 4].reduce(0) { $0 << 8 | $1 }
    }
    for index in 16..<80 {
        words.append(rotate(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1))
    }
    var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
    for (index, word) in words.enumerated() {
        let (function, constant): (UInt32, UInt32) =
            switch index {
            case ..<20: ((b & c) | (~b & d), 0x5A82_7999)
            case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
            case ..<60: ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC)
            default: (b ^ c ^ d, 0xCA62_C1D6)
            }
        (a, b, c, d, e) = (rotate(a, 5) &+ function &+ e &+ constant &+ word, a, rotate(b, 30), c, d)
    }
    for (index, value) in [a, b, c, d, e].enumerated() { state[index] &+= value }
}

private func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 {
    value << count | value >> (32 - count)
}
