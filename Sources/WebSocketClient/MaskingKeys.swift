import Foundation

/// The keys that mask the frames of a client, from the system's source of randomness (RFC 6455, 5.3 and 10.3).
///
/// Drawn many at a time: a system call for each would cost more than the frame.
struct MaskingKeys {
    /// As many as the system gives at once (POSIX.1-2024, getentropy: 256 bytes).
    private static let supply = 64

    private var keys: [UInt32] = []

    mutating func next() -> UInt32 {
        if keys.isEmpty { draw() }
        return keys.removeLast()
    }

    private mutating func draw() {
        keys = [UInt32](unsafeUninitializedCapacity: Self.supply) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            count = bytes.baseAddress.map { getentropy($0, bytes.count) } == 0 ? Self.supply : 0
        }
        guard keys.isEmpty else { return }
        var generator = SystemRandomNumberGenerator()
        keys = [generator.next()]
    }
}
