# Tries a formula without Homebrew: reads it, installs from an unpacked archive into a folder, and runs its test.
#
#     ruby packaging/homebrew/try.rb FORMULA UNPACKED FOLDER
#
# It knows what this formula uses, and fails at anything else. It cannot tell whether Homebrew would take it.
require "fileutils"
require "pathname"

# A folder that files are installed into.
class Target < Pathname
  def install(file)
    FileUtils.mkdir_p(self)
    FileUtils.cp(file, self)
  end
end

class Formula
  PLACES = {
    bin: "bin", man1: "share/man/man1", doc: "share/doc/greeter-tui",
    bash_completion: "etc/bash_completion.d", zsh_completion: "share/zsh/site-functions",
    fish_completion: "share/fish/vendor_completions.d"
  }.freeze

  class << self
    attr_reader :facts, :trial

    %i[desc homepage url sha256 license].each do |fact|
      define_method(fact) { |value| (@facts ||= {})[fact] = value }
    end

    def depends_on(what)
      raise ArgumentError, what.inspect unless what.is_a?(String) || (what.keys - %i[arch macos]).empty?
    end

    def test(&block)
      @trial = block
    end
  end

  def initialize(prefix) = @prefix = prefix
  PLACES.each { |name, place| define_method(name) { Target.new(File.join(@prefix, place)) } }

  def shell_output(command)
    output = `#{command}`
    raise "#{command}: #{$?}" unless $?.success?

    output
  end

  def assert_match(expected, actual) = actual.include?(expected) || raise("no #{expected} in: #{actual}")
end

formula, unpacked, prefix = ARGV.map { |path| File.expand_path(path) }
load formula
facts = GreeterTui.facts
raise "facts are missing: #{facts.inspect}" unless facts.size == 5
raise "not filled in: #{facts.inspect}" if facts.values.any? { |value| value.include?("@") }
raise "no checksum: #{facts[:sha256]}" unless facts[:sha256].match?(/\A\h{64}\z/)

instance = GreeterTui.new(prefix)
Dir.chdir(unpacked) { instance.install }
instance.instance_exec(&GreeterTui.trial)
