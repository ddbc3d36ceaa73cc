/**
 * What is said of a type beside its registry schema. Each type that was looked at one by one has an entry in `overlay/`; identifiers,
 * tag properties, handlers and their permissions are read from the schema itself.
 *
 * Sources, where an entry names none: the forms of ARNs are those of the Service Authorization Reference ("Resource types defined by" each
 * service), lengths and characters of names those of the service's create call in its API reference.
 */
import { api } from "./overlay/api.ts";
import { containers } from "./overlay/containers.ts";
import { delivery } from "./overlay/delivery.ts";
import type { Curated } from "./overlay/entry.ts";
import { functions } from "./overlay/functions.ts";
import { kubernetes } from "./overlay/kubernetes.ts";
import { messages } from "./overlay/messages.ts";
import { operations } from "./overlay/operations.ts";
import { stores } from "./overlay/stores.ts";

export type { Curated, Part, Place } from "./overlay/entry.ts";

export const curated: Readonly<Record<string, Curated>> = {
  ...messages,
  ...functions,
  ...api,
  ...delivery,
  ...containers,
  ...kubernetes,
  ...stores,
  ...operations,
};
