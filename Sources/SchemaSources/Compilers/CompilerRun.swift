import ChildProcesses
import ProtobufSchema
import RPCCore

/// One run of a compiler, which writes a set of descriptors into a file: standard output cannot be named everywhere.
struct CompilerRun: Sendable {
    enum Compiler: String, Sendable {
        case protoc
        case buf
    }

    var compiler: Compiler
    /// Of the executable.
    var path: String
    var arguments: [String]
    /// Where it runs.
    var directory: String
    /// Where it may write.
    var folder: String

    private var output: String { "\(folder)/descriptors.binpb" }

    var outputArguments: [String] {
        switch compiler {
        case .protoc: ["--descriptor_set_out=\(output)"]
        case .buf: ["-o", output]
        }
    }

    /// What has come of it.
    func result(of process: ChildProcess.Output) -> Result<SourcedSchema, CompilerFailure> {
        let text = String(decoding: process.errors, as: UTF8.self)
        let problems = compiler == .buf ? CompilerProblem.buf(text, in: directory) : CompilerProblem.protoc(text)
        guard process.status == 0 else {
            let errors = problems.count { !$0.isWarning }
            let what = errors == 1 ? "an error" : errors == 0 ? "status \(process.status)" : "\(errors) errors"
            return .failure(CompilerFailure("\(compiler.rawValue) ended with \(what)", problems: problems))
        }
        do throws(SchemaError) {
            var schema = try SetFile.read([output])
            schema.notes = problems.map(\.description) + schema.notes
            return .success(schema)
        } catch {
            return .failure(
                CompilerFailure("what \(compiler.rawValue) wrote cannot be read: \(error)", problems: problems))
        }
    }
}
