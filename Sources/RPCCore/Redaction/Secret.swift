/// A credential. It prints, interpolates and reflects as a mask; only ``reveal()`` gives it away.
public struct Secret: Hashable, Sendable {
    private let value: String

    public init(_ value: String) {
        self.value = value
    }

    /// The credential itself, for the one place that puts it on the wire.
    public func reveal() -> String { value }

    /// What stands for a credential on screen, in logs and in recordings.
    public static let mask = "[redacted]"
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { Self.mask }
    public var debugDescription: String { Self.mask }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
