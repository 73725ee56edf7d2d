import CLibXML2
import Modeler

/// Reads configuration files with libxml2: well-formedness only, nothing from the network, bounded in every way.
///
/// Entities declared inside the file are replaced; libxml2's limit on their amplification stays in force.
/// Isolation: any thread; blocks while it reads.
package struct XMLReader: Sendable {
    /// What a reference to an entity outside the file does.
    package enum ExternalEntities: Sendable {
        /// It makes the file unusable (Tomcat's `xmlBlockExternal`).
        case blocked
        /// It is read if it is a local file.
        case localFiles
    }

    /// Largest file, in bytes.
    package static let sizeMaximum = 32 * 1024 * 1024
    /// Deepest nesting of elements.
    package static let depthMaximum = 200
    /// Most elements of one file.
    package static let elementMaximum = 1_000_000
    /// Most bytes of text and attribute values beyond the file's own size, after entities were replaced.
    package static let expansionMaximum = 8 * 1024 * 1024

    package var externalEntities: ExternalEntities

    package init(externalEntities: ExternalEntities = .blocked) {
        self.externalEntities = externalEntities
    }

    /// Reads a file.
    package func read(_ path: String) throws(ConfigError) -> XMLDocument {
        let bytes: [UInt8]
        do {
            bytes = try RegularFile.read(path)
        } catch {
            throw ConfigError(.unreadable, file: path, error.description)
        }
        return try self.parse(bytes, file: path)
    }

    /// Reads a file's bytes; `file` is its name for messages and the base of its local entities.
    package func parse(_ bytes: [UInt8], file: String) throws(ConfigError) -> XMLDocument {
        guard bytes.count <= Self.sizeMaximum else {
            throw ConfigError(.tooLarge, file: file, "the file is larger than \(Self.sizeMaximum) bytes")
        }
        guard !bytes.isEmpty else {
            throw ConfigError(.malformed, file: file, line: 1, column: 1, "the file is empty")
        }
        let builder = XMLTreeBuilder(
            file: file,
            textMaximum: bytes.count + Self.expansionMaximum,
            blocksExternal: self.externalEntities == .blocked
        )
        let isWellFormed = bytes.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { Self.run($0, builder) }
        }
        if let error = builder.error { throw error }
        guard isWellFormed, let root = builder.root else {
            throw ConfigError(.malformed, file: file, line: 1, column: 1, "the file is not well-formed")
        }
        return XMLDocument(file: file, doctype: builder.doctype, root: root)
    }

    private static let options =
        Int32(XML_PARSE_NOENT.rawValue) | Int32(XML_PARSE_NONET.rawValue) | Int32(XML_PARSE_NOERROR.rawValue)
        | Int32(XML_PARSE_NOWARNING.rawValue)

    /// Lets libxml2 call the builder; returns whether it found the document well-formed.
    private static func run(_ bytes: UnsafeBufferPointer<CChar>, _ builder: XMLTreeBuilder) -> Bool {
        XMLTreeBuilder.initializeLibrary()
        guard let context = xmlCreateMemoryParserCtxt(bytes.baseAddress, Int32(bytes.count)) else { return false }
        defer {
            if let document = context.pointee.myDoc { xmlFreeDoc(document) }
            xmlFreeParserCtxt(context)
        }
        guard let handler = context.pointee.sax else { return false }
        XMLTreeBuilder.install(in: &handler.pointee)
        xmlCtxtUseOptions(context, Self.options)
        if let input = context.pointee.input, let name = xmlStrdup(builder.file) {
            input.pointee.filename = UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self)
        }
        return withExtendedLifetime(builder) {
            context.pointee._private = Unmanaged.passUnretained(builder).toOpaque()
            xmlParseDocument(context)
            return context.pointee.wellFormed == 1
        }
    }
}
