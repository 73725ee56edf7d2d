import Coyote
import Glibc
import ServletAPI

/// What paths were mapped to lately: most requests of a site ask for a few of its paths.
///
/// Only for paths that are mapped by their text alone: no parameters, nothing encoded, no welcome file, nothing that
/// depends on a file. A path is kept when it comes the second time, so that paths that come once cost next to nothing.
/// Bound: ``slots`` paths; all are forgotten when the mapper's table changes.
/// Isolation: one event loop, for one connector.
final class MappingCache {
    static let slots = 64
    /// Longer paths are not kept.
    static let pathMaximum = 256

    private final class Entry {
        let target: [UInt8]
        let serverName: String
        let decodedPath: String
        let mapping: MappingData
        let way: Pipeline.Way?

        init(target: [UInt8], serverName: String, decodedPath: String, mapping: MappingData, way: Pipeline.Way?) {
            self.target = target
            self.serverName = serverName
            self.decodedPath = decodedPath
            self.mapping = mapping
            self.way = way
        }

        func holds(_ target: UnsafeRawBufferPointer) -> Bool {
            guard self.target.count == target.count, let start = target.baseAddress else { return false }
            return self.target.withUnsafeBytes { memcmp($0.baseAddress ?? start, start, target.count) == 0 }
        }
    }

    private var entries = [Entry?](repeating: nil, count: MappingCache.slots)
    /// The hash of the path that came last, for each slot.
    private var lastHashes = [UInt64](repeating: 0, count: MappingCache.slots)
    private var table: MapperTable?

    /// Maps a request as the last one that named the same path.
    ///
    /// - Returns: false if nothing is known.
    func apply(to request: Request, serverName: String, _ table: MapperTable) -> Bool {
        guard self.table === table else {
            self.forget(table)
            return false
        }
        return request.coyote.withRequestURIBytes { target in
            guard let entry = self.entries[Self.slot(Self.hash(target))], entry.serverName == serverName,
                entry.holds(target)
            else { return false }
            request.decodedPath = entry.decodedPath
            request.mapping = entry.mapping
            request.way = entry.way
            return true
        }
    }

    /// Keeps what a request was mapped to, if that depends on its path alone.
    func store(_ request: Request, serverName: String, _ table: MapperTable) {
        let mapping = request.mapping
        guard mapping.redirectPath == nil, mapping.versions.isEmpty, mapping.context?.facts != nil,
            [.exact, .path, .extension].contains(mapping.match), request.pathParameters.isEmpty,
            request.decodedPath.utf8.last != UInt8(ascii: "/")
        else { return }
        request.coyote.withRequestURIBytes { target in
            // What is passed on encoded depends on settings that may change while the table stays.
            guard target.count <= Self.pathMaximum, !target.contains(UInt8(ascii: "%")),
                request.decodedPath.utf8.elementsEqual(target)
            else { return }
            let hash = Self.hash(target)
            let slot = Self.slot(hash)
            guard self.lastHashes[slot] == hash else {
                self.lastHashes[slot] = hash
                return
            }
            self.entries[slot] = Entry(
                target: Array(target),
                serverName: serverName,
                decodedPath: request.decodedPath,
                mapping: mapping,
                way: table.engineChain.flatMap { Pipeline.Way(of: request, from: $0) }
            )
        }
    }

    private func forget(_ table: MapperTable) {
        for slot in self.entries.indices { self.entries[slot] = nil }
        self.table = table
    }

    /// A number made of the length and the last octets, where paths differ most.
    private static func hash(_ target: UnsafeRawBufferPointer) -> UInt64 {
        var word = UInt64(target.count)
        if target.count >= 8 {
            word ^= target.loadUnaligned(fromByteOffset: target.count - 8, as: UInt64.self)
        } else {
            for byte in target { word = word << 8 ^ UInt64(byte) }
        }
        return word &* 0x9E37_79B9_7F4A_7C15
    }

    private static func slot(_ hash: UInt64) -> Int { Int(hash >> 58) }
}
