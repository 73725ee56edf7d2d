package import ServletAPI

extension AttributeChange {
    /// What became of an attribute, and the value that listeners are shown: the old one, or the first.
    ///
    /// - Returns: `nil` where there was no value and is none.
    package static func between<Value>(_ old: Value?, _ new: Value?) -> (change: AttributeChange, shown: Value)? {
        switch (old, new) {
        case (nil, nil): nil
        case (nil, let new?): (.added, new)
        case (let old?, nil): (.removed, old)
        case (let old?, _?): (.replaced, old)
        }
    }
}
