import Modeler

/// One walk over a document: holds what was found wrong so far.
struct DigestRun {
    let digester: Digester
    private(set) var problems: [ConfigProblem] = []
    /// Java-only class names that were reported already.
    private var reported: Set<String> = []

    init(digester: Digester) {
        self.digester = digester
    }

    /// The layers of one element, the lowest first; the last is the element itself.
    private typealias Layers = [(element: XMLElement, file: String)]

    mutating func digest(_ documents: [XMLDocument], under parent: Any?) -> Any? {
        guard let top = documents.last else { return nil }
        let layers = documents.map { (self.substituted($0.root, file: $0.file, path: $0.root.name), $0.file) }
        return self.element(layers, path: top.root.name, parent: parent)
    }

    // MARK: Elements

    /// Fires the rule of an element; returns its component, if it has one.
    @discardableResult
    private mutating func element(_ layers: Layers, path: String, parent: Any?) -> Any? {
        guard let (element, file) = layers.last else { return nil }
        let place = ConfigPlace(element, file: file, path: path)
        switch self.digester.rules.match(path)?.action {
        case .component(let rule): return self.component(layers, rule: rule, at: place, parent: parent)
        case .inspect(let rule):
            self.inspect(element, rule: rule, at: place, isInside: false)
        case .text(let body):
            if let parent {
                self.run("End event threw exception", "endElement", at: place) { try body(parent, element.text) }
            }
            self.children(of: layers, path: path, parent: parent)
        case .accept: break
        case nil:
            self.children(of: layers, path: path, parent: parent)
            self.reportUnknownElement(element, at: place)
        }
        return nil
    }

    private mutating func component(
        _ given: Layers,
        rule: ComponentRule,
        at place: ConfigPlace,
        parent: Any?
    ) -> Any? {
        guard let element = given.last?.element else { return nil }
        let under = rule.underlay?(parent, element) ?? []
        let layers = under.map { (self.substituted($0.root, file: $0.file, path: place.path), $0.file) } + given
        guard let entry = self.entry(of: layers, rule: rule, at: place) else { return nil }
        switch entry {
        case .inert(let inert):
            self.inspectInert(element, inert: inert, at: place, isInside: false)
            return nil
        case .implemented(let descriptor):
            guard let component = self.build(descriptor, from: layers, rule: rule, at: place) else { return nil }
            rule.begin?(parent, component)
            self.children(of: layers, path: place.path, parent: component)
            self.run("End event threw exception", "endElement", at: place) { try rule.attach(parent, component) }
            return component
        }
    }

    private mutating func children(of layers: Layers, path: String, parent: Any?) {
        for (element, file) in layers {
            for child in element.children {
                self.element([(child, file)], path: path + "/" + child.name, parent: parent)
            }
        }
    }

    // MARK: Classes

    /// What the element's class name stands for; nil if that was reported as a problem.
    private mutating func entry(
        of layers: Layers,
        rule: ComponentRule,
        at place: ConfigPlace
    ) -> ComponentRegistry.Entry? {
        guard let element = layers.last?.element else { return nil }
        let attribute = layers.reversed().lazy.compactMap { $0.element.attributes.first { $0.name == "className" } }
            .first
        guard let name = (rule.isOverridable ? attribute?.value : nil) ?? rule.className else {
            self.fatal(at: place, "className is missing")
            return nil
        }
        if let entry = self.digester.registry[name] { return entry }
        if rule.allowsOptional, Bool(attributeText: element["optional"] ?? "") {
            self.problems.append(
                ConfigProblem(
                    .notice,
                    at: place,
                    attribute: attribute,
                    "the optional class [\(name)] is unknown and skipped",
                    log: ConfigProblem.LogLine(
                        .info,
                        category: "org.apache.catalina.startup.ListenerCreateRule",
                        source: "org.apache.catalina.startup.ListenerCreateRule.begin",
                        "Optional listener [\(name)] is not enabled"
                    )
                )
            )
            return nil
        }
        let nearest = self.digester.registry.nearest(to: name)
        self.fatal(at: place, attribute: attribute, "the class [\(name)] is unknown", nearest: nearest)
        return nil
    }

    private mutating func build(
        _ descriptor: AnyComponentDescriptor,
        from layers: Layers,
        rule: ComponentRule,
        at place: ConfigPlace
    ) -> Any? {
        let builder = self.filled(descriptor, from: layers, rule: rule, path: place.path)
        do {
            return try builder.build()
        } catch {
            self.fatal(at: place, String(describing: error))
            return nil
        }
    }

    private mutating func filled(
        _ descriptor: AnyComponentDescriptor,
        from layers: Layers,
        rule: ComponentRule,
        path: String
    ) -> ComponentBuilder {
        var builder = descriptor.instantiate()
        for (element, file) in layers {
            for attribute in element.attributes where !rule.skips(attribute.name) {
                do {
                    try builder.set(attribute.name, to: attribute.value)
                    self.inspectFlag(attribute, of: descriptor, at: ConfigPlace(element, file: file, path: path))
                } catch {
                    self.reportAttribute(attribute, error, at: ConfigPlace(element, file: file, path: path))
                }
            }
        }
        return builder
    }

    // MARK: Elements that do nothing

    private mutating func inspect(_ element: XMLElement, rule: ComponentRule, at place: ConfigPlace, isInside: Bool) {
        switch self.entry(of: [(element, place.file)], rule: rule, at: place) {
        case .inert(let inert): self.inspectInert(element, inert: inert, at: place, isInside: isInside)
        case .implemented(let descriptor):
            _ = self.filled(descriptor, from: [(element, place.file)], rule: rule, path: place.path)
            self.inspectChildren(of: element, at: place)
        case nil: self.inspectChildren(of: element, at: place)
        }
    }

    private mutating func inspectInert(
        _ element: XMLElement,
        inert: InertComponent,
        at place: ConfigPlace,
        isInside: Bool
    ) {
        if !isInside { self.reportInert(inert, at: place) }
        for attribute in element.attributes where attribute.name != "className" {
            do {
                try inert.check(attribute.name)
            } catch {
                self.reportAttribute(attribute, error, at: place)
            }
        }
        self.inspectChildren(of: element, at: place)
    }

    private mutating func inspectChildren(of element: XMLElement, at place: ConfigPlace) {
        for child in element.children {
            let path = place.path + "/" + child.name
            let childPlace = ConfigPlace(child, file: place.file, path: path)
            switch self.digester.rules.match(path)?.action {
            case .component(let rule), .inspect(let rule):
                self.inspect(child, rule: rule, at: childPlace, isInside: true)
            case .text, .accept: break
            case nil: self.reportUnknownElement(child, at: childPlace)
            }
        }
    }

    // MARK: Substitution

    private mutating func substituted(_ element: XMLElement, file: String, path: String) -> XMLElement {
        var element = element
        for index in element.attributes.indices {
            let attribute = element.attributes[index]
            guard attribute.value.utf8.contains(UInt8(ascii: "$")) else { continue }
            let value = self.replaced(attribute.value, at: ConfigPlace(element, file: file, path: path))
            element.attributes[index] = XMLAttribute(name: attribute.name, value: value, line: attribute.line)
        }
        if element.text.utf8.contains(UInt8(ascii: "$")) {
            element.text = self.replaced(element.text, at: ConfigPlace(element, file: file, path: path))
        }
        for index in element.children.indices {
            let name = element.children[index].name
            element.children[index] = self.substituted(
                element.children[index],
                file: file,
                path: "\(path)/\(name)"
            )
        }
        return element
    }

    private mutating func replaced(_ text: String, at place: ConfigPlace) -> String {
        let result = self.digester.substitution.replace(text)
        if result.isUnresolved { self.problems.append(ConfigProblem(unresolved: result.text, at: place)) }
        return result.text
    }

    // MARK: Problems

    private mutating func run(_ event: String, _ method: String, at place: ConfigPlace, _ body: () throws -> Void) {
        do {
            try body()
        } catch let error as MisplacedComponent {
            self.fatal(at: place, event: event, method: method, "a component cannot stand here: \(error)")
        } catch {
            self.fatal(at: place, event: event, method: method, String(describing: error))
        }
    }

    private mutating func fatal(
        at place: ConfigPlace,
        attribute: XMLAttribute? = nil,
        event: String = "Begin event threw exception",
        method: String = "startElement",
        _ message: String,
        nearest: String? = nil
    ) {
        self.problems.append(
            ConfigProblem(
                .fatal,
                at: place,
                attribute: attribute,
                message,
                nearest: nearest,
                log: ConfigProblem.LogLine(
                    .severe,
                    source: ConfigProblem.LogLine.digester + "." + method,
                    "\(event): [\(place.path)] \(message)"
                )
            )
        )
    }

    private mutating func reportAttribute(_ attribute: XMLAttribute, _ error: AttributeError, at place: ConfigPlace) {
        let (message, nearest): (String, String?) =
            switch error {
            case .unknown(_, let nearest): ("unknown attribute", nearest)
            case .notConvertible(_, let text, let expected): ("[\(text)] is not \(expected.phrase)", nil)
            }
        self.problems.append(
            ConfigProblem(
                .warning,
                at: place,
                attribute: attribute,
                message,
                nearest: nearest,
                log: ConfigProblem.LogLine(
                    .warning,
                    source: "org.apache.tomcat.util.digester.SetPropertiesRule.begin",
                    "Match [\(place.path)] failed to set property [\(attribute.name)] to [\(attribute.value)]"
                )
            )
        )
    }

    /// Tells of a word such as `yes`, which counts as `false` without a word of Tomcat's.
    private mutating func inspectFlag(
        _ attribute: XMLAttribute,
        of descriptor: AnyComponentDescriptor,
        at place: ConfigPlace
    ) {
        guard !["true", "false"].contains(attribute.value.lowercased()),
            descriptor.attributes.contains(where: { $0.info.type == .bool && $0.info.names(attribute.name) })
        else { return }
        let message = "[\(attribute.value)] is neither true nor false, and counts as false"
        self.problems.append(
            ConfigProblem(
                .warning,
                at: place,
                attribute: attribute,
                message,
                log: ConfigProblem.LogLine(
                    .warning,
                    source: "org.apache.tomcat.util.digester.SetPropertiesRule.begin",
                    "Match [\(place.path)] property [\(attribute.name)]: \(message)"
                )
            )
        )
    }

    private mutating func reportUnknownElement(_ element: XMLElement, at place: ConfigPlace) {
        self.problems.append(
            ConfigProblem(
                .warning,
                at: place,
                "unknown element",
                nearest: NearestName.nearest(to: element.name, among: self.digester.rules.elementNames.sorted()),
                log: ConfigProblem.LogLine(
                    .warning,
                    source: "org.apache.tomcat.util.digester.Digester.endElement",
                    "No rules found matching [\(place.path)]"
                )
            )
        )
    }

    private mutating func reportInert(_ inert: InertComponent, at place: ConfigPlace) {
        guard self.reported.insert(inert.className).inserted else { return }
        let isJava = inert.reason == .javaOnly
        let message =
            isJava
            ? "the class [\(inert.className)] has no work to do outside Java and is skipped"
            : "the class [\(inert.className)] is not implemented yet; the element is skipped with all it contains"
        self.problems.append(
            ConfigProblem(
                isJava ? .notice : .warning,
                at: place,
                message,
                log: ConfigProblem.LogLine(
                    isJava ? .info : .warning,
                    source: ConfigProblem.LogLine.digester + ".startElement",
                    "[\(place.path)]: \(message)"
                )
            )
        )
    }
}

extension ComponentRule {
    /// Whether an attribute is not the component's own.
    fileprivate func skips(_ name: String) -> Bool {
        name == "className" || self.ignored.contains(name) || (self.allowsOptional && name == "optional")
    }
}

extension ConfigProblem {
    /// A `${…}` that never settles.
    init(unresolved text: String, at place: ConfigPlace) {
        self.init(
            .warning,
            at: place,
            "a ${…} reference does not come to an end: [\(text)]",
            log: LogLine(
                .warning,
                category: "org.apache.tomcat.util.IntrospectionUtils",
                source: "org.apache.tomcat.util.IntrospectionUtils.replaceProperties",
                "Property failed to be resolved and remains [\(text)]"
            )
        )
    }
}
