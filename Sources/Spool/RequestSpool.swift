import Foundation
package import RPCCore

/// Requests kept to be sent again: the first ones in memory, more in a file, up to a bound.
///
/// In memory at most ``memoryLimit`` requests and two blocks of 64 KiB; on disk at most ``diskLimit`` bytes, in a file
/// that has no name and so is gone with the process.
package struct RequestSpool {
    /// Requests kept in memory.
    package static let memoryLimit = 10_000
    /// Bytes kept on disk.
    package static let diskLimit = 256 << 20

    private let memoryLimit: Int
    private let diskLimit: Int
    private var memory: [Payload] = []
    private var file: SpoolFile?
    package private(set) var count = 0

    package init(memoryLimit: Int = Self.memoryLimit, diskLimit: Int = Self.diskLimit) {
        self.memoryLimit = memoryLimit
        self.diskLimit = diskLimit
    }

    /// A place in the spool, from which reading goes on.
    package struct Cursor: Hashable, Sendable {
        package var position = 0
        fileprivate var offset = 0

        package init() {}
    }

    /// Keeps requests: all of them, or where there is no room for all, none.
    /// - Returns: whether there was room.
    package mutating func append(_ requests: [Payload]) -> Bool {
        let room = memoryLimit - memory.count
        if requests.count > room {
            if file == nil, diskLimit > 0 { file = SpoolFile() }
            guard let file, file.length < diskLimit, file.append(requests.dropFirst(room)) else { return false }
        }
        memory += requests.prefix(room)
        count += requests.count
        return true
    }

    /// The next requests after a place, at most `limit`, and moves the place on.
    /// - Returns: nothing at the end; `nil` when the file cannot be read any more.
    package func read(_ cursor: inout Cursor, atMost limit: Int) -> [Payload]? {
        if cursor.position < memory.count {
            let batch = Array(memory[cursor.position..<min(memory.count, cursor.position + limit)])
            cursor.position += batch.count
            return batch
        }
        guard cursor.position < count, let file else { return [] }
        guard let batch = file.read(at: &cursor.offset, atMost: min(limit, count - cursor.position)) else { return nil }
        cursor.position += batch.count
        return batch
    }
}

/// The part of a spool that is on disk: requests one after the other, each as its length and its bytes.
private final class SpoolFile {
    private let descriptor: Int32
    private var pending: [UInt8] = []
    private(set) var length = 0
    private static let block = 64 << 10
    /// What reads the requests, and in which encoding they are: that of the first, for all are of one plan.
    private var first: Payload?

    init?() {
        var template = Array((NSTemporaryDirectory() + "/greeter-tui-spool-XXXXXX").utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { return nil }
        unlink(template)
    }

    deinit { close(descriptor) }

    func append(_ requests: some Sequence<Payload>) -> Bool {
        for request in requests {
            first = first ?? request
            append(UInt32(request.bytes.count))
            pending += request.bytes
        }
        return pending.count < Self.block || flush()
    }

    private func append(_ number: UInt32) {
        withUnsafeBytes(of: number) { pending += $0 }
    }

    private func flush() -> Bool {
        var rest = pending[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(length)) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return false }
            length += written
            rest = rest.dropFirst(written)
        }
        pending.removeAll(keepingCapacity: true)
        return true
    }

    func read(at offset: inout Int, atMost limit: Int) -> [Payload]? {
        guard flush() else { return nil }
        var requests: [Payload] = []
        var bytes = fetch(from: offset, count: Self.block)
        while requests.count < limit {
            guard let record = Self.record(in: bytes) else {
                // A record that is longer than what was fetched, or the end of the block.
                if !requests.isEmpty { break }
                let more = fetch(from: offset, count: bytes.count * 2)
                guard more.count > bytes.count else { return nil }
                bytes = more
                continue
            }
            if let first { requests.append(Payload(first.codec, first.encoding, record)) }
            offset += Self.head + record.count
            bytes = bytes.dropFirst(Self.head + record.count)
        }
        return requests
    }

    private func fetch(from offset: Int, count: Int) -> ArraySlice<UInt8> {
        var bytes = [UInt8](repeating: 0, count: max(1, min(count, length - offset)))
        let wanted = bytes.count
        let got = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, wanted, off_t(offset)) }
        return bytes.prefix(max(0, got))
    }

    /// Bytes of a length.
    private static let head = 4

    /// The first record; `nil` where not all of it is there.
    private static func record(in bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard bytes.count >= head else { return nil }
        let length = bytes.withUnsafeBytes { Int($0.loadUnaligned(as: UInt32.self)) }
        guard bytes.count - head >= length else { return nil }
        return bytes.dropFirst(head).prefix(length)
    }
}
