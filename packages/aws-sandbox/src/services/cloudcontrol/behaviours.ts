/** The known behaviours of Cloud Control's handlers, by type. */
import { api } from "./behaviours/api.ts";
import type { Behaviour } from "./behaviours/behaviour.ts";
import { containers } from "./behaviours/containers.ts";
import { delivery } from "./behaviours/delivery.ts";
import { functions } from "./behaviours/functions.ts";
import { kubernetes } from "./behaviours/kubernetes.ts";
import { messages } from "./behaviours/messages.ts";
import { operations } from "./behaviours/operations.ts";
import { stores } from "./behaviours/stores.ts";

export type { Behaviour, Properties } from "./behaviours/behaviour.ts";

export const behaviours: Readonly<Record<string, Behaviour>> = {
  ...messages,
  ...functions,
  ...api,
  ...delivery,
  ...containers,
  ...kubernetes,
  ...stores,
  ...operations,
};
