import Modeler

/// Beans in the text formats that Prometheus scrapes.
///
/// Shape: a family is `# HELP`, `# TYPE`, then a sample per bean. A family is named `tomcat_`, the bean's type and
/// the attribute in snake case; the parts of a composite follow as further words, counters end in `_total`. The
/// properties of the bean's name, apart from its type, are labels; `WebModule` and the name of one become `host` and
/// `context`, as other beans have them.
/// Left out are texts, what an operator configured, and requests being served, whose names do not last.
/// Source: Prometheus text format 0.0.4; OpenMetrics 1.0.
struct Exposition {
    enum Format: Equatable, Sendable {
        case prometheus
        case openMetrics

        /// What a scraper that sends this `Accept` understands.
        init(accept: String?) {
            self = accept?.lowercased().contains("application/openmetrics-text") == true ? .openMetrics : .prometheus
        }

        var contentType: String {
            switch self {
            case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }
    }

    private struct Family {
        let help: String
        let isCounter: Bool
        var samples: [String] = []
    }

    private static let skippedTypes: Set<String> = ["RequestProcessor"]
    private static let skippedLabels: Set<String> = ["type", "j2eeType", "J2EEApplication", "J2EEServer"]

    private let format: Format
    private var order: [String] = []
    private var families: [String: Family] = [:]

    private init(_ format: Format) { self.format = format }

    /// The whole answer to a scrape.
    static func text(of beans: [RegisteredBean], _ format: Format) -> String {
        var exposition = Self(format)
        for bean in beans where !self.skippedTypes.contains(bean.type) { exposition.add(bean) }
        return exposition.text
    }

    private mutating func add(_ bean: RegisteredBean) {
        let prefix = Self.prefix(of: bean.name) + "_" + Self.snakeCase(Self.kind(of: bean))
        let labels = Self.labels(of: bean.name)
        for attribute in bean.attributes where attribute.metric != .text && !attribute.isSetting {
            guard let value = try? bean.get(attribute.name) else { continue }
            let name = prefix + "_" + Self.snakeCase(attribute.name)
            if case .composite(let items) = value {
                for item in items { self.add(item.value, name + "_" + Self.snakeCase(item.name), labels, attribute) }
            } else {
                self.add(value, name, labels, attribute)
            }
        }
    }

    private mutating func add(_ value: BeanValue, _ name: String, _ labels: String, _ attribute: BeanAttributeInfo) {
        guard let number = Self.number(value) else { return }
        let isCounter = attribute.metric == .counter
        if self.families[name] == nil {
            self.order.append(name)
            self.families[name] = Family(help: attribute.documentation, isCounter: isCounter)
        }
        self.families[name]?.samples.append("\(name)\(isCounter ? "_total" : "")\(labels) \(number)")
    }

    private var text: String {
        var text = ""
        for name in self.order {
            guard let family = self.families[name] else { continue }
            // The older format knows a counter by the name of its sample, the newer one by the name before `_total`.
            let shown = family.isCounter && self.format == .prometheus ? name + "_total" : name
            text += "# HELP \(shown) \(Self.escapedHelp(family.help, self.format))\n"
            text += "# TYPE \(shown) \(family.isCounter ? "counter" : "gauge")\n"
            for sample in family.samples { text += sample + "\n" }
        }
        return self.format == .openMetrics ? text + "# EOF\n" : text
    }

    // MARK: Names

    /// `tomcat` for the container's own beans, else the domain.
    private static func prefix(of name: ObjectName) -> String {
        name.domain.contains(".") ? self.snakeCase(name.domain) : "tomcat"
    }

    /// The type, and where one type names several kinds of beans, the kind.
    private static func kind(of bean: RegisteredBean) -> String {
        bean.type == "WebResourceRoot" && bean.name["name"] == "Cache" ? "ResourceCache" : bean.type
    }

    /// `currentThreadsBusy` as `current_threads_busy`; what no metric's name may hold becomes `_`.
    static func snakeCase(_ text: String) -> String {
        var words = ""
        var previous: Character?
        let characters = Array(text)
        for (index, character) in characters.enumerated() {
            let isUpper = character.isUppercase
            let next = index + 1 < characters.count ? characters[index + 1] : nil
            let startsWord = isUpper && (previous?.isLowercase == true || previous?.isNumber == true)
            let endsAcronym = isUpper && previous?.isUppercase == true && next?.isLowercase == true
            if startsWord || endsAcronym { words.append("_") }
            let isAllowed = character.isASCII && (character.isLetter || character.isNumber)
            words.append(isAllowed ? Character(character.lowercased()) : "_")
            previous = character
        }
        return words
    }

    private static func labels(of name: ObjectName) -> String {
        var labels: [(String, String)] = []
        let isModule = name["j2eeType"] == "WebModule"
        for property in name.properties where !self.skippedLabels.contains(property.key) {
            if property.key == "WebModule" || (isModule && property.key == "name") {
                let (host, context) = ModuleName(property.value).parts
                labels += [("host", host), ("context", context)]
            } else {
                labels.append((self.snakeCase(property.key), ObjectName.unquote(property.value) ?? property.value))
            }
        }
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0.0)=\"\(self.escapedLabel($0.1))\"" }.joined(separator: ",") + "}"
    }

    // MARK: Values and texts

    /// Whole numbers without a fraction; `nil` for what is no number.
    private static func number(_ value: BeanValue) -> String? {
        switch value {
        case .bool(let flag): flag ? "1" : "0"
        case .int(let number): String(number)
        case .long(let number): String(number)
        case .double(let number) where number.isNaN: "NaN"
        case .double(let number) where number.isInfinite: number < 0 ? "-Inf" : "+Inf"
        case .double(let number): "\(number)"
        case .null, .string, .objectName, .array, .composite, .table: nil
        }
    }

    static func escapedLabel(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    static func escapedHelp(_ text: String, _ format: Format) -> String {
        guard format == .prometheus else { return self.escapedLabel(text) }
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
