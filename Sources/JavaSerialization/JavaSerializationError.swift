/// Why bytes are no acceptable Java object stream, or why a value cannot be taken from or put into one.
///
/// After any of these the stream that threw is of no further use, except after ``writeAborted(className:message:)``,
/// behind which it goes on.
package enum JavaSerializationError: Error, Equatable, Sendable {
    /// The bytes end in the middle of something.
    case truncated
    /// The stream does not begin with the magic number and version `ac ed 00 05`.
    case badHeader
    /// A type code that is none, or that must not stand there.
    case unexpectedTypeCode(UInt8)
    /// Primitive data was asked for where an object stands, or where the data ends.
    case noPrimitiveData
    /// An object was asked for while so many bytes of primitive data had not been read.
    case unreadPrimitiveData(Int)
    /// A back-reference to a handle that has not been given out.
    case unknownHandle(UInt32)
    /// A back-reference to something of another kind than must stand there, or not yet complete.
    case wrongHandle(UInt32)
    /// One of ``JavaLimits`` was reached.
    case limitExceeded(JavaLimits.Kind)
    /// A class descriptor that contradicts itself or the content it describes.
    case invalidDescriptor(className: String)
    /// A dynamic proxy, which is never accepted.
    case proxyClass
    /// A class descriptor with annotations of its own, as only specialised Java streams write them.
    case annotatedClass(className: String)
    /// A length below zero.
    case invalidLength(Int64)
    /// Text that is not modified UTF-8, or that cannot be a Swift string where one is needed.
    case malformedText
    /// Text of more than 65,535 encoded bytes where its length has two bytes.
    case textTooLong(Int)
    /// The writing side failed in the middle of an object; its exception follows in the stream.
    case writeAborted(className: String, message: String?)
    /// An object of another class than the caller expects.
    case unexpectedClass(found: String)
    /// An object lacks a field or the field holds something of another type than the caller expects.
    case unexpectedField(String)
    /// A value that the wanted Java class cannot have.
    case invalidValue(className: String)
}
