extension RESTCase {
    private static let form = "application/x-www-form-urlencoded"
    private static let denied = ["WWW-Authenticate": #"Bearer realm="cordra""#]

    /// Reading, creating, changing and deleting objects.
    static let objects: [RESTCase] = [
        // Reading
        RESTCase(
            "GET /objects/test/doc?jsonPointer=/name",
            nil,
            nil,
            200,
            #""A document""#
        ).with(["Location": "/objects/test/doc", "X-Schema": "Document", "X-Permission": "READ"]),
        RESTCase(
            "GET /objects/test%2Fdoc?jsonPointer=/name&text",
            nil,
            nil,
            200,
            "A document"
        ).with(["Content-Type": "text/plain;charset=UTF-8"]),
        RESTCase("GET /objects/test/doc?text", nil, nil, 400, #"{"message":"Requested json is not textual"}"#),
        RESTCase("GET /objects/test/doc?jsonPointer=name", nil, nil, 400, #"{"message":"Invalid JSON Pointer name"}"#),
        RESTCase(
            "GET /objects/test/doc?jsonPointer=/none",
            nil,
            nil,
            404,
            #"{"message":"Missing data at jsonPointer in object"}"#
        ),
        RESTCase("GET /objects/test/doc?filter=[%22/name%22]", nil, nil, 200, #"{"name":"A document"}"#),
        RESTCase("GET /objects/test/doc?filter=['/name']&pretty", nil, nil, 200, "{\n  \"name\": \"A document\"\n}"),
        RESTCase("GET /objects/test/doc?filter=x", nil, nil, 400),
        RESTCase(
            "GET /objects/test/doc?full&filter=[%22/content/name%22,%22/responseContext%22]&includeResponseContext",
            "ann",
            nil,
            200,
            #"{"content":{"name":"A document"},"responseContext":{"permission":"WRITE"}}"#
        ),
        RESTCase(
            "GET /objects/test/doc?full=True",
            nil,
            nil,
            200,
            #"{"id":"test/doc","type":"Document","content":{"id":"test/doc",…"#
        ),
        RESTCase(
            "GET /objects/no/such",
            nil,
            nil,
            404,
            #"{"message":"Missing object"}"#
        ).with(["X-Permission": "READ"]),
        RESTCase(
            "GET /objects/test/secret%20doc/1",
            nil,
            nil,
            401,
            ""
        ).with(["X-Permission": "NONE", "WWW-Authenticate": #"Bearer realm="cordra""#]),
        RESTCase("GET /objects/test/secret doc/1", "ann", nil, 403, "").with(["X-Permission": "NONE"]),
        RESTCase(
            "GET /objects/test/secret%20doc/1?jsonPointer=/id",
            "admin",
            nil,
            200,
            #""test/secret doc/1""#
        ).with(["Location": "/objects/test/secret%20doc/1"]),
        RESTCase("GET /objects", nil, nil, 400, #"{"message":"Missing object id in GET"}"#),
        RESTCase("GET /objects/", nil, nil, 400, #"{"message":"Missing object id in GET"}"#),
        RESTCase("GET /objects/design?jsonPointer=/handleMintingConfig", nil, nil, 200, #"{"prefix":"test"}"#),
        RESTCase("GET /objects/%zz", nil, nil, 400),
        // Payloads
        RESTCase(
            "GET /objects/test/doc?payload=p",
            nil,
            nil,
            200,
            "0123456789"
        ).with([
            "Content-Type": "text/plain", "Content-Length": "10", "Accept-Ranges": "bytes",
            "Content-Security-Policy": "sandbox",
            "Content-Disposition": "inline;filename=\"a\\\"é?.txt\";filename*=UTF-8''a%22%C3%A9%E2%82%AC.txt",
        ]),
        RESTCase(
            "GET /objects/test/doc?payload=p&metadata",
            nil,
            nil,
            200,
            #"{"filename":"a\"é€.txt","mediaType":"text/plain"}"#
        ),
        RESTCase("GET /objects/test/doc?payload=x", nil, nil, 404, #"{"message":"No payload x in object test/doc"}"#),
        // Creating
        RESTCase(
            "POST /objects/?type=Document&suffix=new",
            "ann",
            #"{"name":"n"}"#,
            type: "text/json",
            200,
            #"{"id":"test/new","name":"n",…"#
        ).with(["Location": "/objects/test/new", "X-Schema": "Document"]),
        RESTCase(
            "POST /objects?type=Document&dryRun&full",
            "ann",
            #"{"name":"n"}"#,
            200,
            #"{"id":"test/d1854cae891ec7b29161","type":"Document",…"#
        ),
        RESTCase("POST /objects/?type=Document", nil, #"{"name":"n"}"#, 401, "").with(denied),
        RESTCase("POST /objects/?type=Schema", "ann", "not json", 403, ""),
        RESTCase("POST /objects/?type=Nope", "admin", "{}", 400, #"{"message":"Unknown type Nope"}"#),
        RESTCase("POST /objects/", "admin", "{}", 400, #"{"message":"Missing object type"}"#),
        RESTCase(
            "POST /objects/test/x?type=Document",
            "admin",
            "{}",
            400,
            #"{"message":"Unexpected object id in POST"}"#
        ),
        RESTCase("POST /objects/?type=Document", "admin", "", 400, #"{"message":"JSON ends too early at byte 0"}"#),
        RESTCase("POST /objects/?type=Document", "admin", "{", 400, #"{"message":"JSON ends too early at byte 1"}"#),
        RESTCase(
            "POST /objects/?type=Document",
            "admin",
            "{}",
            400,
            #"{"message":": object has missing required properties ([\"name\"])"}"#
        ),
        RESTCase(
            "POST /objects/?type=Document&handle=test/doc",
            "admin",
            #"{"name":"n"}"#,
            409,
            #"{"message":"Object already exists: test/doc"}"#
        ),
        RESTCase(
            "POST /objects/?type=Document&handle=noslash",
            "admin",
            #"{"name":"n"}"#,
            400,
            #"{"message":"Invalid handle: noslash"}"#
        ),
        RESTCase(
            "POST /objects/",
            nil,
            "query=/name:document",
            type: form,
            200,
            "{\n  \"pageNum\": 0,\n  \"pageSize\": -1,\n  \"size\": 2,…"
        ),
        RESTCase("POST /objects/", nil, "x=y", type: form, 400, #"{"message":"Missing object id in GET"}"#),
        // Changing and deleting
        RESTCase(
            "PUT /objects/test/doc",
            "ann",
            #"{"name":"m"}"#,
            200,
            #"{"id":"test/doc","name":"m",…"#
        ).with(["X-Permission": "WRITE"]),
        RESTCase("PUT /objects/test/doc?jsonPointer=/description", "ann", #""d""#, 200, #""d""#),
        RESTCase(
            "PUT /objects/test/doc",
            "ann",
            "content=%7B%22name%22%3A%22q%22%7D",
            type: form,
            200,
            #"{"id":"test/doc","name":"q",…"#
        ),
        RESTCase("PUT /objects/test/doc", "ann", "a=b", type: form, 400, #"{"message":"Missing JSON"}"#),
        RESTCase("PUT /objects/test/doc", "ann", "json=%", type: form, 400, #"{"message":"Malformed escape in form"}"#),
        RESTCase(
            "PUT /objects/test/doc?dryRun&jsonPointer=/name",
            "ann",
            "a=b&json=%22two+words%22",
            type: form,
            200,
            #""two words""#
        ),
        RESTCase(
            "PUT /objects/test/doc",
            "ann",
            "content={}&acl=5",
            type: form,
            400,
            #"{"message":"Invalid ACL format"}"#
        ),
        RESTCase(
            "PUT /objects/test/doc",
            "ann",
            "content={}&userMetadata=[]",
            type: form,
            400,
            #"{"message":"Invalid userMetadata format"}"#
        ),
        RESTCase("PUT /objects/test/doc", nil, "{}", 401, "").with(["X-Permission": "READ"]),
        RESTCase("PUT /objects/no/such", "admin", "{}", 404, #"{"message":"Missing object"}"#),
        RESTCase("PUT /objects", "admin", "{}", 400, #"{"message":"Missing object id in PUT"}"#),
        RESTCase("DELETE /objects/test/doc?jsonPointer=/description", "ann", nil, 200, "{}"),
        RESTCase(
            "DELETE /objects/test/doc?jsonPointer=",
            "ann",
            nil,
            400,
            #"{"message":"Cannot delete empty json pointer"}"#
        ),
        RESTCase("DELETE /objects/test/doc?payload=p", "ann", nil, 200, "{}"),
        RESTCase(
            "DELETE /objects/test/doc?payload=x",
            "ann",
            nil,
            404,
            #"{"message":"No payload x in object test/doc"}"#
        ),
        RESTCase(
            "DELETE /objects/test/doc?payload=p&jsonPointer=/x",
            "ann",
            nil,
            400,
            #"{"message":"DELETE specified both jsonPointer and payload"}"#
        ),
        RESTCase("DELETE /objects/test/doc", "ann", nil, 200, "{}"),
        RESTCase("DELETE /objects", "admin", nil, 400, #"{"message":"Missing object id in DELETE"}"#),
        RESTCase("PATCH /objects/test/doc", "ann", "{}", 405),
        RESTCase("DELETE /objects/design", "admin", nil, 400),

    ]
}
