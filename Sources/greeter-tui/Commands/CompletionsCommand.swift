import ArgumentParser
import Foundation

/// Prints what a shell needs to complete the program's arguments.
struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print the completions for a shell.",
        discussion: """
            For bash: greeter-tui completions bash > ~/.local/share/bash-completion/completions/greeter-tui. For zsh: \
            a file _greeter-tui in a folder of fpath. For fish: ~/.config/fish/completions/greeter-tui.fish. \
            'make install' puts all three where the shells look.
            """)

    @Argument(help: "The shell.")
    var shell: Shell

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish

        var completionShell: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    func run() throws {
        Exit.write(GreeterTUI.completionScript(for: shell.completionShell), to: STDOUT_FILENO)
    }
}
