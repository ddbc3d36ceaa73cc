/** A registry schema, as far as the pack keeps it (CloudFormation CLI User Guide, "Resource type definition schema"). */
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
  readonly tagging?: {
    readonly taggable?: boolean;
    readonly tagOnCreate?: boolean;
    readonly tagUpdatable?: boolean;
    readonly tagProperty?: string;
  };
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
