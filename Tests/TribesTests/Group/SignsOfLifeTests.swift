import Synchronization
import Testing

@testable import Tribes

@Suite struct SignsOfLifeTests {
    private let member = Member(host: [127, 0, 0, 1], port: 1, uniqueID: .zero)

    @Test("members that are there are heard of, whatever the sign, and nobody else")
    func signs() {
        let now = Mutex<Int64>(1_000)
        let signs = SignsOfLife { now.withLock { $0 } }
        signs.heard(from: self.member)
        #expect(signs[self.member] == nil && signs.silence(of: self.member) == nil)
        signs.appeared(self.member)
        now.withLock { $0 = 1_500 }
        signs.received(from: self.member)
        now.withLock { $0 = 1_700 }
        #expect(signs.silence(of: self.member) == 200)
        signs.heard(from: self.member)
        let record = signs[self.member]
        #expect(record?.since == 1_000 && record?.lastHeard == 1_700 && record?.messages == 1)
        signs.disappeared(self.member)
        #expect(signs[self.member] == nil)
    }

    @Test("a member that says that it started is new, whether it is said before it is taken in or after")
    func started() {
        let signs = SignsOfLife { 0 }
        signs.started(self.member)
        signs.appeared(self.member)
        #expect(signs[self.member]?.isNew == true)
        signs.disappeared(self.member)
        signs.appeared(self.member)
        #expect(signs[self.member]?.isNew == false)
        signs.started(self.member)
        #expect(signs[self.member]?.isNew == true)
    }
}
