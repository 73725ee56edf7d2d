extension UInt8 {
    /// The byte with `A`…`Z` turned into `a`…`z`.
    @inline(__always)
    var asciiLowercased: UInt8 {
        self &- 0x41 < 26 ? self | 0x20 : self
    }
}

extension String {
    /// Text of bytes that stand for the first 256 Unicode scalars.
    init(latin1 bytes: some Collection<UInt8>) {
        let isASCII = bytes.withContiguousStorageIfAvailable { ByteSet.ascii.end(of: .init($0), from: 0) == $0.count }
        if isASCII ?? bytes.allSatisfy({ $0 < 0x80 }) {
            self.init(decoding: bytes, as: UTF8.self)
        } else {
            self = String(String.UnicodeScalarView(bytes.lazy.map { Unicode.Scalar($0) }))
        }
    }

    /// ASCII text in lower case.
    init(asciiLowercased bytes: some Collection<UInt8>) {
        self.init(unsafeUninitializedCapacity: bytes.count) { target in
            var count = 0
            for byte in bytes {
                target[count] = byte.asciiLowercased
                count += 1
            }
            return count
        }
    }

    /// Text for a message: bytes outside printable ASCII as `0xNN`.
    init(printable bytes: some Collection<UInt8>) {
        self = HeaderText.printable(Array(bytes).span)
    }
}
