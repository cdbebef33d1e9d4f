/// The answers of a short call, so that its pairs can be listed one by one when the rule becomes another.
package struct ListedAnswers: Sendable {
    /// Calls with more answers are not listed.
    package static let limit = 32

    private var answers: [StreamMessage] = []
    private var isTooLong = false

    package init() {}

    package mutating func observe(_ messages: [StreamMessage]) {
        guard !isTooLong else { return }
        for message in messages where message.place != nil {
            guard answers.count < Self.limit else {
                isTooLong = true
                answers = []
                return
            }
            var answer = message
            // What it says is of no interest here, and may be long.
            answer.role = message.isRefusal ? .rejection("") : .response
            answer.payload = Payload(message.payload.codec, message.payload.encoding, [])
            answers.append(answer)
        }
    }

    /// The number of each answer and of its request; empty where there are too many, or none.
    package func pairs(_ pairings: Pairings) -> [(reply: Int, request: Int)] {
        answers.compactMap { answer in pairings.pair(of: answer).map { (answer.number, $0.request) } }
    }
}
