import Coyote
import Modeler

/// Beans as `/manager/jmxproxy` prints them.
///
/// Shape: lines end with CR LF; a bean is `Name:`, `modelerType:`, its attributes, an empty line. An array is its
/// type and length, then a line with a tab for each item. A value with line feeds is folded: each becomes `\n`,
/// LF and a blank, and pieces of more than 78 characters are cut likewise.
/// Source: `org.apache.catalina.mbeans.MBeanDumper`.
enum BeanDump {
    private static let pieceMaximum = 78

    /// The answer to a query.
    static func text(of beans: [RegisteredBean]) -> String {
        "OK - Number of results: \(beans.count)\n\n" + beans.map(self.text).joined()
    }

    static func text(of bean: RegisteredBean) -> String {
        var text = "Name: \(bean.name)\r\nmodelerType: \(bean.className)\r\n"
        for attribute in bean.attributes where self.isPrintable(attribute.name) {
            guard let value = try? bean.get(attribute.name), value != .null else { continue }
            text += "\(attribute.name): \(self.text(of: value))\r\n"
        }
        return text + "\r\n"
    }

    /// A value as it stands behind its attribute's name.
    static func text(of value: BeanValue) -> String {
        switch value {
        case .array(let type, let items):
            self.list("Array[\(type)] of length \(items.count)", items)
        case .table(let type, let rows):
            self.list("TabularData[\(type)] of length \(rows.count)", rows)
        default: self.folded(value.text)
        }
    }

    /// What an operation returned, or a single attribute asked for: items of an array by themselves.
    static func plain(_ value: BeanValue) -> String {
        switch value {
        case .array(_, let items): items.map { "  \($0.text)\n" }.joined()
        default: value.text + "\n"
        }
    }

    private static func list(_ head: String, _ items: [BeanValue]) -> String {
        items.reduce(into: head) { $0 += "\r\n\t" + self.folded($1.text) }
    }

    /// The names that would break the shape are left out.
    private static func isPrintable(_ name: String) -> Bool {
        !name.utf8.contains { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: " ") }
    }

    static func folded(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\n")) else { return text }
        var folded = ""
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if index > 0 { folded += "\\n\n " }
            var rest = line
            while rest.count > Self.pieceMaximum {
                folded += rest.prefix(Self.pieceMaximum) + "\n "
                rest = rest.dropFirst(Self.pieceMaximum)
            }
            folded += rest
        }
        return folded
    }

    /// Beans as JSON: an object per bean, numbers and booleans as such.
    static func json(of beans: [RegisteredBean]) -> String {
        let items = beans.map { bean in
            let attributes = bean.attributes.compactMap { attribute -> String? in
                guard let value = try? bean.get(attribute.name), value != .null else { return nil }
                return "\(self.quoted(attribute.name)):\(self.json(of: value))"
            }
            return "{\"name\":\(self.quoted(bean.name.description)),\"modelerType\":\(self.quoted(bean.className)),"
                + "\"attributes\":{\(attributes.joined(separator: ","))}}"
        }
        return "{\"beans\":[\n\(items.joined(separator: ",\n"))\n]}\n"
    }

    private static func json(of value: BeanValue) -> String {
        switch value {
        case .null: "null"
        case .bool, .int, .long: value.text
        case .double(let number): number.isFinite ? "\(number)" : "null"
        case .string, .objectName: self.quoted(value.text)
        case .array(_, let items), .table(_, let items):
            "[" + items.map { self.json(of: $0) }.joined(separator: ",") + "]"
        case .composite(let items):
            "{" + items.map { "\(self.quoted($0.name)):\(self.json(of: $0.value))" }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String { "\"\(JSONText.escape(text))\"" }
}
