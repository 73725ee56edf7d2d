extension RESTCase {
    private static let form = "application/x-www-form-urlencoded"
    private static let denied = ["WWW-Authenticate": #"Bearer realm="cordra""#]

    /// Everything that is not one object.
    static let others: [RESTCase] = [
        RESTCase(
            "GET /search?query=type:Document&ids",
            nil,
            nil,
            200,
            "{\n  \"pageNum\": 0,\n  \"pageSize\": -1,\n  \"size\": 1,\n  \"results\": [\n    \"test/doc\"\n  ]\n}"
        ),
        RESTCase(
            "GET /search?query=*&pageSize=0&pageNum=-3",
            "admin",
            nil,
            200,
            "{\n  \"pageNum\": 0,\n  \"pageSize\": 0,\n  \"size\": 6,\n  \"results\": []\n}"
        ),
        RESTCase(
            "GET /search?query=type:Document&full=false&filter=[%22/name%22]&sortFields=id%20DESC&pageSize=1",
            "admin",
            nil,
            200,
            "{\n  \"pageNum\": 0,\n  \"pageSize\": 1,\n  \"size\": 2,\n  \"results\": [\n    {\n      \"name\": \"A document\"\n    }\n  ]\n}"
        ),
        RESTCase(
            "POST /search",
            "admin",
            #"{"query":"type:Document","ids":true,"pageNum":1,"pageSize":1,"sortFields":[{"name":"id"}]}"#,
            200,
            "{\n  \"pageNum\": 1,\n  \"pageSize\": 1,\n  \"size\": 2,\n  \"results\": [\n    \"test/secret doc/1\"\n  ]\n}"
        ),
        RESTCase("GET /search?query=(a", nil, nil, 400, #"{"message":"Query parse failure"}"#),
        RESTCase("GET /search?query=", nil, nil, 400, #"{"message":"Query parse failure"}"#),
        RESTCase("GET /search?query=a&pageNum=x", nil, nil, 400, #"{"message":"pageNum is not an integer"}"#),
        RESTCase("GET /search?queryJson={}", nil, nil, 400), RESTCase("GET /search", nil, nil, 400),
        RESTCase("POST /search", nil, "[]", 400),
        RESTCase("GET /objects?query=id:test/doc&ids", nil, nil, 200, "{\n  \"pageNum\": 0,…"),
        // Access control lists
        RESTCase("GET /acls/test/doc", nil, nil, 200, "{}"),
        RESTCase("GET /acls/test/secret%20doc/1", "admin", nil, 200, #"{"readers":[],"writers":[]}"#),
        RESTCase("PUT /acls/test/doc", "ann", #"{"readers":["x"]}"#, 200, #"{"readers":["x"]}"#),
        RESTCase("POST /acls/test/doc", "ann", #"{"readers":5}"#, 400, #"{"message":"Invalid ACL format"}"#),
        RESTCase("PUT /acls/no/such", "admin", "{}", 404, #"{"message":"No such object no/such"}"#),
        RESTCase("PUT /acls/test/doc", nil, "{}", 401, ""),
        // Authentication
        RESTCase("GET /check-credentials", nil, nil, 200, #"{"active":false}"#),
        RESTCase("GET /check-credentials", "ann", nil, 200, #"{"active":true,"userId":"test/ann","username":"ann"}"#),
        RESTCase(
            "GET /check-credentials?full",
            "ann",
            nil,
            200,
            #"{"active":true,"userId":"test/ann","username":"ann","typesPermittedToCreate":["Document","Group"],"groupIds":[]}"#
        ),
        RESTCase("GET /check-credentials", "ann:wrong", nil, 401, "").with(denied),
        RESTCase(
            "GET /check-credentials",
            "Bearer nope",
            nil,
            401,
            ""
        ).with(["WWW-Authenticate": #"Bearer realm="cordra", error="invalid_token""#]),
        RESTCase("GET /objects/test/doc?access_token=nope", nil, nil, 401, "").with(["Cache-Control": "private"]),
        RESTCase(
            "POST /auth/token",
            nil,
            #"{"username":"ann","password":"wrong"}"#,
            type: "application/json",
            400,
            #"{"error":"invalid_grant","error_description":"Authorization failed"}"#
        ),
        RESTCase(
            "POST /auth/token",
            nil,
            #"{"username":"ann","password":"password1"}"#,
            400,
            #"{"error":"invalid_request"}"#
        ),
        RESTCase("POST /auth/token", nil, "{", type: "application/json", 400, #"{"error":"invalid_request"}"#),
        RESTCase(
            "POST /auth/token",
            nil,
            #"{"username":"ann"}"#,
            type: "application/json",
            400,
            #"{"error":"invalid_request"}"#
        ),
        RESTCase("POST /auth/token", nil, "grant_type=x", type: form, 400, #"{"error":"unsupported_grant_type"}"#),
        RESTCase(
            "POST /auth/token",
            nil,
            "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer",
            type: form,
            400,
            #"{"error":"invalid_request"}"#
        ),
        RESTCase(
            "POST /auth/token",
            nil,
            "username=ann&password=password1",
            type: form,
            200,
            #"{"access_token":"…"#
        ).with(["Cache-Control": "no-store", "Pragma": "no-cache"]),
        RESTCase("POST /auth/introspect", nil, #"{"token":"x"}"#, type: "application/json", 200, #"{"active":false}"#),
        RESTCase("POST /auth/revoke", nil, #"{"token":"x"}"#, type: "application/json", 200, #"{"active":false}"#),
        RESTCase("POST /auth/revoke", nil, "{}", type: "application/json", 400, #"{"error":"invalid_request"}"#),
        RESTCase("PUT /users/this/password", "ann", "password2", 200, #"{"success":true}"#),
        RESTCase(
            "PUT /users/this/password",
            "ann",
            "password1",
            400,
            #"{"message":"New password can not be the same as previous password."}"#
        ),
        RESTCase("PUT /users/this/password", nil, "password2", 401, ""),
        RESTCase("PUT /adminPassword", "admin", #"{"password":"x"}"#, 200, #"{"success" : true}"#),
        RESTCase(
            "PUT /adminPassword",
            "admin",
            #"{"password":""}"#,
            400,
            #"{"message":"Empty admin password is not allowed"}"#
        ),
        RESTCase("PUT /adminPassword", "admin", "{}", 400, #"{"message":"Password missing."}"#),
        RESTCase("PUT /adminPassword", "ann", "{}", 403, ""),
        // Types and design
        RESTCase("GET /schemas/Nope", nil, nil, 404, "null"),
        RESTCase("PUT /schemas/T", "admin", "{}", 200, #"{"msg": "success"}"#),
        RESTCase("PUT /schemas/Schema", "admin", "{}", 400, #"{"message":"You may not change the Schema schema."}"#),
        RESTCase("PUT /schemas/T", "ann", "{}", 403, ""), RESTCase("PUT /schemas/T", nil, "{}", 401, ""),
        RESTCase("DELETE /schemas/Nope", "admin", nil, 400, #"{"message":"Schema Nope does not exist."}"#),
        RESTCase("DELETE /schemas/Group", "admin", nil, 200, #"{"msg": "success"}"#),
        RESTCase("GET /design", nil, nil, 200, "{\n  \"uiConfig\": {…"),
        RESTCase("PUT /design", "admin", #"{"a":1}"#, 200, "{\n  \"a\": 1\n}"),
        RESTCase("PUT /design", "ann", "{}", 403, ""),
        RESTCase("GET /initData", nil, nil, 200, #"{"design":{"uiConfig":…"#),
        RESTCase(
            "GET /startupStatus",
            "ann:wrong",
            nil,
            200,
            #"{"state":"UP","details":{"storage":"UP","indexer":"UP"}}"#
        ),
        // In bulk
        RESTCase(
            "POST /uploadObjects",
            "admin",
            #"{"results":[{"id":"u/1","type":"X","content":1}]}"#,
            200,
            #"{"message": "success"}"#
        ),
        RESTCase("POST /uploadObjects", "admin", #"{"results":[{}]}"#, 400),
        RESTCase("POST /uploadObjects", "admin", "{}", 400, #"{"message":"Missing results"}"#),
        RESTCase("POST /uploadObjects", "ann", "{}", 403, ""),
        RESTCase(
            "POST /batchUpload",
            "admin",
            #"[{"id":"b/1","type":"Nope","content":1},{"type":"Document","content":{"name":"n"}}]"#,
            200,
            #"{"results":[{"position":0,"responseCode":400,"response":{"message":"Unknown type Nope"}},{"position":1,"responseCode":200,"response":{"id":…"#
        ),
        RESTCase(
            "POST /batchUpload?failFast=true",
            "admin",
            #"[{"id":"b/1","type":"Nope","content":1},{"type":"Document","content":{"name":"n"}}]"#,
            200,
            #"{"results":[{"position":0,"responseCode":400,"response":{"message":"Unknown type Nope"}}],"success":false}"#
        ),
        RESTCase(
            "POST /batchUpload?format=ndjson&parallel=true",
            nil,
            "{\"type\":\"Document\",\"content\":{}}\n\n",
            200,
            "{\"position\":0,\"responseCode\":401,\"response\":{}}\n"
        ),
        RESTCase("POST /batchUpload", "admin", "{}", 400, #"{"message":"Batch is not a JSON array"}"#),
        // Paths that are nobody's
        RESTCase("GET /nothing", nil, nil, 401, "").with(denied), RESTCase("GET /nothing", "admin", nil, 403, ""),
        RESTCase("POST /index.html", "ann", "", 403, ""),
        RESTCase(
            "GET /objects/test/doc?requestContext=5",
            nil,
            nil,
            400,
            #"{"message":"Unable to parse requestContext"}"#
        ),
    ]
}
