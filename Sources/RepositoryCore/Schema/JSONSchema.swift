/// A JSON Schema of draft 4, compiled: valid or not, and what the repository's own keyword says of each node.
///
/// Whatever `$schema` says, draft 4 applies. References reach into the schema itself, into the documents given
/// beside it and into the draft's own schema; nothing is ever fetched.
/// Source: draft-zyp-json-schema-04, draft-fge-json-schema-validation-00.
package struct JSONSchema: Sendable {
    let nodes: [SchemaNode]
    /// References that led nowhere.
    package let unresolvedReferences: [String]

    /// - Parameters:
    ///   - json: The schema.
    ///   - uri: Where it stands, for relative references.
    ///   - documents: Other schemas by absolute URI without fragment.
    /// - Throws: ``SchemaError``; a reference that leads nowhere is no error here, only to those who follow it.
    package init(_ json: JSONValue, uri: String = "", documents: [String: JSONValue] = [:]) throws(SchemaError) {
        var compiler = SchemaCompiler(documents: documents)
        self.nodes = try compiler.compile(json, uri: uri)
        self.unresolvedReferences = compiler.unresolved
    }

    /// Checks that the schema is one by the draft's own rules.
    package static func checkSyntax(of json: JSONValue) throws(SchemaError) {
        do throws(SchemaViolation) {
            _ = try Self.draft4.annotations(validating: json)
        } catch {
            throw .invalid(error)
        }
    }

    private static let draft4: JSONSchema = {
        do {
            return try JSONSchema(Draft4.metaschema)
        } catch {
            preconditionFailure("the draft's own schema does not compile: \(error)")
        }
    }()

    /// Whether any node may have a role in authentication.
    func mentions(_ role: ContentFacts.AuthRole) -> Bool {
        self.nodes.contains { node in
            let auth = node.cordra?["auth"]
            return (auth?.string ?? auth?["type"]?.string) == role.rawValue
        }
    }

    /// Validates an instance and collects the repository's keyword of every schema that applied to a node.
    ///
    /// A property that the server fills in is reported also where the instance lacks it.
    package func annotations(validating value: JSONValue) throws(SchemaViolation) -> [SchemaAnnotation] {
        var validator = SchemaValidator(schema: self)
        try validator.validate(value, node: 0)
        return validator.annotations
    }

    /// Collects the repository's keyword of every schema that applies to a node, whether or not the instance
    /// satisfies them: what is secret is secret in content that breaks another rule, too.
    package func annotations(of value: JSONValue) -> [SchemaAnnotation] {
        do throws(SchemaViolation) {
            return try self.annotations(validating: value)
        } catch {
            var collector = AnnotationCollector(schema: self)
            collector.collect(value, node: 0)
            return collector.annotations
        }
    }
}

/// What the schema's keyword `cordra` says of one node of an instance.
package struct SchemaAnnotation: Sendable, Equatable {
    package let pointer: JSONPointer
    package let keyword: JSONObject

    package init(pointer: JSONPointer, keyword: JSONObject) {
        self.pointer = pointer
        self.keyword = keyword
    }
}
