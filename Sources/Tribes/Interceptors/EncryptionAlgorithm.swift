package import Modeler

/// How bodies are encrypted: AES in a mode with a padding, as `AES/GCM/NoPadding`.
package struct EncryptionAlgorithm: Sendable, Equatable {
    package enum Mode: String, Sendable, CaseIterable {
        case gcm = "GCM"
        case cbc = "CBC"
        case cfb = "CFB"
        case ofb = "OFB"

        /// Bytes of the initialisation vector.
        package var vectorSize: Int { self == .gcm ? 12 : 16 }
    }

    package let mode: Mode

    package init(mode: Mode) {
        self.mode = mode
    }

    /// Reads a name of three parts.
    ///
    /// - Throws: ``ChannelError`` with code `badConfiguration` for what is not supported.
    package init(name: String) throws(ChannelError) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map { $0.trimmingBlanks() }
        guard parts.count == 3 else {
            throw ChannelError(
                .badConfiguration,
                "Encryption algorithm is required, fully-specified e.g. AES/CBC/PKCS5Padding"
            )
        }
        guard parts[0].uppercased() == "AES" else {
            throw ChannelError(.badConfiguration, "EncryptInterceptor does not support algorithm [\(parts[0])]")
        }
        guard let mode = Mode(rawValue: parts[1].uppercased()) else {
            throw ChannelError(.badConfiguration, "EncryptInterceptor does not support block cipher mode [\(parts[1])]")
        }
        guard parts[2].lowercased() == (mode == .gcm ? "nopadding" : "pkcs5padding") else {
            throw ChannelError(
                .badConfiguration,
                "EncryptInterceptor does not support padding [\(parts[2])] with mode [\(mode.rawValue)]"
            )
        }
        self.mode = mode
    }
}

/// A secret key, which shows itself to nobody.
package struct EncryptionKey: Sendable, Equatable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}

extension EncryptionKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "EncryptionKey(\(self.bytes.count) bytes)" }
    package var debugDescription: String { self.description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Hexadecimal digits, an even number of them.
extension EncryptionKey: AttributeConvertible {
    package static var attributeType: AttributeType { .string }

    package init(attributeText: String) throws(ConversionError) {
        let digits = attributeText.utf8.compactMap { UInt8(exactly: Character(UnicodeScalar($0)).hexDigitValue ?? -1) }
        guard digits.count == attributeText.utf8.count, digits.count.isMultiple(of: 2) else {
            // The text is a secret even if it is misspelt.
            throw ConversionError(text: "...", expected: .string)
        }
        self.init(stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }

    /// Nothing: a key is not shown.
    package var beanValue: BeanValue { .null }
}
