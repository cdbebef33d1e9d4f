import RPCCore

extension Redaction {
    func redacted(_ head: CallHead) -> CallHead {
        var head = head
        head.options.metadata = redacted(head.options.metadata)
        head.options.method = head.options.method.map { redactedAddress($0) }
        head.plan = head.plan.map { redacted($0) }
        head.server = redactedAddress(head.server)
        return head
    }
}
