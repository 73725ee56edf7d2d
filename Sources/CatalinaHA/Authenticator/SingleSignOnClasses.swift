package import CatalinaCore
package import JavaSerialization
import Tribes

/// Tomcat's classes that stand in the messages of sign-ons, and how this node writes and reads them.
///
/// Source: the `serialVersionUID`s and fields of Tomcat 10.1.60.
enum SingleSignOnClasses {
    /// Behind the fields, whether a user follows, and it.
    static let entry = JavaClassDescriptor(
        "org.apache.catalina.authenticator.SingleSignOnEntry",
        uid: 1,
        flags: [.serializable, .writeMethod],
        fields: [
            .boolean("canReauthenticate"), .string("authType"), .string("password"),
            .object("sessionKeys", "Ljava/util/Map;"), .string("username"),
        ]
    )
    static let sessionKey = JavaClassDescriptor(
        "org.apache.catalina.authenticator.SingleSignOnSessionKey",
        uid: 1,
        fields: [.string("contextName"), .string("hostName"), .string("sessionId")]
    )
    static let listener = JavaClassDescriptor(
        "org.apache.catalina.ha.authenticator.ClusterSingleSignOnListener",
        uid: 1,
        superclass: JavaClassDescriptor(
            "org.apache.catalina.authenticator.SingleSignOnListener",
            uid: 1,
            fields: [.string("ssoId")]
        )
    )
}

extension SingleSignOnListener {
    /// The listener as it goes to other nodes with its session.
    var java: JavaValue? {
        var stream = JavaObjectOutputStream()
        do {
            try stream.writeObject(of: SingleSignOnClasses.listener) { (stream) throws(JavaSerializationError) in
                stream.writeString(self.id)
            }
            var input = try JavaObjectInputStream(stream.finish())
            return try input.readObject()
        } catch {
            return nil
        }
    }

    /// A listener that came with a session; nil for one of another class.
    init?(_ java: JavaValue) {
        guard let object = java.object, object.className == SingleSignOnClasses.listener.name,
            let id = object.value("ssoId").string
        else { return nil }
        self.init(id: id, isReplicated: true)
    }
}

extension SingleSignOnSessionKey {
    init?(_ object: JavaObject) {
        guard object.className == SingleSignOnClasses.sessionKey.name, let id = object.value("sessionId").string,
            let context = object.value("contextName").string, let host = object.value("hostName").string
        else { return nil }
        self.init(sessionID: id, contextName: context, hostName: host)
    }

    fileprivate func write(to stream: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        try stream.writeObject(of: SingleSignOnClasses.sessionKey) { (stream) throws(JavaSerializationError) in
            stream.writeString(self.contextName)
            stream.writeString(self.hostName)
            stream.writeString(self.sessionID)
        }
    }

    /// The key as an object, which stands for one session wherever it is written in a stream.
    fileprivate var java: JavaValue {
        get throws(JavaSerializationError) {
            var stream = JavaObjectOutputStream()
            try self.write(to: &stream)
            var input = try JavaObjectInputStream(stream.finish())
            return try input.readObject()
        }
    }
}

extension SingleSignOnEntry: JavaWritable {
    /// - Throws: ``JavaSerializationError``, also for any other object.
    convenience init(_ object: JavaObject) throws(JavaSerializationError) {
        try object.expect(className: SingleSignOnClasses.entry.name)
        guard case .map(let map) = object.value("sessionKeys") else { throw .unexpectedField("sessionKeys") }
        var keys: Set<SingleSignOnSessionKey> = []
        for entry in map.entries {
            guard let key = entry.key.object.flatMap({ SingleSignOnSessionKey($0) }) else {
                throw .unexpectedField("sessionKeys")
            }
            keys.insert(key)
        }
        var data = try object.data()
        let principal = try data.readBoolean() ? try data.readObject() : nil
        let login = Login(
            principal: principal.flatMap { SessionPrincipal.principal($0) },
            authType: try object.string("authType"),
            username: try object.string("username"),
            password: try object.string("password")
        )
        self.init(login, sessions: keys)
        self.travelling = principal
    }

    package func write(to stream: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        let (login, sessions) = (self.login, self.sessions)
        let principal = self.travelling as? JavaValue ?? login.principal.flatMap { SessionPrincipal.java($0) }
        var keys: [JavaMap.Entry] = []
        for session in sessions.sorted(by: { $0.description < $1.description }) {
            let key = try session.java
            keys.append(JavaMap.Entry(key, key))
        }
        try stream.writeObject(of: SingleSignOnClasses.entry) { (stream) throws(JavaSerializationError) in
            stream.writeBoolean(login.canReauthenticate)
            stream.write(login.authType)
            stream.write(login.password)
            try stream.writeObject(.map(JavaMap(.concurrentHashMap, keys)))
            stream.write(login.username)
            try stream.writeData { (stream) throws(JavaSerializationError) in
                stream.writeBoolean(principal != nil)
                if let principal { try stream.writeObject(principal) }
            }
        }
    }
}

extension JavaObjectOutputStream {
    fileprivate mutating func write(_ text: String?) {
        if let text { self.writeString(text) } else { self.writeNull() }
    }
}
