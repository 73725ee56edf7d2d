import CLibXML2
import Modeler

/// Turns libxml2's SAX2 events into a tree.
///
/// The parser context carries the builder in its `_private` field, which libxml2 copies into the contexts
/// of the entities it expands; `userData` stays the context itself, so that libxml2's own handlers
/// can keep the declarations of entities.
final class XMLTreeBuilder {
    let file: String
    let textMaximum: Int
    let blocksExternal: Bool
    private(set) var root: XMLElement?
    private(set) var doctype: XMLDoctype?
    /// The first error; nothing is taken after it.
    private(set) var error: ConfigError?
    private var open: [XMLElement] = []
    private var elementCount = 0
    private var textCount = 0

    init(file: String, textMaximum: Int, blocksExternal: Bool) {
        self.file = file
        self.textMaximum = textMaximum
        self.blocksExternal = blocksExternal
    }

    // MARK: Events

    fileprivate func start(_ element: XMLElement, size: Int, in context: xmlParserCtxtPtr) {
        guard self.error == nil else { return }
        self.elementCount += 1
        self.textCount += size
        guard self.open.count < XMLReader.depthMaximum else {
            return self.stop(context, .tooLarge, "elements are nested deeper than \(XMLReader.depthMaximum)")
        }
        guard self.elementCount <= XMLReader.elementMaximum, self.textCount <= self.textMaximum else {
            return self.stop(context, .tooLarge, "the document is too large")
        }
        self.open.append(element)
    }

    fileprivate func end() {
        guard self.error == nil, var element = self.open.popLast() else { return }
        if !element.text.isEmpty { element.text = element.text.trimmingBlanks() }
        if self.open.isEmpty {
            self.root = element
        } else {
            self.open[self.open.count - 1].children.append(element)
        }
    }

    fileprivate func text(_ bytes: UnsafeBufferPointer<UInt8>, in context: xmlParserCtxtPtr) {
        guard self.error == nil, !self.open.isEmpty else { return }
        self.textCount += bytes.count
        guard self.textCount <= self.textMaximum else {
            return self.stop(context, .tooLarge, "the document is too large")
        }
        let last = self.open.count - 1
        if self.open[last].text.isEmpty, bytes.allSatisfy({ $0 <= 0x20 }) { return }
        self.open[last].text.append(String(decoding: bytes, as: UTF8.self))
    }

    fileprivate func declare(_ doctype: XMLDoctype) {
        self.doctype = doctype
    }

    fileprivate func report(_ error: xmlError) {
        guard self.error == nil, error.level.rawValue >= XML_ERR_ERROR.rawValue else { return }
        guard error.domain != Int32(XML_FROM_NAMESPACE.rawValue) else { return }
        let message = error.message.map { String(cString: $0).trimmingBlanks() } ?? "the file is not well-formed"
        let isLimit = error.code == Int32(XML_ERR_ENTITY_LOOP.rawValue) || message.contains("Excessive depth")
        self.error = ConfigError(
            isLimit ? .tooLarge : .malformed,
            file: self.file,
            line: Int(error.line),
            column: Int(error.int2),
            message
        )
    }

    /// Refuses an entity that is not in the file; libxml2 is told to go on with nothing.
    fileprivate func refuse(_ entity: xmlEntity, in context: xmlParserCtxtPtr) {
        let name = entity.name.map { String(cString: $0) } ?? ""
        let location = entity.SystemID.map { String(cString: $0) } ?? ""
        self.stop(context, .externalEntity, "the external entity [\(name)] at [\(location)] is blocked")
    }

    private func stop(_ context: xmlParserCtxtPtr, _ code: ConfigError.Code, _ message: String) {
        if self.error == nil {
            let input = context.pointee.input
            self.error = ConfigError(
                code,
                file: self.file,
                line: input.map { Int($0.pointee.line) } ?? 0,
                column: input.map { Int($0.pointee.col) } ?? 0,
                message
            )
        }
        xmlStopParser(context)
    }
}

// MARK: - Callbacks

extension XMLTreeBuilder {
    private static let isLibraryInitialized: Bool = {
        xmlInitParser()
        return true
    }()

    /// Prepares libxml2's tables once per process.
    static func initializeLibrary() {
        precondition(Self.isLibraryInitialized)
    }

    static func install(in handler: inout xmlSAXHandler) {
        xmlSAXVersion(&handler, 2)
        handler.startElementNs = { context, name, prefix, _, _, _, count, _, attributes in
            XMLTreeBuilder.with(context) { builder, context in
                guard let name else { return }
                let position = XMLTagPosition(context)
                let list = XMLTreeBuilder.attributes(attributes, count: Int(count), position: position)
                let element = XMLElement(
                    name: XMLTreeBuilder.name(name, prefix: prefix),
                    attributes: list,
                    line: position.line,
                    column: position.column
                )
                builder.start(element, size: list.reduce(0) { $0 + $1.value.utf8.count }, in: context)
            }
        }
        handler.endElementNs = { context, _, _, _ in XMLTreeBuilder.with(context) { builder, _ in builder.end() } }
        handler.characters = { context, bytes, count in XMLTreeBuilder.text(context, bytes, count) }
        handler.cdataBlock = { context, bytes, count in XMLTreeBuilder.text(context, bytes, count) }
        handler.ignorableWhitespace = { _, _, _ in }
        handler.internalSubset = { context, name, publicID, systemID in
            XMLTreeBuilder.with(context) { builder, _ in
                builder.declare(
                    XMLDoctype(
                        name: name.map { String(cString: $0) } ?? "",
                        publicID: publicID.map { String(cString: $0) },
                        systemID: systemID.map { String(cString: $0) }
                    )
                )
            }
            xmlSAX2InternalSubset(context, name, publicID, systemID)
        }
        handler.getEntity = { context, name in
            XMLTreeBuilder.permitted(xmlSAX2GetEntity(context, name), in: context)
        }
        handler.getParameterEntity = { context, name in
            XMLTreeBuilder.permitted(xmlSAX2GetParameterEntity(context, name), in: context)
        }
        handler.serror = { context, error in
            XMLTreeBuilder.with(context) { builder, _ in
                if let error { builder.report(error.pointee) }
            }
        }
        handler.externalSubset = nil
        handler.reference = nil
        handler.comment = nil
        handler.processingInstruction = nil
        handler.notationDecl = nil
        handler.unparsedEntityDecl = nil
        handler.attributeDecl = nil
        handler.elementDecl = nil
    }

    private static func with(
        _ context: UnsafeMutableRawPointer?,
        _ body: (XMLTreeBuilder, xmlParserCtxtPtr) -> Void
    ) {
        guard let context else { return }
        let parser = context.assumingMemoryBound(to: xmlParserCtxt.self)
        guard let builder = parser.pointee._private else { return }
        body(Unmanaged<XMLTreeBuilder>.fromOpaque(builder).takeUnretainedValue(), parser)
    }

    private static func text(_ context: UnsafeMutableRawPointer?, _ bytes: UnsafePointer<UInt8>?, _ count: Int32) {
        Self.with(context) { builder, context in
            builder.text(UnsafeBufferPointer(start: bytes, count: Int(count)), in: context)
        }
    }

    /// The entity itself, or nil once it was refused.
    private static func permitted(
        _ entity: xmlEntityPtr?,
        in context: UnsafeMutableRawPointer?
    ) -> xmlEntityPtr? {
        guard let entity else { return nil }
        if Self.hasStopped(context) { return nil }
        let kind = entity.pointee.etype
        guard kind == XML_EXTERNAL_GENERAL_PARSED_ENTITY || kind == XML_EXTERNAL_PARAMETER_ENTITY else { return entity }
        var result: xmlEntityPtr? = entity
        Self.with(context) { builder, context in
            let address = entity.pointee.URI ?? entity.pointee.SystemID
            guard builder.blocksExternal || Self.isRemote(address.map { String(cString: $0) } ?? "") else { return }
            builder.refuse(entity.pointee, in: context)
            result = nil
        }
        return result
    }

    /// Stops a context too whose entity's context was stopped: that alone does not end it.
    private static func hasStopped(_ context: UnsafeMutableRawPointer?) -> Bool {
        var hasStopped = false
        Self.with(context) { builder, context in
            guard builder.error != nil else { return }
            hasStopped = true
            xmlStopParser(context)
        }
        return hasStopped
    }

    /// Whether an address has a scheme other than `file`.
    private static func isRemote(_ address: String) -> Bool {
        guard let colon = address.firstIndex(of: ":") else { return false }
        let scheme = address[..<colon]
        return !scheme.contains("/") && scheme.lowercased() != "file"
    }

    private static func name(_ name: UnsafePointer<UInt8>, prefix: UnsafePointer<UInt8>?) -> String {
        guard let prefix else { return String(cString: name) }
        return String(cString: prefix) + ":" + String(cString: name)
    }

    /// libxml2 gives five pointers per attribute: name, prefix, namespace, value, end of the value.
    private static func attributes(
        _ pointers: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
        count: Int,
        position: XMLTagPosition
    ) -> [XMLAttribute] {
        guard let pointers, count > 0 else { return [] }
        let lines = position.attributeLines()
        return (0..<count).compactMap { index in
            guard let name = pointers[index * 5], let start = pointers[index * 5 + 3], let end = pointers[index * 5 + 4]
            else { return nil }
            let text = Self.name(name, prefix: pointers[index * 5 + 1])
            let value = UnsafeBufferPointer(start: start, count: end - start)
            return XMLAttribute(
                name: text,
                value: String(decoding: value, as: UTF8.self),
                line: lines[text] ?? position.line
            )
        }
    }
}
