import ProtobufSchema

/// A room of `demo.chat.v1.Chat`, and who is in it.
struct ChatRoom: Sendable {
    let name: String
    let topic: String
    let members: [String]
    /// What they say by themselves, in turn.
    let lines: [String]

    static let all = [
        ChatRoom(
            name: "lobby", topic: "Whoever comes by", members: ["Ada", "Edsger"],
            lines: ["Is anybody there?", "I have been waiting for a reply.", "Which one was it?"]),
        ChatRoom(
            name: "ops", topic: "What is on fire", members: ["Grace", "Leslie", "Barbara"],
            lines: ["The queue is empty again.", "Who has restarted it?", "Nobody has."]),
        ChatRoom(
            name: "tea", topic: "Nothing in particular", members: ["Tony"],
            lines: ["There is no milk.", "There is some now."]),
    ]

    /// Answers `Rooms`.
    @Sendable static func list(_ request: DynamicMessage) -> DynamicMessage {
        let rooms = all.filter { $0.name.hasPrefix(request.text("prefix")) }.map { room in
            DynamicMessage.Value.message(
                DynamicMessage(
                    "demo.chat.v1.Room",
                    ["name": .text(room.name), "topic": .text(room.topic), "members": .texts(room.members)]))
        }
        return DynamicMessage("demo.chat.v1.RoomList", ["rooms": .list(rooms)])
    }
}

/// A call of `Talk`. Holds a name, cut at 64 characters, and some numbers.
struct ChatTalk: ServiceCall {
    /// How long a room is silent before somebody in it says something.
    private static let silence = Duration.seconds(2)
    private static let nameLimit = 64
    /// Every which text somebody else has something to say to.
    private static let remarkInterval = 3

    private var room: ChatRoom?
    private var name = "guest"
    private var heard = 0
    /// What was said in the room.
    private var texts = 0
    private var linesSaid = 0

    mutating func receive(_ request: DynamicMessage) throws(GRPCStatus) -> [DynamicMessage] {
        let correlation = request.text("correlation")
        if let join = request.message("join") { return enter(join, correlation) }
        if let leave = request.message("leave") { return [go(leave.text("reason"), correlation)] }
        guard case .string(let text)? = request.value("text") else {
            return [refusal("join, text or leave must be given", correlation)]
        }
        return say(text, correlation)
    }

    var pace: Duration? { room == nil ? nil : Self.silence }

    mutating func speak() -> DynamicMessage? {
        guard let room else { return nil }
        linesSaid += 1
        let line = room.lines[(linesSaid - 1) % room.lines.count]
        return hear(from: room.members[(linesSaid - 1) % room.members.count], ("text", .text(line)))
    }

    private mutating func enter(_ join: DynamicMessage, _ correlation: String) -> [DynamicMessage] {
        let wanted = join.text("room").isEmpty ? "lobby" : join.text("room")
        guard let room = ChatRoom.all.first(where: { $0.name == wanted }) else {
            return [refusal("There is no room '\(wanted.prefix(Self.nameLimit))'", correlation)]
        }
        self.room = room
        (texts, linesSaid) = (0, 0)
        let name = join.text("name").prefix(Self.nameLimit)
        self.name = name.isEmpty ? "guest" : String(name)
        let joined = DynamicMessage.Content.message(
            "demo.chat.v1.Joined", ["room": .text(room.name), "members": .texts(room.members + [self.name])])
        return [
            hear(correlation, from: self.name, ("joined", joined)),
            hear(from: room.members[0], ("text", .text("Welcome, \(self.name)! \(room.topic)."))),
        ]
    }

    private mutating func say(_ text: String, _ correlation: String) -> [DynamicMessage] {
        guard let room else { return [refusal("Join a room before you say something", correlation)] }
        texts += 1
        let own = hear(correlation, from: name, ("text", .text(text)))
        guard texts.isMultiple(of: Self.remarkInterval) else { return [own] }
        let member = room.members[texts / Self.remarkInterval % room.members.count]
        return [own, hear(from: member, ("text", .text("You have said \(texts) things, \(name).")))]
    }

    private mutating func go(_ reason: String, _ correlation: String) -> DynamicMessage {
        guard let room = room.take() else { return refusal("You are in no room", correlation) }
        let left = DynamicMessage.Content.message(
            "demo.chat.v1.Left", ["room": .text(room.name), "reason": .text(reason), "texts": .count(texts)])
        return hear(correlation, from: name, ("left", left))
    }

    private mutating func refusal(_ reason: String, _ correlation: String) -> DynamicMessage {
        hear(correlation, from: "server", ("refused", .text(reason)))
    }

    private mutating func hear(
        _ correlation: String = "", from: String, _ what: (name: String, content: DynamicMessage.Content)
    ) -> DynamicMessage {
        heard += 1
        return DynamicMessage(
            "demo.chat.v1.Heard",
            [
                "correlation": .text(correlation), "number": .count(heard), "at": .time(.seconds(heard)),
                "from": .text(from), what.name: what.content,
            ])
    }
}
