import ClusterSupport
import NIOCore
import Testing
import Tribes

/// Members whose place another process takes, and members that go while they come.
@Suite struct MemberVerificationTests {
    private static let start = NIODeadline.uptimeNanoseconds(0)

    private func answer(
        _ actions: [MemberVerification.Action],
        _ verification: inout MemberVerification
    ) -> [MemberVerification.Action] {
        var answers: [MemberVerification.Action] = []
        for case .probe(let member, let number) in actions {
            answers += verification.probed(member, number: number, isAlive: true, at: Self.start, suspectTimeout: nil)
        }
        return answers
    }

    @Test("a member that is said to be gone is gone, where it is another process that answers its probe")
    func succeeded() {
        var verification = MemberVerification()
        let old = ChainHarness.member(2)
        let new = Member(host: old.host, port: old.port, uniqueID: UniqueID(high: 9, low: 9))
        var actions = verification.memberAdded(old)
        #expect(self.answer(actions, &verification) == [.announceAdded(old, .added)])
        actions = verification.memberDisappeared(old) + verification.memberAdded(new)
        #expect(
            self.answer(actions, &verification) == [
                .announceDisappeared(old, .disappeared), .announceAdded(new, .added),
            ]
        )
        #expect(verification.members == [new])
        actions = verification.memberDisappeared(new)
        #expect(self.answer(actions, &verification) == [.stillAlive(new, .disappeared)])
    }

    @Test("a member that goes while its coming is verified does not come")
    func overtaken() {
        var verification = MemberVerification()
        let member = ChainHarness.member(2)
        let actions = verification.memberAdded(member)
        #expect(verification.memberDisappeared(member).isEmpty)
        #expect(self.answer(actions, &verification).isEmpty)
        #expect(verification.members.isEmpty)
    }
}
