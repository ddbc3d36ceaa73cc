/** A registry schema, reduced to the members that the pack keeps (CloudFormation CLI User Guide, "Resource type definition schema"). */
export interface RegistrySchema extends SchemaNode {
  readonly definitions?: Readonly<Record<string, SchemaNode>>;
  /** JSON pointers: `/properties/QueueUrl`; `*` stands for any item. */
  readonly primaryIdentifier?: readonly string[];
  readonly additionalIdentifiers?: readonly (readonly string[])[];
  readonly createOnlyProperties?: readonly string[];
  readonly conditionalCreateOnlyProperties?: readonly string[];
  readonly readOnlyProperties?: readonly string[];
  readonly writeOnlyProperties?: readonly string[];
  readonly deprecatedProperties?: readonly string[];
  readonly replacementStrategy?: string;
  /** How AWS changes the values that it is given, by JSON pointer: expressions in JSONata. */
  readonly propertyTransform?: Readonly<Record<string, string>>;
  readonly tagging?: {
    readonly taggable?: boolean;
    readonly tagOnCreate?: boolean;
    readonly tagUpdatable?: boolean;
    readonly tagProperty?: string;
    /** Actions that tagging, untagging and reading tags need, as the schema's author wrote them. */
    readonly permissions?: readonly string[];
  };
  /**
   * The operations of Cloud Control on a type, with the actions that each may use. A type without handlers cannot be created through it.
   */
  readonly handlers?: Readonly<Record<string, Handler>>;
  /**
   * How a policy may tie an action of the handlers to tags: the tags of the request ("made"), the tags of the
   * object ("ours"), or both. Absent: neither.
   */
  readonly ties?: Readonly<Record<string, "made" | "ours" | "both">>;
}

export interface Handler {
  readonly permissions?: readonly string[];
  readonly timeoutInMinutes?: number;
  /** For the list handler: the properties that it requires, as `required` of one of several objects. */
  readonly handlerSchema?: SchemaNode;
}

/** One place in a schema: the subset of JSON Schema that the registry uses. */
export interface SchemaNode {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly insertionOrder?: boolean;
  readonly uniqueItems?: boolean;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly multipleOf?: number;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly allOf?: readonly SchemaNode[];
}
