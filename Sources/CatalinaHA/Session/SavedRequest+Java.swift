import CatalinaCore
import JavaSerialization
import NIOCore
import Tribes

/// The request that a form login interrupted, as it goes to other nodes with its session.
///
/// Source: the `serialVersionUID`s and fields of Tomcat 10.1.60.
extension SavedRequest {
    private enum Classes {
        static let savedRequest = JavaClassDescriptor(
            "org.apache.catalina.authenticator.SavedRequest",
            uid: 1,
            fields: [
                .object("body", "Lorg/apache/tomcat/util/buf/ByteChunk;"), .string("contentType"),
                .object("cookies", "Ljava/util/List;"), .string("decodedRequestURI"),
                .object("headers", "Ljava/util/Map;"), .object("locales", "Ljava/util/List;"), .string("method"),
                .object("originalMaxInactiveInterval", "Ljava/lang/Integer;"), .string("queryString"),
                .string("requestURI"),
            ]
        )
        /// Behind the fields, the name of the charset.
        static let byteChunk = JavaClassDescriptor(
            "org.apache.tomcat.util.buf.ByteChunk",
            uid: 1,
            flags: [.serializable, .writeMethod],
            fields: [.bytes("buff")],
            superclass: JavaClassDescriptor(
                "org.apache.tomcat.util.buf.AbstractChunk",
                uid: 1,
                fields: [
                    .int("end"), .boolean("hasHashCode"), .int("hashCode"), .boolean("isSet"), .int("limit"),
                    .int("start"),
                ]
            )
        )
        static let cookie = JavaClassDescriptor(
            "jakarta.servlet.http.Cookie",
            uid: 2,
            fields: [.object("attributes", "Ljava/util/Map;"), .string("name"), .string("value")]
        )
    }

    /// The largest body that is taken from another node, in bytes.
    private static let bodySizeMaximum = 1 << 24

    /// The request as Java has it; nil if it cannot be written.
    var java: JavaValue? {
        do {
            var stream = JavaObjectOutputStream(capacity: 1024)
            try self.write(to: &stream)
            var input = try JavaObjectInputStream(stream.finish())
            return try input.readObject()
        } catch {
            return nil
        }
    }

    private func write(to stream: inout JavaObjectOutputStream) throws(JavaSerializationError) {
        let cookies = try self.cookies
        try stream.writeObject(of: Classes.savedRequest) { (stream) throws(JavaSerializationError) in
            if let body = self.body {
                try Self.write(Array(body.readableBytesView), to: &stream)
            } else {
                stream.writeNull()
            }
            try stream.writeObject(self.contentType.map { .string($0) } ?? .null)
            try stream.writeObject(.arrayList(cookies))
            stream.writeString(self.decodedURI)
            try stream.writeObject(.hashMap(self.headerEntries))
            // Tomcat reads them from the fields where there are none.
            try stream.writeObject(.arrayList([]))
            stream.writeString(self.method)
            try stream.writeObject(self.maxInactiveInterval.map { .int(Int32(clamping: $0)) } ?? .null)
            try stream.writeObject(self.queryString.map { .string($0) } ?? .null)
            stream.writeString(self.requestURI)
        }
    }

    private static func write(
        _ body: [UInt8],
        to stream: inout JavaObjectOutputStream
    ) throws(JavaSerializationError) {
        try stream.writeObject(of: Classes.byteChunk) { (stream) throws(JavaSerializationError) in
            stream.writeInt(Int32(clamping: body.count))
            stream.writeBoolean(false)
            stream.writeInt(0)
            stream.writeBoolean(true)
            stream.writeInt(-1)
            stream.writeInt(0)
            try stream.writeObject(.bytes(body))
            try stream.writeData { (stream) throws(JavaSerializationError) in try stream.writeUTF("ISO-8859-1") }
        }
    }

    private var headerEntries: [JavaMap.Entry] {
        var names: [String] = []
        var values: [String: [JavaValue]] = [:]
        for (name, value) in self.headers {
            if values[name] == nil { names.append(name) }
            values[name, default: []].append(.string(value))
        }
        return names.map { JavaMap.Entry(.string($0), .arrayList(values[$0] ?? [])) }
    }

    /// The cookies of the fields, for Tomcat, which keeps them apart.
    private var cookies: [JavaValue] {
        get throws(JavaSerializationError) {
            var cookies: [JavaValue] = []
            for (name, value) in self.headers where name.lowercased() == "cookie" {
                for pair in value.split(separator: ";") {
                    let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    let name = parts[0].drop { $0 == " " }
                    guard parts.count == 2, !name.isEmpty, !name.hasPrefix("$") else { continue }
                    cookies.append(try Self.cookie(String(name), String(parts[1])))
                }
            }
            return cookies
        }
    }

    private static func cookie(_ name: String, _ value: String) throws(JavaSerializationError) -> JavaValue {
        var stream = JavaObjectOutputStream()
        try stream.writeObject(of: Classes.cookie) { (stream) throws(JavaSerializationError) in
            stream.writeNull()
            stream.writeString(name)
            stream.writeString(value)
        }
        var input = try JavaObjectInputStream(stream.finish())
        return try input.readObject()
    }

    // MARK: Reading

    /// A request that another node has saved; nil for an object that is none.
    init?(_ java: JavaValue) {
        guard let object = java.object, object.className == Classes.savedRequest.name,
            let uri = object.value("requestURI").string, let method = object.value("method").string
        else { return nil }
        self.init(requestURI: uri, decodedURI: object.value("decodedRequestURI").string ?? uri, method: method)
        self.queryString = object.value("queryString").string
        self.contentType = object.value("contentType").string
        self.maxInactiveInterval = object.value("originalMaxInactiveInterval").int.map { Int($0) }
        if case .map(let map) = object.value("headers") {
            for entry in map.entries {
                guard let name = entry.key.string else { continue }
                for value in entry.value.elements ?? [] { self.headers.append((name, value.string ?? "")) }
            }
        }
        guard let chunk = object.value("body").object, chunk.className == Classes.byteChunk.name else { return }
        do {
            let (start, end) = (Int(try chunk.int("start")), Int(try chunk.int("end")))
            guard let bytes = try chunk.bytes("buff"), (0...end).contains(start), end <= bytes.count,
                end - start <= Self.bodySizeMaximum
            else { return nil }
            self.body = ByteBuffer(bytes: bytes[start..<end])
        } catch {
            return nil
        }
    }
}
