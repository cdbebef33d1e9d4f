# Filled in by scripts/homebrew-formula.
class GreeterTui < Formula
  desc "Terminal workbench for streaming RPC"
  homepage "https://github.com/@REPOSITORY@"
  url "https://github.com/@REPOSITORY@/releases/download/v@VERSION@/greeter-tui-@VERSION@-macos-arm64.tar.gz"
  sha256 "@SHA256@"
  license "Apache-2.0"

  depends_on arch: :arm64
  depends_on macos: :sequoia
  depends_on "nghttp2"

  def install
    bin.install "bin/greeter-tui"
    man1.install "share/man/man1/greeter-tui.1"
    bash_completion.install "share/bash-completion/completions/greeter-tui"
    zsh_completion.install "share/zsh/site-functions/_greeter-tui"
    fish_completion.install "share/fish/vendor_completions.d/greeter-tui.fish"
    doc.install "share/doc/greeter-tui/third-party-licences"
  end

  test do
    assert_match "Hello, Ana!", shell_output("#{bin}/greeter-tui call unary Ana")
  end
end
