import CatalinaCore
import JavaSerialization
import ServletAPI

/// A user as it travels with a session: name and roles.
///
/// Source: `org.apache.catalina.realm.GenericPrincipal$SerializablePrincipal`; differs from it in: attributes of a
/// user of Tomcat's are kept while the user is, and none are sent of our own.
enum SessionPrincipal {
    static func java(_ principal: any Principal) -> JavaValue? {
        let roles = (principal as? RealmPrincipal)?.roles.sorted() ?? []
        var stream = JavaObjectOutputStream(capacity: 512)
        do {
            try stream.writeObject(of: SessionClasses.serializablePrincipal) {
                (stream) throws(JavaSerializationError) in
                stream.writeNull()
                stream.writeString(principal.name)
                stream.writeNull()
                try stream.writeObject(.strings(roles))
            }
            var input = try JavaObjectInputStream(stream.finish())
            return try input.readObject()
        } catch {
            return nil
        }
    }

    /// The user of a session that was received; nil for a class that is not known.
    static func principal(_ value: JavaValue) -> RealmPrincipal? {
        guard let object = value.object, object.className == SessionClasses.serializablePrincipal.name,
            let name = object.value("name").string
        else { return nil }
        let roles = object.value("roles").elements?.compactMap(\.string) ?? []
        return RealmPrincipal(name: name, roles: Set(roles))
    }
}
