/// The codes of CLOSE frames.
enum CloseCode {
    /// Whether a code may stand in a frame: those of the IANA's registry that are not set aside for what never travels, and
    /// those that are left to libraries and applications (RFC 6455, 7.4).
    static func isSendable(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
