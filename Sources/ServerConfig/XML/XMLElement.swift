/// One attribute of an element, after entities were replaced.
package struct XMLAttribute: Sendable, Equatable {
    package let name: String
    package let value: String
    /// The line on which the attribute begins.
    package let line: Int

    package init(name: String, value: String, line: Int = 0) {
        self.name = name
        self.value = value
        self.line = line
    }
}

/// One element of a configuration file with all it contains.
///
/// Namespaces are ignored, as Tomcat does: a prefix is part of the name and `xmlns` attributes are left out.
package struct XMLElement: Sendable, Equatable {
    package let name: String
    package var attributes: [XMLAttribute]
    package var children: [XMLElement] = []
    /// The element's own text in one piece, without the blanks at its ends.
    package var text = ""
    package let line: Int
    package let column: Int

    package init(name: String, attributes: [XMLAttribute] = [], line: Int = 0, column: Int = 0) {
        self.name = name
        self.attributes = attributes
        self.line = line
        self.column = column
    }

    /// The value of an attribute.
    package subscript(attribute: String) -> String? {
        self.attributes.first { $0.name == attribute }?.value
    }

    /// The children of one name.
    package func all(_ name: String) -> [XMLElement] {
        self.children.filter { $0.name == name }
    }

    /// The last child of a name: where a file says something twice, the later one counts.
    package func last(_ name: String) -> XMLElement? {
        self.children.last { $0.name == name }
    }
}

/// What a document says about its type.
package struct XMLDoctype: Sendable, Equatable {
    package let name: String
    package let publicID: String?
    package let systemID: String?
}

/// A well-formed configuration file.
package struct XMLDocument: Sendable, Equatable {
    package let file: String
    package let doctype: XMLDoctype?
    package var root: XMLElement

    package init(file: String, doctype: XMLDoctype? = nil, root: XMLElement) {
        self.file = file
        self.doctype = doctype
        self.root = root
    }
}
