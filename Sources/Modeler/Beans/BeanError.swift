/// Why a management request failed, in the words of the Java exceptions that clients know.
package enum BeanError: Error, Equatable {
    case malformedObjectName(String)
    case noSuchBean(name: String)
    case alreadyRegistered(name: String)
    case noSuchAttribute(name: String, resource: String)
    case readOnlyAttribute(name: String, resource: String)
    /// Text that is no number, as the value of an attribute or an operation's argument.
    case notANumber(text: String)
    case illegalArgument(String)
    case noSuchOperation(name: String, argumentCount: Int, bean: String, className: String)
    /// The bean itself failed.
    case failed(String)

    /// The full name of the exception that Tomcat would report.
    package var javaClassName: String {
        switch self {
        case .malformedObjectName: "javax.management.MalformedObjectNameException"
        case .noSuchBean: "javax.management.InstanceNotFoundException"
        case .alreadyRegistered: "javax.management.InstanceAlreadyExistsException"
        case .noSuchAttribute: "javax.management.AttributeNotFoundException"
        case .readOnlyAttribute: "javax.management.ReflectionException"
        case .notANumber: "java.lang.NumberFormatException"
        case .illegalArgument, .noSuchOperation: "java.lang.IllegalArgumentException"
        case .failed: "javax.management.MBeanException"
        }
    }

    package var message: String {
        switch self {
        case .malformedObjectName(let reason), .illegalArgument(let reason), .failed(let reason): reason
        case .noSuchBean(let name), .alreadyRegistered(let name): name
        case .noSuchAttribute(let name, let resource): "Cannot find attribute [\(name)] on resource [\(resource)]"
        case .readOnlyAttribute(let name, let resource):
            "Cannot find setter method [\(Self.setterName(of: name))] on resource [\(resource)]"
        case .notANumber(let text): "For input string: \"\(text)\""
        case .noSuchOperation(let name, let count, let bean, let className):
            "Cannot find operation [\(name)] with [\(count)] arguments on object name [\(bean)], which is a [\(className)]"
        }
    }

    /// `set` and the attribute's name with its first letter in upper case.
    private static func setterName(of name: String) -> String {
        "set" + name.prefix(1).uppercased() + name.dropFirst()
    }
}

extension BeanError: CustomStringConvertible {
    /// The exception's first line: class name, colon, message.
    package var description: String { "\(self.javaClassName): \(self.message)" }
}
