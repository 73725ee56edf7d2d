import TestSupport
import Testing

/// Conversations about logging in, as a Tomcat had them: `Tests/Vectors/10/record_authentication.py`, and with several
/// applications that know each other's users: `record_single_sign_on.py` there.
@Suite struct RecordedTalkTests {
    @Test(
        "the conversation goes as recorded",
        arguments: Vectors.rows("10/recorded_authentication.jsonl") + Vectors.rows("10/recorded_single_sign_on.jsonl")
    )
    func talk(row: VectorRow) async throws {
        let files = try FileTree()
        let applications = row["apps"].array ?? [row["app"]]
        let valve = row["valve"].object?.compactMapValues(\.string)
        var talk = try await LoginTalk(applications.map { LoginApplication($0) }, signOn: valve, files)
        var differences: [String] = []
        for (index, step) in try row.array("steps").enumerated() {
            let answer = await talk.play(step)
            let recorded = step["answer"]
            if let difference = answer.difference(from: recorded) {
                differences.append("step \(index + 1), \(step["target"].string ?? ""): \(difference)")
            }
        }
        row.expect(differences.isEmpty, differences.joined(separator: "\n"))
    }
}
