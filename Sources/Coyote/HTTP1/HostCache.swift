/// The last host that a request named, checked and cut, for the next request that names it too.
struct HostCache {
    private var bytes: [UInt8] = []
    private(set) var name = ""
    private(set) var port = -1

    func holds(_ value: UnsafeRawBufferPointer) -> Bool {
        guard value.count == self.bytes.count, !self.bytes.isEmpty else { return false }
        return self.bytes.withUnsafeBytes { known in
            for index in known.indices where known[index] != value[index] { return false }
            return true
        }
    }

    mutating func store(_ value: UnsafeRawBufferPointer, name: String, port: Int) {
        self.bytes = Array(value)
        self.name = name
        self.port = port
    }
}
