import JavaSerialization

/// Tomcat's classes as the users of this module describe them.
enum TomcatClasses {
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
    static let rpcMessage = JavaClassDescriptor(
        "org.apache.catalina.tribes.group.RpcMessage",
        uid: 0x712a_750f_f274_e509,
        flags: .external
    )
    static let member = JavaClassDescriptor(
        "org.apache.catalina.tribes.membership.MemberImpl",
        uid: 0x8476_f37b_3295_3667,
        flags: .external
    )
    static let staticMember = JavaClassDescriptor(
        "org.apache.catalina.tribes.membership.StaticMember",
        uid: 0xa326_0388_7eb6_b8a1,
        flags: .external,
        superclass: Self.member
    )
    static let members = JavaClassDescriptor("[Lorg.apache.catalina.tribes.Member;", uid: 0x5ec4_606b_842d_393c)
    static let mapMessage = JavaClassDescriptor(
        "org.apache.catalina.tribes.tipis.AbstractReplicatedMap$MapMessage",
        uid: 1,
        fields: [
            .boolean("diff"), .int("msgtype"), .bytes("diffvalue"), .bytes("keydata"), .bytes("mapId"),
            .array("nodes", "[Lorg/apache/catalina/tribes/Member;"),
            .object("primary", "Lorg/apache/catalina/tribes/Member;"), .bytes("valuedata"),
        ]
    )
    static let standardSession = JavaClassDescriptor(
        "org.apache.catalina.session.StandardSession",
        uid: 1,
        fields: [
            .long("creationTime"), .boolean("isNew"), .boolean("isValid"), .long("lastAccessedTime"),
            .int("maxInactiveInterval"), .long("thisAccessedTime"),
            .object("attributes", "Ljava/util/concurrent/ConcurrentMap;"), .string("id"),
        ]
    )
    static let deltaSession = JavaClassDescriptor(
        "org.apache.catalina.ha.session.DeltaSession",
        uid: 0x041d_33b9_b82e_a975,
        flags: .external,
        superclass: Self.standardSession
    )
}

/// A `DeltaRequest`, as far as a test looks into one.
struct DeltaActions {
    struct Action {
        let type: Int32
        let action: Int32
        let name: String
        let value: JavaValue?
    }

    let sessionID: String
    let recordsAll: Bool
    let actions: [Action]

    init(from input: inout some JavaObjectInput) throws(JavaSerializationError) {
        self.sessionID = try input.readUTF()
        self.recordsAll = try input.readBoolean()
        var actions: [Action] = []
        for _ in 0..<(try input.readInt()) {
            let type = try input.readInt()
            let action = try input.readInt()
            let name = try input.readUTF()
            actions.append(
                Action(
                    type: type,
                    action: action,
                    name: name,
                    value: try input.readBoolean() ? input.readObject() : nil
                )
            )
        }
        self.actions = actions
    }

    func write(to output: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        try output.writeUTF(self.sessionID)
        output.writeBoolean(self.recordsAll)
        output.writeInt(Int32(self.actions.count))
        for action in self.actions {
            output.writeInt(action.type)
            output.writeInt(action.action)
            try output.writeUTF(action.name)
            output.writeBoolean(action.value != nil)
            if let value = action.value { try output.writeObject(value) }
        }
    }
}
