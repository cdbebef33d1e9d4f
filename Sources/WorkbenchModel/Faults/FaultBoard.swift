/// A way in which the demo server can be made to fail, as whoever knows that server describes it.
public struct FaultKind: Hashable, Sendable {
    public var name: String
    /// How it is written, with a word for its value: `refuse=N`.
    public var form: String
    /// What it does, in one line.
    public var meaning: String
    /// What its value must be; `nil` for one without a value.
    public var expectation: String?

    public init(name: String, form: String, meaning: String, expectation: String? = nil) {
        self.name = name
        self.form = form
        self.meaning = meaning
        self.expectation = expectation
    }
}

/// An order for the demo server to fail in one of its ways.
public struct FaultOrder: Hashable, Sendable {
    public var name: String
    public var value: String?

    public init(name: String, value: String? = nil) {
        self.name = name
        self.value = value
    }

    /// Reads `refuse=2` or `stall`, whether there is such a fault or not.
    public init(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        self.init(name: parts.first ?? "", value: parts.count > 1 ? parts[1] : nil)
    }

    /// As it is written on the command line: `refuse=2`.
    public var text: String { value.map { "\(name)=\($0)" } ?? name }
}

/// The faults of the demo server: which there are, and which are ordered.
public struct FaultBoard: Hashable, Sendable {
    public let kinds: [FaultKind]
    /// In the order of the kinds; one of each at most.
    public private(set) var orders: [FaultOrder] = []

    /// - Parameter orders: What is ordered from the beginning.
    public init(_ kinds: [FaultKind] = [], orders: [FaultOrder] = []) {
        self.kinds = kinds
        for order in orders { place(order) }
    }

    public func kind(_ name: String) -> FaultKind? { kinds.first { $0.name == name } }

    public func order(of name: String) -> FaultOrder? { orders.first { $0.name == name } }

    /// Orders a fault, in place of an order of the same name.
    mutating func place(_ order: FaultOrder) {
        takeBack(order.name)
        orders.append(order)
        let ranks = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($1.name, $0) })
        orders.sort { ranks[$0.name, default: .max] < ranks[$1.name, default: .max] }
    }

    mutating func takeBack(_ name: String) {
        orders.removeAll { $0.name == name }
    }

    mutating func takeAllBack() {
        orders = []
    }
}
