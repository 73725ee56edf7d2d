extension ByteSet {
    /// Octets below 0x80.
    package static let ascii = ByteSet(low: .max, high: .max, includesHighBytes: false)

    /// What method names, field names and most words of a field value are made of: `tchar`.
    ///
    /// Source: RFC 9110 §5.6.2.
    package static let token = ByteSet(
        low: 0x03ff_6cfa_0000_0000,
        high: 0x57ff_ffff_c7ff_fffe,
        includesHighBytes: false
    )

    /// `HEXDIG`, either case.
    package static let hexDigit = ByteSet(
        low: 0x03ff_0000_0000_0000,
        high: 0x0000_007e_0000_007e,
        includesHighBytes: false
    )

    /// Octets that end the parse of a request target with 400: controls, SP, `" # < > \ ^ { | }`,
    /// the grave accent and everything from 0x80.
    package static let requestTargetForbidden = ByteSet(
        low: 0x5000_000d_ffff_ffff,
        high: 0xb800_0001_5000_0000,
        includesHighBytes: true
    )

    /// Octets that may occur in the protocol of a request line.
    package static let protocolName = ByteSet(
        low: 0x03ff_c000_0000_0000,
        high: 0x0000_0000_0011_0100,
        includesHighBytes: false
    )

    /// `ALPHA`.
    package static let alpha = ByteSet(
        low: 0x0000_0000_0000_0000,
        high: 0x07ff_fffe_07ff_fffe,
        includesHighBytes: false
    )

    /// `DIGIT`.
    package static let digit = ByteSet(
        low: 0x03ff_0000_0000_0000,
        high: 0x0000_0000_0000_0000,
        includesHighBytes: false
    )

    /// Octets of a URI scheme.
    ///
    /// Source: RFC 3986 §3.1.
    package static let scheme = ByteSet(
        low: 0x03ff_6800_0000_0000,
        high: 0x07ff_fffe_07ff_fffe,
        includesHighBytes: false
    )

    /// Octets of the user information of an authority, percent included.
    ///
    /// Source: RFC 3986 §3.2.1.
    package static let userinfo = ByteSet(
        low: 0x2fff_7ff2_0000_0000,
        high: 0x47ff_fffe_87ff_fffe,
        includesHighBytes: false
    )

    /// The path of a request target: `pchar`, slash and percent.
    ///
    /// Source: RFC 3986 §3.3.
    package static let absolutePath = ByteSet(
        low: 0x2fff_fff2_0000_0000,
        high: 0x47ff_fffe_87ff_ffff,
        includesHighBytes: false
    )

    /// The query of a request target: `pchar`, slash, question mark and percent.
    ///
    /// Source: RFC 3986 §3.4.
    package static let query = ByteSet(
        low: 0xafff_fff2_0000_0000,
        high: 0x47ff_fffe_87ff_ffff,
        includesHighBytes: false
    )

    /// Controls: 0x00 to 0x1F and DEL.
    package static let control = ByteSet(
        low: 0x0000_0000_ffff_ffff,
        high: 0x8000_0000_0000_0000,
        includesHighBytes: false
    )

    /// Visible octets of a field value: `VCHAR` and obs-text.
    ///
    /// Source: RFC 9110 §5.5.
    package static let fieldVChar = ByteSet(
        low: 0xffff_fffe_0000_0000,
        high: 0x7fff_ffff_ffff_ffff,
        includesHighBytes: true
    )

    /// What a field value may hold: HTAB, SP, `VCHAR` and obs-text.
    ///
    /// Source: RFC 9110 §5.5.
    package static let fieldContent = ByteSet(
        low: 0xffff_ffff_0000_0200,
        high: 0x7fff_ffff_ffff_ffff,
        includesHighBytes: true
    )

    /// What a cookie's value may hold: `cookie-octet`, and obs-text as in Tomcat.
    ///
    /// Source: RFC 6265 §4.1.1.
    package static let cookieOctet = ByteSet(
        low: 0xf7ff_effa_0000_0000,
        high: 0x7fff_ffff_efff_ffff,
        includesHighBytes: true
    )

    /// Octets of a cookie's path and of the values of its other attributes: printable ASCII but
    /// `;`.
    package static let cookieAttribute = ByteSet(
        low: 0xf7ff_ffff_0000_0000,
        high: 0x7fff_ffff_ffff_ffff,
        includesHighBytes: false
    )

    /// Octets of a cookie's domain.
    package static let cookieDomain = ByteSet(
        low: 0x03ff_6000_0000_0000,
        high: 0x07ff_fffe_07ff_fffe,
        includesHighBytes: false
    )
}
