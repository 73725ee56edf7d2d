package import Modeler
import ServletAPI

extension Manager {
    /// What every session manager shows; one with more to show has a table of its own.
    package static var beanInfo: BeanInfo<Self> {
        BeanInfo(
            type: "Manager",
            attributes: [.gauge("activeSessions", "Sessions held now") { $0.activeSessions }],
            operations: Self.sessionOperations
        )
    }

    /// What a management client may ask of any manager, for tables that go on with others.
    package static var sessionOperations: [ManagedOperation<Self>] {
        [
            ManagedOperation("listSessionIds", "The ids of all sessions, separated by blanks") { manager, _ in
                manager.sessions.map { $0.idInternal + " " }.joined()
            },
            ManagedOperation("getSessionAttribute", takes: ["sessionId", "key"], "An attribute of a session") {
                manager,
                arguments in
                try manager.sessionInMemory(arguments[0])?.attribute(arguments[1]).map { String(describing: $0) }
            },
            ManagedOperation("getSession", takes: ["sessionId"], "All attributes of a session") { manager, arguments in
                guard let session = manager.sessionInMemory(arguments[0]) else { return BeanValue.null }
                return try .composite(
                    session.attributeNames.sorted().compactMap { name in
                        try session.attribute(name).map { .init(name, .string(String(describing: $0))) }
                    }
                )
            },
            ManagedOperation("expireSession", takes: ["sessionId"], "Ends a session") { manager, arguments in
                manager.sessionInMemory(arguments[0])?.expire()
            },
            ManagedOperation("getCreationTime", takes: ["sessionId"], "When a session was made") {
                manager,
                arguments in
                manager.sessionInMemory(arguments[0]).map { DateText.java(milliseconds: $0.creationTimeInternal) } ?? ""
            },
            ManagedOperation("getLastAccessedTime", takes: ["sessionId"], "When a session was last used") {
                manager,
                arguments in
                manager.sessionInMemory(arguments[0])
                    .map { DateText.java(milliseconds: $0.lastAccessedTimeInternal) } ?? ""
            },
            ManagedOperation("getLastAccessedTimeMillis", takes: ["sessionId"], "The same in milliseconds since 1970") {
                manager,
                arguments in
                manager.sessionInMemory(arguments[0])?.lastAccessedTimeInternal ?? -1
            },
            ManagedOperation("getCreationTimeMillis", takes: ["sessionId"], "The same in milliseconds since 1970") {
                manager,
                arguments in
                manager.sessionInMemory(arguments[0])?.creationTimeInternal ?? -1
            },
            ManagedOperation("backgroundProcess", "Ends sessions that were idle for too long, when it is time") {
                manager,
                _ in
                await manager.backgroundProcess()
            },
        ]
    }
}

extension Manager {
    package var beanDescription: String { "\(Self.self)" }
    package var componentClassName: String { "\(Self.self)" }
}

extension Manager where Self: Lifecycle {
    package var beanDescription: String { self.lifecycleName }
}

extension Manager where Self: ConfigurableComponent {
    package var componentClassName: String { Self.descriptor.className }
}
