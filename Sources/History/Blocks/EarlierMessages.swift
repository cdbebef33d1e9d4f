import RPCCore

/// The payloads of a block of version 1: those that are a message's texts and what is around them, `{"name":"`, `","language":"`
/// and `"}`, of which the block has each kind once, and others as they are.
struct EarlierMessages {
    /// So many forms are kept for a block.
    private static let limit = 64

    private var forms: [Form] = []

    private struct Form {
        let before: UnsafeRawBufferPointer
        let between: UnsafeRawBufferPointer
        /// `nil` where the message has one text only.
        let after: UnsafeRawBufferPointer?
    }

    /// Reads the payload of a message with these texts, where it is known.
    /// - Returns: whether it is.
    mutating func readPayload(
        _ flags: MessageFlags, _ texts: MessageParts.Texts, _ reader: inout ByteReader, _ payload: inout [UInt8]
    ) throws(BlockDamage) -> Bool {
        switch MessageFlags.Wire(rawValue: flags.payload) ?? .none {
        case .none: return false
        case .whole: payload = Array(try reader.slice())
        case .form:
            let index = try reader.count()
            if index == forms.count, index < Self.limit { forms.append(try Self.form(&reader)) }
            guard index < forms.count else { throw BlockDamage() }
            let form = forms[index]
            payload.removeAll(keepingCapacity: true)
            payload += form.before
            payload += texts.first
            payload += form.between
            if let second = texts.second { payload += second }
            if let after = form.after { payload += after }
        }
        return true
    }

    private static func form(_ reader: inout ByteReader) throws(BlockDamage) -> Form {
        let (before, between) = (try reader.slice(), try reader.slice())
        return Form(before: before, between: between, after: try reader.byte() == 0 ? nil : try reader.slice())
    }
}
