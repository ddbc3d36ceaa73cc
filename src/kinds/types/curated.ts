/**
 * The facts about a type that its registry schema does not have. Each type that somebody checked individually has an entry in `overlay/`.
 * Identifiers, tag properties, handlers and their permissions are read from the schema itself.
 *
 * Sources, where an entry names none: the forms of ARNs are those of the Service Authorization Reference ("Resource types defined by" each
 * service). Lengths and characters of names are those of the service's create call in its API reference.
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
