import CatalinaCore
import CatalinaSession
import Coyote
import Modeler

/// How the reference pages write what a descriptor says.
enum ReferenceText {
    /// Elements that need no `className`, by the class that they stand for.
    private static let elements: [String: String] = [
        StandardServer.descriptor.className: "Server",
        StandardService.descriptor.className: "Service",
        StandardThreadExecutor.descriptor.className: "Executor",
        Connector.descriptor.className: "Connector",
        StandardEngine.descriptor.className: "Engine",
        StandardHost.descriptor.className: "Host",
        StandardContext.descriptor.className: "Context",
        StandardManager.descriptor.className: "Manager",
        StandardSessionIDGenerator.descriptor.className: "SessionIdGenerator",
        CookieProcessor.descriptor.className: "CookieProcessor",
        WebappLoader.descriptor.className: "Loader",
        StandardRoot.descriptor.className: "Resources",
        SSLHostConfigElement.descriptor.className: "SSLHostConfig",
        SSLHostConfigCertificate.descriptor.className: "Certificate",
        NamingResources.descriptor.className: "GlobalNamingResources",
        ContextResource.descriptor.className: "Resource",
        ContextEnvironment.descriptor.className: "Environment",
        ApplicationParameter.descriptor.className: "Parameter",
    ]

    /// The element of a kind, where the class must be named.
    private static func element(of kind: ComponentKind) -> String {
        switch kind {
        case .resourceSet: "PreResources, JarResources or PostResources"
        case .clusterListener: "ClusterListener"
        case .channelListener: "ChannelListener"
        case .upgradeProtocol: "UpgradeProtocol"
        case .credentialHandler: "CredentialHandler"
        default: kind.rawValue.prefix(1).uppercased() + kind.rawValue.dropFirst()
        }
    }

    /// The name under which a class is looked for: its element, or its own.
    static func heading(of descriptor: AnyComponentDescriptor) -> String {
        self.elements[descriptor.className] ?? descriptor.className.split(separator: ".").last.map(String.init) ?? ""
    }

    /// The element with its class, where the class must be named; `nil` where it need not.
    static func usage(of descriptor: AnyComponentDescriptor) -> String? {
        guard self.elements[descriptor.className] == nil else { return nil }
        return
            "<code>\(self.element(of: descriptor.kind))</code> with <code>className=\"\(descriptor.className)\"</code>"
    }

    /// One attribute: name, type, default, meaning.
    static func row(_ info: AttributeInfo, _ value: BeanValue) -> String {
        let aliases = info.aliases.map { ", <code>\($0)</code>" }.joined()
        let since = info.since.map { " Since Tomcat \($0)." } ?? ""
        return "<tr><td><code>\(info.name)</code>\(aliases)</td><td>\(self.type(info.type))</td>"
            + "<td>\(self.value(value))</td><td>\(self.sentence(info.documentation))\(since)</td></tr>"
    }

    private static func type(_ type: AttributeType) -> String {
        switch type {
        case .bool: "true, false"
        case .int, .long: "whole number"
        case .double: "number"
        case .string: "text"
        case .list: "list, with commas"
        case .words(let words): words.joined(separator: ", ")
        }
    }

    private static func value(_ value: BeanValue) -> String {
        switch value {
        case .null: return ""
        case .array(_, let items): return self.code(items.map(\.text).joined(separator: ", "))
        default: return self.code(value.text)
        }
    }

    private static func code(_ text: String) -> String {
        text.isEmpty ? "empty" : "<code>\(HTMLText.readable(text))</code>"
    }

    /// A sentence with a full stop; words in backquotes become code.
    static func sentence(_ text: String) -> String {
        var html = ""
        var isCode = false
        for character in HTMLText.readable(text) {
            guard character == "`" else {
                html.append(character)
                continue
            }
            html += isCode ? "</code>" : "<code>"
            isCode.toggle()
        }
        return text.hasSuffix(".") ? html : html + "."
    }
}
