import Plans
import ProtobufSchema
import RPCCore
import TestSupport
import WorkbenchModel

@testable import WorkbenchUI

extension Scene {
    private static let bookJSON = #"""
        {"name":"shelves/1/books/2","title":"Der Prozeß \u001b[2J","authors":["Franz Kafka","Max Brod"],"genre":"GENRE_NOVEL",
        "pages":12,"labels":{"lang":"de","run":"7"},"cover":"AAEC","published":"1925-04-26T00:00:00Z"}
        """#

    /// The plan of a method whose one request is a book.
    private static let book: Scene = {
        var scene = Scene()
        guard let files = try? DescriptorSet.files(in: MessageSchemas.bytes()) else { return scene }
        let schema = Schema(files)
        guard let message = schema.message("demo.v1.Book") else { return scene }
        let codec = DynamicMessageCodec(message, in: schema)
        guard let book = Array(bookJSON.utf8).withUnsafeBytes({ codec.value(of: $0, as: .json) }) else { return scene }
        let ref = MethodRef(service: "demo.v1.Library", name: "ImportBooks", kind: .clientStream)
        scene = scene.after(.methodChosen(MethodEntry(MethodSchema(ref, input: codec, output: codec))))
        scene.state.composer = Composer(PlanDocument(steps: [.request(book)]))
        return scene.after(.pressed(.editStep))
    }()

    /// A form with what every kind of row looks like: a list and a map that are open, and a value that is wrong.
    static let message: Scene = {
        var scene = book
        for name in ["authors", "labels"] {
            scene = scene.after(.form(.first), .form(.find), .edited(name), .form(.activate), .form(.activate))
        }
        return scene.after(
            .form(.first), .form(.find), .edited("pages"), .form(.activate), .form(.activate), .edited("412"),
            .form(.activate))
    }()

    /// The same as JSON, wrong in a line.
    static let messageText = book.after(
        .form(.toggleText), .form(.moveInText(.lines(2))), .form(.moveInText(.lineEnd)), .form(.text(.deleteBack)),
        .form(.text(.insert(", 7"))))

    /// A row that is typed into.
    static let messageEdit = book.after(
        .form(.first), .form(.find), .edited("title"), .form(.activate), .form(.activate), .edited("Das Schloß"))
}
