import Modeler

/// What a descriptor refers to, checked against all that the application and its defaults define.
///
/// Source: `StandardContext.addServletMappingDecoded`, `addFilterMap`, `addErrorPage`, `setLoginConfig` and
/// `addConstraint`.
package enum WebXmlReferences {
    /// What is wrong with the mappings, constraints and pages of one document, each at its element.
    ///
    /// `merged` is the application's descriptor with its defaults.
    package static func problems(of document: XMLDocument, in merged: WebXml) -> [ConfigProblem] {
        let servlets = merged.servlets.values.map(\.name)
        let filters = merged.filters.values.map(\.name)
        return document.root.children.flatMap { element -> [ConfigProblem] in
            switch element.name {
            case "servlet-mapping": return self.problems(of: element, "servlet", known: servlets, document)
            case "filter-mapping": return self.problems(of: element, "filter", known: filters, document)
            case "error-page": return self.pages(of: element, [("location", "Error page location")], document)
            case "login-config":
                return element.all("form-login-config").flatMap { self.pages(of: $0, self.forms, document) }
            case "security-constraint": return self.constraints(of: element, document)
            default: return []
            }
        }
    }

    private static func problems(
        of element: XMLElement,
        _ kind: String,
        known: [String],
        _ document: XMLDocument
    ) -> [ConfigProblem] {
        let place = ConfigPlace(element, file: document.file, path: "web-app/\(element.name)")
        var problems: [ConfigProblem] = []
        let name = element.last("\(kind)-name")?.text ?? ""
        if !name.isEmpty, !name.contains("${"), !known.contains(name) {
            let title = kind == "servlet" ? "Servlet" : "Filter"
            problems.append(
                WebXmlReading.problem(
                    at: place,
                    "\(title) mapping specifies an unknown \(kind) name [\(name)]",
                    nearest: NearestName.nearest(to: name, among: known)
                )
            )
        }
        for pattern in element.all("url-pattern").map(\.text) where !pattern.contains("${") {
            guard !self.isValid(pattern, isFilter: kind == "filter") else { continue }
            problems.append(
                WebXmlReading.problem(at: place, "Invalid <url-pattern> [\(pattern)] in \(kind) mapping")
            )
        }
        return problems
    }

    private static let forms = [("form-login-page", "Form login page"), ("form-error-page", "Form error page")]

    /// The pages that an element names, each of which is a path from the application's root.
    private static func pages(
        of element: XMLElement,
        _ names: [(element: String, title: String)],
        _ document: XMLDocument
    ) -> [ConfigProblem] {
        let path = element.name == "error-page" ? "web-app/error-page" : "web-app/login-config/\(element.name)"
        return names.compactMap { name in
            guard let page = element.last(name.element)?.text, !page.hasPrefix("/"), !page.contains("${") else {
                return nil
            }
            let place = ConfigPlace(element, file: document.file, path: path)
            return WebXmlReading.problem(at: place, "\(name.title) [\(page)] must start with a '/'")
        }
    }

    private static func constraints(of element: XMLElement, _ document: XMLDocument) -> [ConfigProblem] {
        element.all("web-resource-collection").flatMap { collection in
            let patterns = collection.all("url-pattern").map(\.text)
            return patterns.filter { !$0.contains("${") && !self.isValid($0, isFilter: false) }.map { pattern in
                WebXmlReading.problem(
                    at: ConfigPlace(
                        collection,
                        file: document.file,
                        path: "web-app/security-constraint/\(collection.name)"
                    ),
                    "Invalid <url-pattern> [\(pattern)] in security constraint"
                )
            }
        }
    }

    /// Whether a pattern is a path, a prefix or an extension; a filter's may be a lone asterisk too.
    static func isValid(_ pattern: String, isFilter: Bool) -> Bool {
        if pattern.isEmpty || (isFilter && pattern == "*") { return true }
        guard !pattern.utf8.contains(0x0A), !pattern.utf8.contains(0x0D) else { return false }
        if pattern.hasPrefix("*.") { return !pattern.contains("/") }
        return pattern.hasPrefix("/") && !pattern.contains("*.")
    }
}
