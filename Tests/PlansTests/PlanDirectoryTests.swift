import Plans
import RPCCore
import Testing

@Suite("the directory of a plan")
struct PlanDirectoryTests {
    private func plan(_ path: String, in directory: String) -> PlanDocument {
        PlanDocument(
            steps: [.pause(.seconds(1)), .records(RecordsStep(from: .file(path)))], directory: directory)
    }

    @Test(
        "a plan that moves reads the files that it read",
        arguments: [
            ("users.csv", "/d", "/d/e", "../users.csv"), ("users.csv", "/d", "/x", "/d/users.csv"),
            ("/abs/users.csv", "/d", "/x", "/abs/users.csv"), ("e/users.csv", "/d", "/d/e", "users.csv"),
            ("users.csv", "/d", "/d", "users.csv"),
        ])
    func moving(path: String, from: String, to directory: String, moved: String) {
        #expect(plan(path, in: from).moved(to: directory) == plan(moved, in: directory))
    }

    @Test("where it is not known from where, paths stay", arguments: [("", "/d"), ("/d", ""), ("rel", "/d")])
    func movingFromNowhere(from: String, to directory: String) {
        #expect(plan("users.csv", in: from).moved(to: directory) == plan("users.csv", in: directory))
    }

    @Test("standard input stays standard input")
    func standardInput() {
        let steps = [PlanStep.records(RecordsStep(from: .standardInput))]
        let moved = PlanDocument(steps: steps, directory: "/d").moved(to: "/x")
        #expect(moved == PlanDocument(steps: steps, directory: "/x"))
    }
}
