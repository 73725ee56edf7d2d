import Glibc
import NIOCore

@testable import Coyote

/// What libFuzzer calls with each input; `Tests/fuzz.sh` builds it and names the target in `FUZZ_TARGET`.
///
/// Besides not trapping, whatever is read in two pieces must read as the whole does: a difference is a finding.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let seed = input.first else { return 0 }
    let body = Array(input.dropFirst())
    let cut = body.isEmpty ? 0 : Int(seed) % body.count
    switch getenv("FUZZ_TARGET").map({ String(cString: $0) }) {
    case "http": fuzzHead(body, cut)
    case "chunked": fuzzChunked(body, cut)
    case "multipart": fuzzMultipart(body, cut)
    case "objects": fuzzObjects(body)
    case "flat": fuzzFlat(body, seed)
    case "frames": fuzzFrames(body, cut)
    default: fuzzFields(body)
    }
    return 0
}

func expectSame(_ whole: String, _ cut: String) {
    guard whole != cut else { return }
    print("whole: \(whole)\ncut: \(cut)")
    fflush(nil)
    abort()
}

/// The head of a request: offsets, or the status of the refusal, as text.
private func fuzzHead(_ bytes: [UInt8], _ cut: Int) {
    func decode(_ counts: [Int]) -> String {
        var settings = Http11Decoder.Settings()
        settings.headSizeMaximum = 1024
        settings.headerCountMaximum = 8
        var decoder = Http11Decoder(settings: settings)
        let headers = MimeHeaders()
        do throws(Http11DecodingError) {
            var isComplete = false
            for count in counts where !isComplete {
                isComplete = try bytes.withUnsafeBufferPointer { buffer throws(Http11DecodingError) in
                    try decoder.decode(
                        UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: buffer[..<count])),
                        into: headers
                    )
                }
            }
            guard isComplete else { return "incomplete" }
            return "\(decoder.methodRange) \(decoder.targetRange) \(headers.count)"
        } catch {
            return "\(error.rejection.status)"  // what a message quotes depends on what has arrived
        }
    }
    expectSame(decode([bytes.count]), decode([cut, bytes.count]))
}

/// A chunked body: its content and trailers, or the error.
private func fuzzChunked(_ bytes: [UInt8], _ cut: Int) {
    func decode(_ pieces: [ArraySlice<UInt8>]) -> String {
        var decoder = ChunkedDecoder(extensionSizeMaximum: 64, trailerSizeMaximum: 64)
        var content: [UInt8] = []
        do throws(BodyDecodingError) {
            for piece in pieces {
                var buffer = ByteBuffer(bytes: piece)
                while let data = try decoder.decode(&buffer) { content.append(contentsOf: data.readableBytesView) }
            }
            return "\(decoder.isComplete) \(content)"
        } catch {
            return "\(error)"
        }
    }
    expectSame(decode([bytes[...]]), decode([bytes[..<cut], bytes[cut...]]))
}

private func fuzzMultipart(_ bytes: [UInt8], _ cut: Int) {
    func parse(_ pieces: [ArraySlice<UInt8>]) -> String {
        var limits = MultipartLimits()
        limits.partCount = 8
        limits.partHeaderSize = 128
        limits.fileSize = 256
        var parser = MultipartParser(boundary: [0x62], limits: limits)
        var text = ""
        do throws(MultipartError) {
            for piece in pieces {
                for event in try parser.receive(piece.span) {
                    switch event {
                    case .begin(let header): text += "\(header.name) \(header.submittedFileName ?? "")["
                    case .content(let octets): text += octets.map { "\($0)," }.joined()
                    case .end: text += "]"
                    }
                }
            }
            try parser.finish()
            return text
        } catch {
            return "\(error)"
        }
    }
    expectSame(parse([bytes[...]]), parse([bytes[..<cut], bytes[cut...]]))
}

/// The readers of fields, targets, cookies and forms.
private func fuzzFields(_ bytes: [UInt8]) {
    let text = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    _ = try? RequestPath.canonicalize(bytes.span)
    _ = try? Authority(parsing: bytes.span)
    var cookies: [RequestCookie] = []
    try? Rfc6265CookieProcessor().parse(bytes.span, into: &cookies, limit: 100)
    var parameters = ParameterReader(limit: 100)
    parameters.read(form: bytes.span) { _, _ in }
    _ = MediaType(parsing: text)?.text
    _ = RangeHeader(parsing: text)
    _ = EntityTagCondition(parsing: text)
    _ = DigestCredentials(parsing: text)
    _ = BasicCredentials(parsing: text)
    _ = AcceptLanguage.preferred([text])
    _ = TransferCoding.parse(text)
    _ = UpgradeProtocol.parse([text])
    _ = Priority(parsing: text)
    _ = HTTPDate.parse(text).map { HTTPDate.format($0) }
    _ = TokenList(parsing: text)
}
