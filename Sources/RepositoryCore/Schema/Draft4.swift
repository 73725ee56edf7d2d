/// The schema that schemas of draft 4 themselves satisfy.
enum Draft4 {
    static let uri = "http://json-schema.org/draft-04/schema"

    private static let nonNegative: JSONValue = ["type": "integer", "minimum": 0]
    private static let schema: JSONValue = ["$ref": "#"]
    private static let schemas: JSONValue = ["type": "object", "additionalProperties": ["$ref": "#"], "default": [:]]
    private static let schemaArray: JSONValue = ["type": "array", "minItems": 1, "items": ["$ref": "#"]]
    private static let names: JSONValue = [
        "type": "array", "minItems": 1, "uniqueItems": true, "items": ["type": "string"],
    ]
    private static let schemaOrBoolean: JSONValue = ["anyOf": [["type": "boolean"], ["$ref": "#"]], "default": [:]]

    static let metaschema: JSONValue = [
        "id": "http://json-schema.org/draft-04/schema#",
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "object",
        "definitions": [
            "schemaArray": schemaArray, "positiveInteger": nonNegative, "stringArray": names,
            "positiveIntegerDefault0": ["allOf": [["$ref": "#/definitions/positiveInteger"], ["default": 0]]],
            "simpleTypes": ["enum": ["array", "boolean", "integer", "null", "number", "object", "string"]],
        ],
        "properties": .object(properties),
        "dependencies": ["exclusiveMaximum": ["maximum"], "exclusiveMinimum": ["minimum"]],
        "default": [:],
    ]

    private static let properties: JSONObject = [
        "id": ["type": "string"], "$schema": ["type": "string"], "title": ["type": "string"],
        "description": ["type": "string"], "default": [:],
        "multipleOf": ["type": "number", "minimum": 0, "exclusiveMinimum": true],
        "maximum": ["type": "number"], "exclusiveMaximum": ["type": "boolean"],
        "minimum": ["type": "number"], "exclusiveMinimum": ["type": "boolean"],
        "maxLength": nonNegative, "minLength": nonNegative, "pattern": ["type": "string", "format": "regex"],
        "items": ["anyOf": [["$ref": "#"], ["$ref": "#/definitions/schemaArray"]], "default": [:]],
        "additionalItems": schemaOrBoolean,
        "maxItems": nonNegative, "minItems": nonNegative, "uniqueItems": ["type": "boolean", "default": false],
        "maxProperties": nonNegative, "minProperties": nonNegative, "required": names,
        "properties": schemas, "patternProperties": schemas, "definitions": schemas,
        "additionalProperties": schemaOrBoolean,
        "dependencies": ["type": "object", "additionalProperties": ["anyOf": [schema, names]]],
        "enum": ["type": "array", "minItems": 1, "uniqueItems": true],
        "type": [
            "anyOf": [
                ["$ref": "#/definitions/simpleTypes"],
                ["type": "array", "minItems": 1, "uniqueItems": true, "items": ["$ref": "#/definitions/simpleTypes"]],
            ]
        ],
        "format": ["type": "string"],
        "allOf": schemaArray, "anyOf": schemaArray, "oneOf": schemaArray, "not": schema,
    ]
}
