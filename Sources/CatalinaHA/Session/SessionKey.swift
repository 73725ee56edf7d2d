/// Which session an id names: what stands before the route.
///
/// A session whose node failed gets the route of the next one, and may get its first id back (`S.a`, `S.b`, `S.a`);
/// nodes that heard of that and nodes that did not still speak of the same session.
struct SessionKey: Hashable, Sendable {
    let text: String

    init(_ id: String) {
        if let dot = id.utf8.firstIndex(of: UInt8(ascii: ".")), dot > id.startIndex {
            self.text = String(id[..<dot])
        } else {
            self.text = id
        }
    }
}
