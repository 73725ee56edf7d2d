/// What the design object's content says, with the defaults for what it does not say.
package struct DesignSettings: Sendable, Equatable {
    package var prefix = "test"
    package var baseURI: String?
    /// Audiences that a signed assertion may name.
    package var ids: [String] = []
    package var allowInsecureAuthentication = false
    package var disableAuthenticationBackOff = false
    package var enableVersionEdits = false
    package var useLegacySearchPageSizeZeroReturnsAll = false
    package var useLegacySessionsApi = false
    package var adminPublicKey: JSONWebKey?
    package var isReadOnly = false

    package init(content: JSONValue) {
        let minting = content["handleMintingConfig"]
        if let prefix = minting?["prefix"]?.string { self.prefix = Self.normalizedPrefix(prefix) }
        self.baseURI = minting?["baseUri"]?.string
        self.ids = content["ids"]?.strings ?? self.defaultIDs
        self.allowInsecureAuthentication = content["allowInsecureAuthentication"]?.bool ?? false
        self.disableAuthenticationBackOff = content["disableAuthenticationBackOff"]?.bool ?? false
        self.enableVersionEdits = content["enableVersionEdits"]?.bool ?? false
        self.useLegacySearchPageSizeZeroReturnsAll = content["useLegacySearchPageSizeZeroReturnsAll"]?.bool ?? false
        self.useLegacySessionsApi = content["useLegacySessionsApi"]?.bool ?? false
        self.adminPublicKey = content["adminPublicKey"].flatMap { JSONWebKey(json: $0) }
        self.isReadOnly = content["isReadOnly"]?.bool ?? false
    }

    private var defaultIDs: [String] {
        guard let baseURI else { return [] }
        let bare = baseURI.hasSuffix("/") ? String(baseURI.dropLast()) : baseURI
        return [bare, bare + "/"]
    }

    /// The prefix without `0.NA/` before it and slash behind it.
    static func normalizedPrefix(_ text: String) -> String {
        var prefix = text
        if prefix.lowercased().hasPrefix("0.na/") { prefix.removeFirst(5) }
        while prefix.hasSuffix("/") { prefix.removeLast() }
        return prefix
    }

    /// Content of a new repository's design object.
    static let initialContent: JSONValue = [
        "uiConfig": [
            "title": "Repository", "relationshipsButtonText": "Show Relationships",
            "allowUserToSpecifySuffixOnCreate": true, "initialFragment": "urls/intro.html",
            "aclUiSearchTypes": ["User", "Group"],
            "navBarLinks": [
                ["type": "query", "title": "All", "query": "*:*", "sortFields": "/name"],
                ["type": "typeDropdown", "title": "Types"],
            ],
            "searchResults": ["includeType": true, "includeModifiedDate": true, "includeCreatedDate": false],
        ],
        "authConfig": RightsTable.defaultConfiguration,
        "handleMintingConfig": ["prefix": "test"],
    ]
}

/// What an operator wants of a repository when it starts, from `repoInit.json`.
package struct RepositoryInit: Sendable, Equatable {
    package var adminPassword: String?
    package var baseURI: String?
    package var prefix: String?
    package var handleAdminIdentity: String?
    package var design: JSONObject?

    package init() {}

    package init(json: JSONValue) {
        self.adminPassword = json["adminPassword"]?.string
        self.baseURI = json["baseUri"]?.string
        self.prefix = json["prefix"]?.string
        self.handleAdminIdentity = json["handleAdminIdentity"]?.string
        self.design = json["design"]?.object
    }

    /// Merges everything but the password into the design object's content.
    func apply(to content: inout JSONValue) {
        guard var object = content.object else { return }
        for (key, value) in self.design ?? [:] { object[key] = value }
        var minting = object["handleMintingConfig"]?.object ?? JSONObject()
        if let prefix { minting["prefix"] = .string(prefix) }
        if let baseURI { minting["baseUri"] = .string(baseURI) }
        if let handleAdminIdentity { minting["handleAdminIdentity"] = .string(handleAdminIdentity) }
        object["handleMintingConfig"] = .object(minting)
        content = .object(object)
    }
}
