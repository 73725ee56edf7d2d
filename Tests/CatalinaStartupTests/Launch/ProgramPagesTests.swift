import Testing

@testable import CatalinaStartup

@Suite struct ProgramPagesTests {
    @Test("pages of code are given back, and code goes on running")
    func release() {
        #expect(ProgramPages.release() > 1024 * 1024)
        #expect((1...100).map { "\($0)" }.joined().count == 192)
        #expect(ProgramPages.release() > 1024 * 1024)
    }
}
