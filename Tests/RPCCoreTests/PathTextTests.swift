import RPCCore
import Testing

@Suite("Paths, and plans that move")
struct PathTextTests {
    @Test(
        "a path means the same written any way",
        arguments: [
            ("a", "/d", "/d/a"), ("../a", "/d/e", "/d/a"), ("/x//y/./z", "/d", "/x/y/z"), ("..", "/", "/"),
            ("", "/d", "/d"), ("a/", "/", "/a"), ("../../..", "/a", "/"),
        ])
    func resolving(path: String, directory: String, resolved: String) {
        #expect(PathText.resolved(path, in: directory) == resolved)
    }

    @Test(
        "the home directory is that of the environment",
        arguments: [
            ("~/a", "/home/ana", "/home/ana/a"), ("~/a", "ana", "~/a"), ("~ana/a", "/home/ana", "~ana/a"),
            ("a/~/b", "/home/ana", "a/~/b"),
        ])
    func home(path: String, home: String, expanded: String) {
        #expect(PathText.expanded(path, home: home) == expanded)
        #expect(PathText.expanded(path, home: nil) == path)
    }

    @Test(
        "a file is written relative where it is near",
        arguments: [
            ("/d/a", "/d", "a"), ("/d/e/a", "/d", "e/a"), ("/d/a", "/d/e", "../a"), ("/d/a", "/d/e/f", "../../a"),
            ("/d/a", "/d/e/f/g", "/d/a"), ("/x/a", "/d", "/x/a"), ("/a", "/", "a"), ("a", "/d", "a"),
            ("/d/a", "", "/d/a"),
        ])
    func writing(path: String, directory: String, written: String) {
        #expect(PathText.written(path, in: directory) == written)
    }

    @Test("names and directories", arguments: [("/a/b", "b", "/a"), ("/b", "b", "/"), ("b", "b", ""), ("/", "/", "/")])
    func parts(path: String, name: String, directory: String) {
        #expect(PathText.name(of: path) == name)
        #expect(PathText.directory(of: path) == directory)
    }
}
