package import Modeler

extension Realm {
    /// What every realm shows besides its attributes.
    package static var beanInfo: BeanInfo<Self> {
        BeanInfo(
            type: "Realm",
            attributes: [
                .text("stateName", "Lifecycle state") { realm in
                    ((realm as? any Lifecycle)?.state ?? .started).description
                }
            ]
        )
    }
}

extension Realm {
    package var beanDescription: String { "\(Self.self)" }
    package var componentClassName: String { "\(Self.self)" }
}

extension Realm where Self: Lifecycle {
    package var beanDescription: String { self.lifecycleName }
}

extension Realm where Self: ConfigurableComponent {
    package var componentClassName: String { Self.descriptor.className }
}

extension LockOutRealm {
    package static var beanInfo: BeanInfo<LockOutRealm> {
        BeanInfo(
            type: "Realm",
            attributes: [
                .text("stateName", "Lifecycle state") { _ in LifecycleState.started.description }
            ],
            operations: [
                ManagedOperation("unlock", takes: ["username"], "Lifts the lock on a user") { $0.unlock($1[0]) },
                ManagedOperation("isLocked", takes: ["username"], "Whether a user is locked out") {
                    $0.isLocked($1[0])
                },
            ]
        )
    }
}
