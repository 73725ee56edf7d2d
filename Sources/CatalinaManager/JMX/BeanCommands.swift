import Modeler
import ServletAPI

/// What a client asked `/manager/jmxproxy` for.
///
/// Source: `org.apache.catalina.manager.JMXProxyServlet`.
enum BeanCommand: Equatable, Sendable {
    case query(pattern: String)
    case get(name: String, attribute: String?, key: String?)
    case set(name: String, attribute: String?, value: String?)
    case invoke(name: String, operation: String?, arguments: [String])

    /// The first of `get`, `set`, `invoke` that is there, else a query for `qry`, or for everything.
    init(_ parameters: Parameters) {
        if let name = parameters.first("get") {
            self = .get(name: name, attribute: parameters.first("att"), key: parameters.first("key"))
        } else if let name = parameters.first("set") {
            self = .set(name: name, attribute: parameters.first("att"), value: parameters.first("val"))
        } else if let name = parameters.first("invoke") {
            let list = parameters.first("ps")
            let arguments = list?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            self = .invoke(name: name, operation: parameters.first("op"), arguments: arguments ?? [])
        } else {
            self = .query(pattern: parameters.first("qry") ?? "*:*")
        }
    }

    /// Carries it out and answers in the words of Tomcat's proxy.
    func answer(from beans: BeanRegistry) async -> String {
        do {
            return try await self.result(from: beans)
        } catch let error as BeanError {
            return "Error - \(error.description)\n"
        } catch let error as JavaError {
            return "Error - \(error.className): \(error.message)\n"
        } catch {
            return "Error - \(BeanError.failed("\(error)").description)\n"
        }
    }

    /// The beans that a query selects.
    static func select(_ pattern: String, from beans: BeanRegistry) async throws(BeanError) -> [RegisteredBean] {
        await beans.query(try self.name(pattern))
    }

    private func result(from beans: BeanRegistry) async throws -> String {
        switch self {
        case .query(let pattern):
            return BeanDump.text(of: try await Self.select(pattern, from: beans))
        case .get(let name, let attribute, let key):
            return try await Self.get(name, attribute, key, from: beans)
        case .set(let name, let attribute, let value):
            try await Self.set(name, attribute, value, in: beans)
            return "OK - Attribute set\n"
        case .invoke(let name, let operation, let arguments):
            guard let operation else { throw JavaError.noOperation }
            let value = try await Self.bean(name, in: beans).invoke(operation, arguments)
            if value == .null { return "OK - Operation \(operation) without return value\n" }
            return "OK - Operation \(operation) returned:\n" + BeanDump.plain(value)
        }
    }

    private static func get(
        _ name: String,
        _ attribute: String?,
        _ key: String?,
        from beans: BeanRegistry
    ) async throws -> String {
        let bean = try await self.bean(name, in: beans)
        guard let attribute else { throw JavaError.noAttribute }
        let value = try bean.get(attribute)
        guard let key else { return "OK - Attribute get '\(name)' - \(attribute) = \(value.text)\n" }
        let head = "OK - Attribute get '\(name)' - \(attribute) - key '\(key)' = "
        guard case .composite(let items) = value else { return head + value.text + "\n" }
        guard let item = items.first(where: { $0.name == key }) else { throw JavaError.noSuchKey(key) }
        return head + item.value.text + "\n"
    }

    private static func set(
        _ name: String,
        _ attribute: String?,
        _ value: String?,
        in beans: BeanRegistry
    ) async throws {
        let bean = try await self.bean(name, in: beans)
        guard let attribute else { throw JavaError.noAttribute }
        do {
            try bean.set(attribute, to: value ?? "")
        } catch {
            if value == nil, case .notANumber = error { throw JavaError.noNumber }
            throw error
        }
    }

    /// An empty name stands for everything, as for Java, and names no bean.
    private static func bean(_ text: String, in beans: BeanRegistry) async throws(BeanError) -> RegisteredBean {
        try await beans.bean(try self.name(text.isEmpty ? "*:*" : text))
    }

    private static func name(_ text: String) throws(BeanError) -> ObjectName {
        do {
            return try ObjectName(text.isEmpty ? "*:*" : text)
        } catch {
            throw .malformedObjectName(error.reason)
        }
    }
}

/// Mistakes that Tomcat leaves to the virtual machine to notice, in its words.
private enum JavaError: Error {
    case noAttribute
    case noOperation
    case noNumber
    case noSuchKey(String)

    var className: String {
        switch self {
        case .noAttribute: "javax.management.RuntimeOperationsException"
        case .noOperation: "java.lang.NullPointerException"
        case .noNumber: "java.lang.NumberFormatException"
        case .noSuchKey: "javax.management.openmbean.InvalidKeyException"
        }
    }

    var message: String {
        switch self {
        case .noAttribute: "Exception occurred trying to invoke the getter on the MBean"
        case .noOperation: "Cannot invoke \"String.equals(Object)\" because \"opName\" is null"
        case .noNumber: "Cannot parse null string"
        case .noSuchKey(let key):
            "Argument key=\"\(key)\" is not an existing item name for this CompositeData instance."
        }
    }
}
