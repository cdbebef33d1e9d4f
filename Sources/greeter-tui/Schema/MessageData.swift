import Foundation
import ProtobufSchema
import RPCCore

/// The requests that `-d` gives: JSON values, one after another.
struct MessageData {
    /// The most that is read at once, in bytes.
    private static let limit = 64 << 20

    /// Where the data stand, for errors: `-d`, the name of a file, `standard input`.
    let place: String
    let bytes: [UInt8]

    /// - Parameter argument: JSON, `@` and the name of a file, or `-` or `@-` for standard input.
    init(_ argument: String) throws(Exit) {
        guard argument != "@" else { throw .usage("-d: name a file behind the @, or give - for standard input") }
        do throws(FileReadingError) {
            if Self.isStandardInput(argument) {
                place = "standard input"
                bytes = try FileReading.contents(of: STDIN_FILENO, named: place, limit: Self.limit)
            } else if argument.hasPrefix("@") {
                place = String(argument.dropFirst())
                bytes = try FileReading.contents(of: place, limit: Self.limit, from: .stream)
            } else {
                place = "-d"
                bytes = Array(argument.utf8)
            }
        } catch {
            throw .usage("\(error)")
        }
    }

    static func isStandardInput(_ argument: String) -> Bool { argument == "-" || argument == "@-" }

    /// The bytes as text: without the mark before it that some programs write.
    private var text: [UInt8] {
        bytes.starts(with: UTF8Text.mark) ? Array(bytes.dropFirst(UTF8Text.mark.count)) : bytes
    }

    /// Whether they are meant as JSON: an argument is, and what begins with a brace. No message of the wire format does: it would
    /// begin with a group of the number 15.
    var isJSON: Bool {
        place == "-d" || text.first == UInt8(ascii: "{")
    }

    /// The types that they name for messages in `Any`.
    var typeNames: [String] { NamedTypes.names(in: bytes) }

    /// The messages, checked by their definition.
    /// - Throws: ``Exit`` with status 2 that names the line, the column and the field.
    func messages(_ codec: any MessageCodec, allowsUnknown: Bool) throws(Exit) -> [MessageValue] {
        guard let codec = codec as? DynamicMessageCodec else { return try values() }
        do throws(JSONMessageFault) {
            return try DynamicMessage.sequence(
                codec.descriptor, json: text, in: codec.schema, allowsUnknown: allowsUnknown
            )
            .map(codec.value)
        } catch {
            let (line, column) = error.position(in: text)
            throw .usage("\(place):\(line):\(column): \(error.text)")
        }
    }

    /// JSON values as they stand, for messages that have no definition.
    private func values() throws(Exit) -> [MessageValue] {
        let values: Result<[MessageValue], JSONValueFault> = text.withUnsafeBytes { bytes in
            Result { () throws(JSONValueFault) in
                try JSONCheck.values(in: bytes).map { value in
                    let text = String(decoding: value, as: UTF8.self)
                    return MessageValue([MessageValue.Field(UndefinedMessageCodec.whole, text)])
                }
            }
        }
        do throws(JSONValueFault) {
            return try values.get()
        } catch {
            let fault = JSONMessageFault(reason: error.fault.problem, offset: error.fault.offset, path: "")
            let (line, column) = fault.position(in: text)
            throw .usage("\(place):\(line):\(column): \(fault.text)")
        }
    }
}
