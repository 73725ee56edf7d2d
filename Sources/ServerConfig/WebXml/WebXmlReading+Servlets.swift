import Modeler

/// Servlets, filters and their mappings.
extension WebXmlReading {
    mutating func readServlet(_ element: XMLElement) throws(WebXmlError) {
        let name = try self.name("servlet-name", in: element)
        guard !name.isEmpty else { throw WebXmlError("Invalid <servlet-name> [] in servlet definition.") }
        var servlet = ServletDefinition(name: name)
        servlet.className = self.text("servlet-class", in: element)
        servlet.jspFile = self.text("jsp-file", in: element)
        servlet.displayName = self.text("display-name", in: element)
        servlet.initParameters = self.initParameters(of: element)
        servlet.loadOnStartup = try self.number("load-on-startup", in: element)
        servlet.isEnabled = self.flag("enabled", in: element)
        servlet.isAsyncSupported = self.flag("async-supported", in: element)
        servlet.runAs = element.last("run-as").flatMap { self.text("role-name", in: $0) }
        servlet.isOverridable = self.webXml.isOverridable
        for reference in element.all("security-role-ref") {
            let role = try self.name("role-name", in: reference)
            let link = self.text("role-link", in: reference)
            servlet.securityRoleReferences.append(SecurityRoleReference(name: role, link: link))
        }
        if let multipart = element.last("multipart-config") {
            servlet.multipart = try self.multipart(multipart)
        }
        self.webXml.servlets[name] = servlet
    }

    /// An empty number stands for the default, as a missing one does.
    private func multipart(_ element: XMLElement) throws(WebXmlError) -> MultipartConfig {
        func number<Value: AttributeConvertible>(_ name: String) throws(WebXmlError) -> Value? {
            guard let text = self.text(name, in: element), !text.isEmpty else { return nil }
            return try self.number(name, in: element)
        }
        var config = MultipartConfig()
        config.location = self.text("location", in: element)
        config.maxFileSize = try number("max-file-size")
        config.maxRequestSize = try number("max-request-size")
        config.fileSizeThreshold = try number("file-size-threshold")
        return config
    }

    mutating func readServletMapping(_ element: XMLElement) throws(WebXmlError) {
        let name = try self.name("servlet-name", in: element)
        for text in self.texts("url-pattern", in: element) {
            let pattern = try self.decoded(text)
            if let other = self.webXml.servletMappings[pattern] {
                throw WebXmlError(
                    "The servlets named [\(other)] and [\(name)] are both mapped to the url-pattern [\(pattern)]"
                        + " which is not permitted"
                )
            }
            self.webXml.servletMappings[pattern] = name
        }
    }

    mutating func readFilter(_ element: XMLElement) throws(WebXmlError) {
        let name = try self.name("filter-name", in: element)
        guard !name.isEmpty else { throw WebXmlError("Invalid <filter-name> [] in filter definition.") }
        guard self.webXml.filters[name] == nil else { throw WebXmlError("Duplicate filter name [\(name)]") }
        var filter = FilterDefinition(name: name)
        filter.className = self.text("filter-class", in: element)
        filter.displayName = self.text("display-name", in: element)
        filter.isAsyncSupported = self.flag("async-supported", in: element)
        filter.initParameters = self.initParameters(of: element)
        self.webXml.filters[name] = filter
    }

    mutating func readFilterMapping(_ element: XMLElement) throws(WebXmlError) {
        var mapping = FilterMapping(filterName: try self.name("filter-name", in: element))
        for text in self.texts("url-pattern", in: element) {
            let pattern = try self.decoded(text)
            if pattern == "*" {
                mapping.matchesEveryPath = true
            } else {
                mapping.urlPatterns.append(pattern)
            }
        }
        for name in self.texts("servlet-name", in: element) {
            if name == "*" {
                mapping.matchesEveryServlet = true
            } else {
                mapping.servletNames.append(name)
            }
        }
        for text in self.texts("dispatcher", in: element) {
            guard let dispatcher = DispatcherType(rawValue: text.uppercased()) else {
                self.note(element, path: "web-app/filter-mapping/dispatcher", "unknown dispatcher [\(text)]")
                continue
            }
            mapping.dispatchers.insert(dispatcher)
        }
        self.webXml.filterMappings.append(mapping)
    }

    /// The first of two parameters with one name counts; one without a value is as good as none.
    private func initParameters(of element: XMLElement) -> OrderedMap<String, String> {
        var parameters = OrderedMap<String, String>()
        for parameter in element.all("init-param") {
            guard let name = self.text("param-name", in: parameter), parameters[name] == nil else { continue }
            parameters[name] = self.text("param-value", in: parameter)
        }
        return parameters
    }

    /// The pattern with its `%xx` decoded as UTF-8.
    func decoded(_ pattern: String) throws(WebXmlError) -> String {
        guard pattern.utf8.contains(UInt8(ascii: "%")) else { return pattern }
        var bytes: [UInt8] = []
        var rest = Array(pattern.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let high = Self.digit(rest.removeFirst()), let low = Self.digit(rest.removeFirst())
            else { throw WebXmlError("[\(pattern)] has a % that is not followed by two hexadecimal digits") }
            bytes.append(high << 4 | low)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
