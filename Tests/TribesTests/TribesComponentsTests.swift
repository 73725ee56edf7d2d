import Modeler
import Testing
import Tribes

@Suite struct TribesComponentsTests {
    /// Every class of a channel that the registry knows by name, each with the attributes it takes in Tomcat.
    static let known = InertComponent.known.filter { $0.className.hasPrefix("org.apache.catalina.tribes.") }
    static let registry = ComponentRegistry(TribesComponents.all)

    @Test("every class of Tomcat's channels has a component that takes its attributes", arguments: known)
    func covers(component: InertComponent) throws {
        guard case .implemented(let descriptor)? = Self.registry[component.className] else {
            Issue.record("\(component.className) is not implemented")
            return
        }
        #expect(descriptor.kind == component.kind)
        let names = Set(descriptor.attributes.flatMap { [$0.info.name] + $0.info.aliases })
        #expect((component.attributeNames ?? []).filter { !names.contains($0) } == [])
        #expect(throws: Never.self) { try descriptor.instantiate().build() }
    }

    @Test("an attribute that nobody knows is named with the nearest one")
    func unknown() throws {
        var builder = AnyComponentDescriptor(StaticMembershipService.descriptor).instantiate()
        #expect(throws: AttributeError.unknown(name: "rpcTimeOut", nearest: "rpcTimeout")) {
            try builder.set("rpcTimeOut", to: "1")
        }
    }
}
