package import Modeler

/// Makes the component tree that a configuration file describes.
///
/// Each element fires its rule in this order: the component is made from the element's attributes, its
/// children are processed, it is attached to its parent. So a parent learns of a child when the child is
/// complete, and siblings are attached in the order of the file.
///
/// ```swift
/// digester.on("Server/Service/Engine", create: StandardEngine.descriptor.className) {
///     (service: StandardService, engine: StandardEngine) in service.container = engine
/// }
/// digester.on("Server/Service/Engine/Valve") {  // className is required
///     (engine: StandardEngine, valve: any Valve) in engine.pipeline.add(valve)
/// }
/// ```
/// Nothing is thrown: what is wrong is collected, so that one run tells everything. After a fatal problem the
/// tree is incomplete and must not be started.
///
/// Tomcat counterpart: `org.apache.tomcat.util.digester.Digester`; differs from it in: known Java classes without
/// a counterpart are skipped with a log line, and `configtest` learns of every problem.
package struct Digester {
    package let registry: ComponentRegistry
    package let substitution: PropertySubstitution
    private(set) var rules = DigesterRules()

    package init(registry: ComponentRegistry, substitution: PropertySubstitution) {
        self.registry = registry
        self.substitution = substitution
    }

    // MARK: Rules

    /// Makes a component for each element that matches, and attaches it to its parent's.
    ///
    /// - Parameters:
    ///   - pattern: a path from the root as `Server/Service`, or `*/` and the end of one.
    ///   - className: the class of an element that names none; without it `className` is mandatory.
    ///   - isOverridable: whether the element may name another class.
    ///   - allowsOptional: whether `optional="true"` skips the element if its class is unknown.
    ///   - ignored: attributes that are not the component's.
    ///   - attach: called at the end tag.
    package mutating func on<Parent, Child>(
        _ pattern: String,
        create className: String? = nil,
        isOverridable: Bool = true,
        allowsOptional: Bool = false,
        ignoring ignored: Set<String> = [],
        attach: @escaping (Parent, Child) throws -> Void
    ) {
        let rule = ComponentRule(
            className: className,
            isOverridable: isOverridable,
            allowsOptional: allowsOptional,
            ignored: ignored
        ) { parent, child in
            guard let child = child as? Child else { throw MisplacedComponent(description: "\(type(of: child))") }
            guard let parent = parent as? Parent else {
                let name = parent.map { "\(type(of: $0))" } ?? "nothing"
                throw MisplacedComponent(description: "\(type(of: child)) in \(name)")
            }
            try attach(parent, child)
        }
        self.rules[pattern] = DigesterRule(action: .component(rule))
    }

    /// Makes the component of the root element.
    package mutating func onRoot<Child>(
        _ pattern: String,
        create className: String,
        isOverridable: Bool = true,
        ignoring ignored: Set<String> = [],
        attach: @escaping (Child) throws -> Void = { (_: Child) in }
    ) {
        let rule = ComponentRule(
            className: className,
            isOverridable: isOverridable,
            allowsOptional: false,
            ignored: ignored
        ) { _, child in
            guard let child = child as? Child else { throw MisplacedComponent(description: "\(type(of: child))") }
            try attach(child)
        }
        self.rules[pattern] = DigesterRule(action: .component(rule))
    }

    /// Hands the text of each element that matches to its parent's component.
    package mutating func onText<Parent>(_ pattern: String, _ body: @escaping (Parent, String) throws -> Void) {
        let action = DigesterRule.Action.text { parent, text in
            guard let parent = parent as? Parent else {
                throw MisplacedComponent(description: "text in \(type(of: parent))")
            }
            try body(parent, text)
        }
        self.rules[pattern] = DigesterRule(action: action)
    }

    /// Checks the class name and the attributes of each element that matches, and makes nothing.
    package mutating func inspect(_ pattern: String, create className: String? = nil) {
        let rule = ComponentRule(
            className: className,
            isOverridable: true,
            allowsOptional: false,
            ignored: []
        ) { _, _ in }
        self.rules[pattern] = DigesterRule(action: .inspect(rule))
    }

    /// Accepts each element that matches, whatever it holds: it has a meaning in Java only.
    package mutating func accept(_ pattern: String) {
        self.rules[pattern] = DigesterRule(action: .accept)
    }

    /// Lays the elements of a pattern over the root elements of other documents.
    ///
    /// Attributes and children of those come first, in their order, so that the element's own win: this is
    /// how a Context gets the defaults of `conf/context.xml`. The pattern must have a rule already.
    package mutating func underlay<Parent>(
        _ pattern: String,
        documents: @escaping (Parent, XMLElement) -> [XMLDocument]
    ) {
        guard case .component(var rule)? = self.rules[pattern]?.action else {
            preconditionFailure("\(pattern) has no component rule")
        }
        rule.underlay = { parent, element in
            guard let parent = parent as? Parent else { return [] }
            return documents(parent, element)
        }
        self.rules[pattern] = DigesterRule(action: .component(rule))
    }

    /// Tells each component of a pattern whose child it is going to be, before its own children are made.
    ///
    /// It is attached later as ever; this is for what its children must know. The pattern must have a rule already.
    package mutating func onBegin<Parent, Child>(_ pattern: String, _ body: @escaping (Parent, Child) -> Void) {
        guard case .component(var rule)? = self.rules[pattern]?.action else {
            preconditionFailure("\(pattern) has no component rule")
        }
        rule.begin = { parent, child in
            if let parent = parent as? Parent, let child = child as? Child { body(parent, child) }
        }
        self.rules[pattern] = DigesterRule(action: .component(rule))
    }

    /// Adds the rules of a family of elements.
    package mutating func add(_ rules: some RuleSet) {
        rules.addRules(to: &self)
    }

    // MARK: Reading

    /// Reads a file and makes what it describes.
    package func digest(_ path: String, reader: XMLReader = XMLReader(), under parent: Any? = nil) -> DigestOutcome {
        do {
            return self.digest([try reader.read(path)], under: parent)
        } catch {
            return DigestOutcome(component: nil, problems: [ConfigProblem(unreadable: error)])
        }
    }

    /// Makes what one or more documents describe together: each one's root element is laid over those before it.
    ///
    /// `parent` is what the root's component is attached to.
    package func digest(_ documents: [XMLDocument], under parent: Any? = nil) -> DigestOutcome {
        var run = DigestRun(digester: self)
        let component = run.digest(documents, under: parent)
        return DigestOutcome(component: component, problems: run.problems)
    }
}

/// Rules that belong together, as those of a Host and all it contains.
package protocol RuleSet {
    func addRules(to digester: inout Digester)
}

/// What became of a configuration file.
package struct DigestOutcome {
    /// The root element's component; nil if it could not be made.
    package let component: Any?
    /// In the order of the file.
    package let problems: [ConfigProblem]

    /// Whether Tomcat would refuse the file.
    package var isRejected: Bool { self.problems.contains { $0.severity == .fatal } }
}

extension ConfigProblem {
    /// A file that could not be read at all.
    package init(unreadable error: ConfigError) {
        self.init(
            .fatal,
            at: ConfigPlace(file: error.file, line: error.line, column: error.column, path: ""),
            error.message,
            log: LogLine(
                .severe,
                source: "org.apache.tomcat.util.digester.Digester.fatalError",
                error.line > 0
                    ? "Parse fatal error at line [\(error.line)] column [\(error.column)]: \(error.message)"
                    : error.description
            )
        )
    }
}
