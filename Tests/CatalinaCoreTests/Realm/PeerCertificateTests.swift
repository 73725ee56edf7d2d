import Modeler
import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct PeerCertificateTests {
    @Test("subjects are named as Java names them", arguments: Vectors.rows("10/recorded_subject_names.jsonl"))
    func names(row: VectorRow) throws {
        let certificate = try Self.certificate(row)
        row.expect(certificate.subjectName, equals: try row.string("name"))
    }

    @Test("a certificate is valid from its first to its last second")
    func validity() throws {
        let row = try #require(Vectors.rows("10/recorded_subject_names.jsonl").first)
        let certificate = try Self.certificate(row)
        let (first, last) = (Int64(try row.int("not_before")), Int64(try row.int("not_after")))
        #expect(!certificate.isValid(at: first - 1))
        #expect(certificate.isValid(at: first + 1))
        #expect(certificate.isValid(at: last - 1))
        #expect(!certificate.isValid(at: last + 1))
    }

    @Test("other bytes are no certificate", arguments: ["", "30", "3003020101", "00"])
    func malformed(hex: String) throws {
        let bytes = try #require(HexText.decode(hex))
        #expect(PeerCertificate(der: bytes) == nil)
    }

    @Test("a certificate is its user only while it is valid, unless the realm does not care", arguments: [true, false])
    func realm(validates: Bool) async throws {
        let row = try #require(Vectors.rows("10/recorded_subject_names.jsonl").first)
        let certificate = try Self.certificate(row)
        var configuration = MemoryRealm.Configuration()
        configuration.settings.validate = validates
        let realm = MemoryRealm(configuration: configuration)
        var content = UserDatabase.Content()
        content.users = [UserDatabase.User(username: "CN=user1", password: "", roles: ["r"])]
        realm.use(UserDatabase(name: "users", pathname: "") { [content] in content })
        let isValid = certificate.isValid(at: WallClock.milliseconds() / 1000)
        let principal = await realm.authenticate(certificates: [certificate])
        #expect((principal?.name == "CN=user1") == (isValid || !validates))
        #expect(await realm.authenticate(certificates: []) == nil)
    }

    private static func certificate(_ row: VectorRow) throws -> PeerCertificate {
        let hex = try row.string("der")
        let der = try #require(HexText.decode(hex))
        return try #require(PeerCertificate(der: der))
    }
}
