/// The encoding of a block of ``OrderToken``, version 1: a byte with the version, then for each its kind in a byte, its numbers,
/// and for those that have a time how much later it was.
struct OrderEncoder {
    static let version: UInt8 = 1

    private let first: Int
    private var count = 0
    private var firstTime: Int64 = 0
    private var time: Int64 = 0
    private var writer = ByteWriter()

    init(first: Int) {
        self.first = first
    }

    var next: Int { first + count }
    var byteCount: Int { writer.count }
    var isEmpty: Bool { count == 0 }
    var isFull: Bool { writer.count >= Block.byteLimit }

    var block: Block {
        Block(
            stream: .order, first: first, count: count, firstTime: firstTime, lastTime: time, data: writer.bytes)
    }

    mutating func append(_ token: OrderToken) {
        if count == 0 { writer.append(byte: Self.version) }
        count += 1
        switch token {
        case .sent(let count):
            writer.append(byte: 0)
            writer.append(count: count)
        case .received(let count):
            writer.append(byte: 1)
            writer.append(count: count)
        case .acknowledged(let number, let time):
            writer.append(byte: 2)
            writer.append(count: number)
            advance(to: time)
        case .resent(let numbers, let time):
            writer.append(byte: 3)
            writer.append(count: numbers.lowerBound)
            writer.append(count: numbers.count - 1)
            advance(to: time)
        case .fact: writer.append(byte: 4)
        }
    }

    private mutating func advance(to time: Int64) {
        writer.append(signed: time &- self.time)
        if firstTime == 0 { firstTime = time }
        self.time = time
    }
}

extension Block {
    /// The tokens of a block of the order.
    /// - Throws: ``BlockDamage`` where it is none.
    func tokens() throws -> [OrderToken] {
        try data.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            guard try reader.byte() == OrderEncoder.version else { throw BlockDamage() }
            var tokens: [OrderToken] = []
            var time: Int64 = 0
            for _ in 0..<count { tokens.append(try Self.token(&reader, &time)) }
            guard reader.isAtEnd else { throw BlockDamage() }
            return tokens
        }
    }

    private static func token(_ reader: inout ByteReader, _ time: inout Int64) throws(BlockDamage) -> OrderToken {
        switch try reader.byte() {
        case 0: return .sent(try reader.count())
        case 1: return .received(try reader.count())
        case 2:
            let number = try reader.count()
            time &+= try reader.signed()
            return .acknowledged(upTo: number, at: time)
        case 3:
            let first = try reader.count()
            let last = first + (try reader.count())
            time &+= try reader.signed()
            return .resent(first...last, at: time)
        case 4: return .fact
        default: throw BlockDamage()
        }
    }
}
