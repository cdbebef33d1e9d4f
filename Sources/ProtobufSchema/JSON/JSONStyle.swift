/// How a message is written in JSON.
public struct JSONStyle: Hashable, Sendable {
    /// Whether fields that are not set are written, too, with what they mean.
    public var emitsDefaults = false
    /// Whether fields have their original names, and not those of JSON.
    public var usesOriginalNames = false
    public var writesEnumsAsNumbers = false
    /// Whether integers of 64 bits are numbers, and not texts.
    public var writes64BitAsNumbers = false
    /// Whether what is not in a definition is written, too, as ``MessageValue/unknownName``.
    var keepsUnknown = false
    /// Whether a message that does not fit JSON is written as far as it does, with the reason where the rest would be.
    public var isLenient = false

    public init() {}

    /// The JSON of the gateway, which knows no other names than the original ones, and no names of enums.
    public static let gateway: JSONStyle = {
        var style = JSONStyle()
        style.usesOriginalNames = true
        style.writesEnumsAsNumbers = true
        style.writes64BitAsNumbers = true
        return style
    }()
}
