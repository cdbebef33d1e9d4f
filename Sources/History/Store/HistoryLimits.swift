/// How much is kept. What is over goes at the start and after each call, the oldest first; never a call that goes on.
public struct HistoryLimits: Hashable, Sendable {
    /// Calls that began longer ago are deleted; `nil` keeps them.
    public var age: Duration?
    /// What all calls may take on the disk, in bytes; `nil` for no bound.
    public var bytes: Int?

    /// 30 days and 2 GiB.
    public static let standard = HistoryLimits(age: .seconds(30 * 86_400), bytes: 2 << 30)

    public init(age: Duration?, bytes: Int?) {
        self.age = age
        self.bytes = bytes
    }
}
