import JavaSerialization

/// Tomcat's classes that stand in the messages of session managers.
///
/// Source: the `serialVersionUID`s and fields of Tomcat 10.1.60, equal in 8.5 to 11.
enum SessionClasses {
    static let messageBase = JavaClassDescriptor(
        "org.apache.catalina.ha.ClusterMessageBase",
        uid: 1,
        fields: [.long("timestamp")]
    )
    static let sessionMessage = JavaClassDescriptor(
        "org.apache.catalina.ha.session.SessionMessageImpl",
        uid: 2,
        fields: [
            .int("mEvtType"), .long("serializationTimestamp"), .boolean("timestampSet"), .string("mContextName"),
            .bytes("mSession"), .string("mSessionID"), .string("uniqueId"),
        ],
        superclass: Self.messageBase
    )
    static let standardSession = JavaClassDescriptor(
        "org.apache.catalina.session.StandardSession",
        uid: 1,
        fields: [
            .long("creationTime"), .boolean("isNew"), .boolean("isValid"), .long("lastAccessedTime"),
            .int("maxInactiveInterval"), .long("thisAccessedTime"),
            .object("attributes", "Ljava/util/concurrent/ConcurrentMap;"), .string("id"),
        ],
        superclass: nil
    )
    static let deltaSession = JavaClassDescriptor(
        "org.apache.catalina.ha.session.DeltaSession",
        uid: 0x041d_33b9_b82e_a975,
        flags: .external,
        superclass: Self.standardSession
    )
    static let serializablePrincipal = JavaClassDescriptor(
        "org.apache.catalina.realm.GenericPrincipal$SerializablePrincipal",
        uid: 1,
        fields: [
            .object("attributes", "Ljava/util/Map;"), .string("name"),
            .object("principal", "Ljava/security/Principal;"), .array("roles", "[Ljava/lang/String;"),
        ]
    )
}
