import RPCCore

/// What is written in a field of a form, in every depth.
indirect enum DraftValue: Hashable, Sendable {
    /// What has no parts, as it is written in its row.
    case leaf(String)
    case message(DraftMessage)
    case list(DraftList)
    case map(DraftMap)
    /// JSON that its field cannot hold.
    case raw(String)
}

/// The fields of a message that are set.
struct DraftMessage: Hashable, Sendable {
    /// Which rows of an open message there are.
    enum Shown: Hashable, Sendable {
        case all
        /// Those of some fields; the rest is one row.
        case some(Set<Int>)
    }

    /// Of an `Any`: the URL of the type of what it holds.
    var typeURL: String?
    /// By their places among the fields of the definition.
    var fields: [Int: DraftValue] = [:]
    /// What the definition does not have, or has once.
    var others: [JSONTree.Member] = []
    /// Fields of the wire that the definition does not have, as base64. They are sent as they are.
    var unknown: String?
    /// What was taken away, for who wants it back.
    var dropped: [Int: DraftValue] = [:]
    var isOpen = false
    var shown = Shown.all

    /// So many fields that are not set make no row of their own where others are.
    static let foldedCount = 8

    /// Shows what is set first, where there is much that is not.
    mutating func fold(count: Int) {
        let isLong = count - fields.count > Self.foldedCount && !fields.isEmpty
        shown = isLong ? .some(Set(fields.keys)) : .all
    }
}

struct DraftList: Hashable, Sendable {
    var elements: [DraftValue] = []
    var isOpen = false
}

struct DraftMap: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        /// As it is written in a form.
        var key: String
        var value: DraftValue
    }

    var entries: [Entry] = []
    var isOpen = false
}

/// A step from a value to what it holds.
enum DraftStep: Hashable, Sendable {
    case field(Int)
    case element(Int)
    case entry(Int)
}

typealias DraftPath = [DraftStep]

extension DraftValue {
    /// What the path leads to; `nil` where that is not set, and to take it away.
    subscript(_ path: ArraySlice<DraftStep>) -> DraftValue? {
        get {
            guard let step = path.first else { return self }
            let rest = path.dropFirst()
            switch (self, step) {
            case (.message(let message), .field(let index)): return message.fields[index]?[rest]
            case (.list(let list), .element(let index)):
                return list.elements.indices.contains(index) ? list.elements[index][rest] : nil
            case (.map(let map), .entry(let index)):
                return map.entries.indices.contains(index) ? map.entries[index].value[rest] : nil
            default: return nil
            }
        }
        set {
            guard let step = path.first else {
                if let newValue { self = newValue }
                return
            }
            let rest = path.dropFirst()
            switch (self, step) {
            case (.message(var message), .field(let index)):
                if rest.isEmpty { message.fields[index] = newValue } else { message.fields[index]?[rest] = newValue }
                self = .message(message)
            case (.list(var list), .element(let index)) where list.elements.indices.contains(index):
                if rest.isEmpty, newValue == nil {
                    list.elements.remove(at: index)
                } else {
                    list.elements[index][rest] = newValue
                }
                self = .list(list)
            case (.map(var map), .entry(let index)) where map.entries.indices.contains(index):
                if rest.isEmpty, newValue == nil {
                    map.entries.remove(at: index)
                } else {
                    map.entries[index].value[rest] = newValue
                }
                self = .map(map)
            default: break
            }
        }
    }

    /// Whether the rows of what it holds are there; `nil` where it has none.
    var isOpen: Bool? {
        get {
            switch self {
            case .message(let message): message.isOpen
            case .list(let list): list.isOpen
            case .map(let map): map.isOpen
            case .leaf, .raw: nil
            }
        }
        set {
            guard let newValue else { return }
            switch self {
            case .message(var message):
                message.isOpen = newValue
                self = .message(message)
            case .list(var list):
                list.isOpen = newValue
                self = .list(list)
            case .map(var map):
                map.isOpen = newValue
                self = .map(map)
            case .leaf, .raw: break
            }
        }
    }

    /// Opens what was open in another.
    mutating func open(like other: DraftValue) {
        isOpen = other.isOpen
        switch (self, other) {
        case (.message(var message), .message(let other)):
            message.shown = other.shown
            for (index, value) in other.fields { message.fields[index]?.open(like: value) }
            self = .message(message)
        case (.list(var list), .list(let other)):
            for (index, value) in zip(list.elements.indices, other.elements) { list.elements[index].open(like: value) }
            self = .list(list)
        case (.map(var map), .map(let other)):
            for (index, entry) in zip(map.entries.indices, other.entries) {
                map.entries[index].value.open(like: entry.value)
            }
            self = .map(map)
        default: break
        }
    }
}
