import RPCCore

/// What two bytes say of a message.
struct MessageFlags: RawRepresentable {
    var rawValue: UInt16

    init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    init(_ role: MessageParts.Role) {
        rawValue = role.rawValue
    }

    /// All four values are roles.
    var role: MessageParts.Role { MessageParts.Role(rawValue: rawValue & 3) ?? .request }

    var form: StreamMessage.Form {
        get { Self.forms[Int(rawValue >> 2 & 3)] }
        set { set(UInt16(Self.forms.firstIndex(of: newValue) ?? 0), at: 2) }
    }

    /// In this order for good: blocks on disk say so.
    private static let forms: [StreamMessage.Form] = [.jsonBody, .serverSentEvent, .textFrame, .grpcMessage]

    enum Language: UInt16 { case none, same, other }
    enum Answers: UInt16 { case none, next, other, placed }
    /// In blocks of version 1: how the payload, which is JSON, is written.
    enum Wire: UInt16 { case none, form, whole }
    /// Where the texts are: nowhere, beside the payload, in it where the last message has them, in it elsewhere.
    enum Texts: UInt16 { case none, apart, same, other }

    /// The encoding of the payload; 0 where there is none.
    var payload: UInt16 {
        get { rawValue >> 4 & 3 }
        set { set(newValue, at: 4) }
    }

    /// Of texts beside the payload.
    var language: Language {
        get { Language(rawValue: rawValue >> 6 & 3) ?? .none }
        set { set(newValue.rawValue, at: 6) }
    }

    var answers: Answers {
        get { Answers(rawValue: rawValue >> 8 & 3) ?? .none }
        set { set(newValue.rawValue, at: 8) }
    }

    /// Whether the size is written: it is not that of the payload.
    var hasSize: Bool {
        get { rawValue >> 10 & 1 == 1 }
        set { set(newValue, at: 10) }
    }

    /// Whether the place among the answers is written: it does not follow from the message before.
    var hasPlace: Bool {
        get { rawValue >> 11 & 1 == 1 }
        set { set(newValue, at: 11) }
    }

    var texts: Texts {
        get { Texts(rawValue: rawValue >> 12 & 3) ?? .none }
        set { set(newValue.rawValue, at: 12) }
    }

    private mutating func set(_ isSet: Bool, at bit: UInt16) {
        rawValue = isSet ? rawValue | 1 << bit : rawValue & ~(1 << bit)
    }

    private mutating func set(_ value: UInt16, at bit: UInt16) {
        rawValue = rawValue & ~(3 << bit) | value << bit
    }
}
