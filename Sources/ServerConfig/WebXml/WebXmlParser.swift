package import Modeler

/// Reads deployment descriptors.
///
/// What Tomcat refuses is a fatal problem here, with the element's place; elements that no descriptor
/// has are notices. Every `${…}` in a text is replaced.
/// Isolation: any thread; blocks while it reads.
/// Tomcat counterpart: `WebXmlParser` and `WebRuleSet`.
package struct WebXmlParser: Sendable {
    package let substitution: PropertySubstitution
    package let reader: XMLReader

    package init(substitution: PropertySubstitution, reader: XMLReader = XMLReader()) {
        self.substitution = substitution
        self.reader = reader
    }

    /// Reads a file on top of what other files said; a servlet in both is then this file's.
    package func parse(_ path: String, onto base: WebXml = WebXml()) -> WebXmlOutcome {
        do {
            return self.parse(try self.reader.read(path), onto: base)
        } catch {
            return WebXmlOutcome(webXml: base, problems: [WebXmlReading.problem(unreadable: error)])
        }
    }

    package func parse(_ document: XMLDocument, onto base: WebXml = WebXml()) -> WebXmlOutcome {
        var reading = WebXmlReading(webXml: base, file: document.file, substitution: self.substitution)
        reading.read(document)
        return WebXmlOutcome(webXml: reading.webXml, problems: reading.problems)
    }

    /// What a descriptor that cannot be read comes to.
    package func outcome(of error: ConfigError) -> WebXmlOutcome {
        WebXmlOutcome(webXml: WebXml(), problems: [WebXmlReading.problem(unreadable: error)])
    }
}

/// What a deployment descriptor says, and what is wrong with it.
package struct WebXmlOutcome: Sendable, Equatable {
    package let webXml: WebXml
    package let problems: [ConfigProblem]

    package init(webXml: WebXml, problems: [ConfigProblem]) {
        self.webXml = webXml
        self.problems = problems
    }

    /// Whether Tomcat would refuse to start the application.
    package var isRejected: Bool { self.problems.contains { $0.severity == .fatal } }
}

/// Why an element makes a descriptor unusable.
struct WebXmlError: Error, Equatable {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

/// One reading of one descriptor.
struct WebXmlReading {
    var webXml: WebXml
    let file: String
    let substitution: PropertySubstitution
    private(set) var problems: [ConfigProblem] = []
    /// Elements that may stand once in a file, and did.
    private var seen: Set<String> = []

    init(webXml: WebXml, file: String, substitution: PropertySubstitution) {
        self.webXml = webXml
        self.file = file
        self.substitution = substitution
    }

    mutating func read(_ document: XMLDocument) {
        let root = document.root
        if let doctype = document.doctype {
            do {
                try self.readDoctype(doctype)
            } catch {
                self.refuse(root, path: root.name, error)
            }
        }
        guard root.name == "web-app" else {
            return self.note(root, path: root.name, "the root element is not web-app: nothing is read")
        }
        if let version = root["version"], Self.versions.contains(version) { self.webXml.version = version }
        if root["metadata-complete"] == "true" { self.webXml.isMetadataComplete = true }
        for element in root.children {
            do {
                try self.readChild(element)
            } catch {
                self.refuse(element, path: "web-app/" + element.name, error)
            }
            self.checkChildren(of: element, path: "web-app/" + element.name)
        }
    }

    private static let versions: Set<String> = ["2.4", "2.5", "3.0", "3.1", "4.0", "5.0", "6.0"]

    /// Known document types give the version; the files behind unknown ones cannot be read.
    private mutating func readDoctype(_ doctype: XMLDoctype) throws(WebXmlError) {
        guard let systemID = doctype.systemID else { return }
        if let publicID = doctype.publicID, publicID.hasSuffix("//DTD Web Application 2.3//EN") {
            self.webXml.version = "2.3"
        } else if let publicID = doctype.publicID, publicID.hasSuffix("//DTD Web Application 2.2//EN") {
            self.webXml.version = "2.2"
        } else {
            throw WebXmlError("the document type at [\(systemID)] is blocked")
        }
    }

    private mutating func readChild(_ element: XMLElement) throws(WebXmlError) {
        switch element.name {
        case "display-name": self.webXml.displayName = self.text(of: element)
        case "distributable": self.webXml.isDistributable = true
        case "deny-uncovered-http-methods": self.webXml.deniesUncoveredHTTPMethods = true
        case "default-context-path": self.webXml.defaultContextPath = self.text(of: element)
        case "request-character-encoding": self.webXml.requestCharacterEncoding = try self.encoding(of: element)
        case "response-character-encoding": self.webXml.responseCharacterEncoding = try self.encoding(of: element)
        case "context-param": try self.readContextParameter(element)
        case "listener": self.readListener(element)
        case "filter": try self.readFilter(element)
        case "filter-mapping": try self.readFilterMapping(element)
        case "servlet": try self.readServlet(element)
        case "servlet-mapping": try self.readServletMapping(element)
        case "session-config": try self.readSessionConfig(element)
        case "mime-mapping": self.readMIMEMapping(element)
        case "welcome-file-list": self.readWelcomeFiles(element)
        case "error-page": try self.readErrorPage(element)
        case "security-constraint": try self.readSecurityConstraint(element)
        case "login-config": try self.readLoginConfig(element)
        case "security-role": self.readSecurityRole(element)
        case "env-entry": try self.readEnvironmentEntry(element)
        case "resource-ref": try self.readResourceReference(element)
        case "resource-env-ref": try self.readResourceEnvironmentReference(element)
        case "locale-encoding-mapping-list": self.readLocaleEncodings(element)
        case "absolute-ordering": try self.readAbsoluteOrdering(element)
        default: self.checkIgnored(element)
        }
    }

    private static let ignored: Set<String> = [
        "data-source", "description", "ejb-local-ref", "ejb-ref", "icon", "jms-connection-factory", "jms-destination",
        "jsp-config", "mail-session", "message-destination", "message-destination-ref", "module-name",
        "persistence-context-ref", "persistence-unit-ref", "post-construct", "pre-destroy", "service-ref", "taglib",
        "connection-factory", "administered-object", "context-service", "managed-executor",
        "managed-scheduled-executor", "managed-thread-factory",
    ]
    private static let understood = [
        "display-name", "distributable", "deny-uncovered-http-methods", "default-context-path",
        "request-character-encoding", "response-character-encoding", "context-param", "listener", "filter",
        "filter-mapping", "servlet", "servlet-mapping", "session-config", "mime-mapping", "welcome-file-list",
        "error-page", "security-constraint", "login-config", "security-role", "env-entry", "resource-ref",
        "resource-env-ref", "locale-encoding-mapping-list", "absolute-ordering",
    ]

    private mutating func checkIgnored(_ element: XMLElement) {
        if Self.ignored.contains(element.name) { return }
        let nearest = NearestName.nearest(to: element.name, among: Self.understood)
        self.note(element, path: "web-app/" + element.name, "unknown element", nearest: nearest)
    }

    private mutating func readAbsoluteOrdering(_ element: XMLElement) throws(WebXmlError) {
        try self.once(element)
        self.webXml.absoluteOrdering = element.children.compactMap { child in
            switch child.name {
            case "name": self.text(of: child)
            case "others": WebXml.othersMarker
            default: nil
            }
        }
    }

    // MARK: Tools of the readers

    /// - Throws: ``WebXmlError`` the second time an element of this name stands in the file.
    mutating func once(_ element: XMLElement) throws(WebXmlError) {
        guard self.seen.insert(element.name).inserted else {
            throw WebXmlError("<\(element.name)> element is limited to 1 occurrence")
        }
    }

    func text(of element: XMLElement) -> String {
        guard element.text.utf8.contains(UInt8(ascii: "$")) else { return element.text }
        return self.substitution.replace(element.text).text.trimmingBlanks()
    }

    /// The text of the last child of a name.
    func text(_ name: String, in element: XMLElement) -> String? {
        element.last(name).map { self.text(of: $0) }
    }

    func texts(_ name: String, in element: XMLElement) -> [String] {
        element.children.compactMap { $0.name == name ? self.text(of: $0) : nil }
    }

    /// A mandatory name.
    func name(_ child: String, in element: XMLElement) throws(WebXmlError) -> String {
        guard let name = self.text(child, in: element) else { throw WebXmlError("<\(child)> is missing") }
        return name
    }

    func number<Value: AttributeConvertible>(
        _ name: String,
        in element: XMLElement,
        as type: Value.Type = Value.self
    ) throws(WebXmlError) -> Value? {
        guard let text = self.text(name, in: element) else { return nil }
        do {
            return try Value(attributeText: text)
        } catch {
            throw WebXmlError("<\(name)>: [\(text)] is not \(error.expected.phrase)")
        }
    }

    func flag(_ name: String, in element: XMLElement) -> Bool? {
        self.text(name, in: element).map { Bool(attributeText: $0) }
    }

    private func encoding(of element: XMLElement) throws(WebXmlError) -> String {
        let name = self.text(of: element)
        guard CharacterEncoding.isSupported(name) else {
            throw WebXmlError("<\(element.name)>: the encoding [\(name)] is not supported")
        }
        return name
    }

    mutating func note(_ element: XMLElement, path: String, _ message: String, nearest: String? = nil) {
        let place = ConfigPlace(element, file: self.file, path: path)
        self.problems.append(
            ConfigProblem(
                .notice,
                at: place,
                message,
                nearest: nearest,
                log: ConfigProblem.LogLine(
                    .info,
                    category: Self.category,
                    source: Self.source,
                    "\(self.file):\(element.line): [\(path)] \(message)"
                )
            )
        )
    }

    private mutating func refuse(_ element: XMLElement, path: String, _ error: WebXmlError) {
        let place = ConfigPlace(element, file: self.file, path: path)
        self.problems.append(Self.problem(at: place, error.message))
    }

    private static let category = "org.apache.tomcat.util.descriptor.web.WebXmlParser"
    private static let source = "org.apache.tomcat.util.descriptor.web.WebXmlParser.parseWebXml"

    static func problem(at place: ConfigPlace, _ message: String, nearest: String? = nil) -> ConfigProblem {
        let log = ConfigProblem.LogLine(
            .severe,
            category: Self.category,
            source: Self.source,
            "Parse error in application web.xml file at [file:\(place.file)]\n"
                + "Occurred at line [\(place.line)] column [\(place.column)]: [\(place.path)] \(message)"
        )
        return ConfigProblem(.fatal, at: place, message, nearest: nearest, log: log)
    }

    static func problem(unreadable error: ConfigError) -> ConfigProblem {
        Self.problem(
            at: ConfigPlace(file: error.file, line: error.line, column: error.column, path: "web-app"),
            error.message
        )
    }
}
