import Modeler
import Testing
import Tribes

@Suite struct TribesComponentsTests {
    @Test("an attribute that nobody knows is named with the nearest one")
    func unknown() throws {
        var builder = AnyComponentDescriptor(StaticMembershipService.descriptor).instantiate()
        #expect(throws: AttributeError.unknown(name: "rpcTimeOut", nearest: "rpcTimeout")) {
            try builder.set("rpcTimeOut", to: "1")
        }
    }
}
