/// The arguments of an operation, as the texts that a management client sent.
package struct OperationArguments: Sendable {
    private let texts: [String]

    package init(_ texts: [String]) {
        self.texts = texts
    }

    package var count: Int { self.texts.count }

    package subscript(position: Int) -> String { self.texts[position] }

    /// The argument as a value of another type.
    /// - Throws: ``ConversionError``, which the registry reports as a number format error.
    package func value<Value: AttributeConvertible>(
        _ position: Int,
        as type: Value.Type = Value.self
    ) throws(ConversionError) -> Value {
        try Value(attributeText: self.texts[position])
    }
}

/// What is known of an operation apart from how it is done.
package struct ManagedOperationInfo: Sendable, Equatable {
    package let name: String
    package let parameters: [String]
    package let documentation: String
}

/// Something that a management client may ask a bean to do.
package struct ManagedOperation<Bean>: Sendable {
    package typealias Body = @Sendable (Bean, OperationArguments) async throws -> BeanValue

    package let info: ManagedOperationInfo
    let body: Body

    /// An operation with a result; `parameters` names its arguments, and two operations of one name differ
    /// in their number.
    package init(
        _ name: String,
        takes parameters: [String] = [],
        _ documentation: String,
        body: @escaping @Sendable (Bean, OperationArguments) async throws -> some BeanRepresentable
    ) {
        self.info = ManagedOperationInfo(name: name, parameters: parameters, documentation: documentation)
        self.body = { try await body($0, $1).beanValue }
    }

    /// An operation without a result.
    package init(
        _ name: String,
        takes parameters: [String] = [],
        _ documentation: String,
        body: @escaping @Sendable (Bean, OperationArguments) async throws -> Void
    ) {
        self.info = ManagedOperationInfo(name: name, parameters: parameters, documentation: documentation)
        self.body = { bean, arguments in
            try await body(bean, arguments)
            return .null
        }
    }
}
