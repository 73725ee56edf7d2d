import NIOCore
import NIOPosix

/// Decodes a byte string as a connection would, without a connection: for fuzzers and tests.
package final class RequestDecoding {
    /// What became of the bytes.
    package struct Outcome: Equatable {
        /// Method, target and status of each request; 0 for those that were not refused.
        package var requests: [String] = []
        /// Body bytes of all requests.
        package var bodySize = 0
        /// Whether the connection would close before the end of the bytes.
        package var closes = false
    }

    private final class Nobody: Adapter {
        func service(_ request: Request, _ response: Response) async {}
    }

    /// Requests after which the rest is not looked at.
    private static let requestsMaximum = 1000

    private let settings: Http11Settings
    private var hosts = HostCache()

    package init(configuration: Http11Protocol.Configuration = .init()) {
        self.settings = Http11Settings(configuration: configuration, adapter: Nobody(), threadPool: .singleton)
    }

    /// Decodes requests one after the other until one is refused or incomplete.
    package func decode(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        var input = ByteBuffer(bytes: bytes)
        var outcome = Outcome()
        while !outcome.closes, outcome.requests.count < Self.requestsMaximum, self.decodeOne(&input, &outcome) {}
        return outcome
    }

    /// - Returns: whether a request was complete.
    private func decodeOne(_ input: inout ByteBuffer, _ outcome: inout Outcome) -> Bool {
        let request = Request()
        var decoder = Http11Decoder(settings: self.settings.decoder)
        do {
            guard try input.withUnsafeReadableBytes({ try decoder.decode($0, into: request.headers) }) else {
                return false
            }
        } catch {
            outcome.requests.append("\(error)")
            outcome.closes = true
            return true
        }
        request.headers.head = input.readSlice(length: decoder.position) ?? ByteBuffer()
        var preparation = RequestPreparation(settings: self.settings)
        preparation.prepare(request, decoder, hosts: &self.hosts)
        outcome.requests.append("\(request.method) \(request.requestURI) \(request.rejection?.status ?? 0)")
        outcome.closes = request.rejection != nil || !preparation.keepsAlive
        do throws(BodyDecodingError) {
            while let piece = try preparation.body.decode(&input) { outcome.bodySize += piece.readableBytes }
        } catch {
            outcome.requests.append("\(error)")
            outcome.closes = true
        }
        return preparation.body.isComplete
    }
}
