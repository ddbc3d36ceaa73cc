/** The changes of a step, field by field and tag by tag. */
import type { Position } from "../diag/diagnostic.ts";
import type { FieldRule, Kind, Spec } from "../kinds/kind.ts";
import { shownLate } from "../resource/late.ts";
import { stageOf } from "../resource/references.ts";
import { agrees, asWritten } from "./compare.ts";
import type { Decision, Declared } from "./decision.ts";
import { type Delta, withDefaults } from "./diff.ts";
import { hashOf } from "./hash.ts";
import { formOf, formsOf } from "./late-texts.ts";
import type { FieldChange, Summary } from "./plan.ts";
import { json, knownAfter, told, toldItem, toldLines } from "./shown-values.ts";

export function fieldChange(delta: Delta, one: Decision): FieldChange {
  const declared = one.declared!;
  const form = formOf(one, delta.field);
  const at: Position = declared.desired.at(delta.path);
  const base = {
    path: delta.path,
    stage: delta.stage,
    impact: delta.impact as FieldChange["impact"],
    at,
    ...(delta.rule.because ? { because: delta.rule.because } : {}),
    // The name in AWS is no field of the spec, and differs only where the author wrote it.
    ...(delta.field in one.kind.fields && (declared.desired.spec as Spec)[delta.field] === undefined ? { unwritten: true as const } : {}),
    ...(form === undefined ? {} : { form }),
    ...(delta.rule.unfinished?.(delta.before) ? { unfinished: true as const } : {}),
    ...(delta.rule.follows ? { follows: true as const } : {}),
    ...(delta.causes ? { caused: true as const } : {}),
    ...renewedWith(delta, one),
    ...knownAfter(delta.after),
  };
  if (delta.rule.secret) return { ...base, ...urgencyOf(delta.rule, delta.after, delta.before), secret: true };
  if (!delta.items)
    return {
      ...base,
      ...urgencyOf(delta.rule, delta.after, delta.before),
      before: told(delta.rule, delta.before),
      after: told(delta.rule, delta.after),
      ...(delta.isGone ? { isGone: true as const } : {}),
    };
  const { added, removed, changed } = delta.items;
  const exposes = delta.rule.exposes?.(delta.items);
  return {
    ...base,
    ...(exposes !== undefined ? { exposes } : {}),
    items: {
      added: added.map(({ key, value }) => ({
        key,
        value: json(value),
        at: itemPosition(declared, delta.path, value),
        ...urgencyOf(delta.rule, value, undefined),
        ...toldItem(delta.rule, value, key),
      })),
      removed: removed.map(({ key, value, made }) => ({
        key,
        value: json(value),
        ...(made ? { made } : {}),
        ...urgencyOf(delta.rule, undefined, value),
        ...toldItem(delta.rule, value, key),
      })),
      changed: changed.map(({ key, before, after }) => ({
        key,
        before: json(asWritten(after, before)),
        after: json(after),
        at: itemPosition(declared, delta.path, after),
        ...urgencyOf(delta.rule, after, before),
      })),
    },
  };
}

/** How urgent the difference is, as the kind says. */
function urgencyOf({ urgency }: FieldRule, expected: unknown, actual: unknown): Pick<FieldChange, "urgency"> {
  const found = typeof urgency === "function" ? urgency(expected ?? undefined, actual ?? undefined) : urgency;
  return found === undefined ? {} : { urgency: found };
}

/** Returns the other fields of the stage, where a change of one field takes all of them back first. */
function renewedWith({ stage, field }: Delta, { kind, declared }: Decision): Pick<FieldChange, "renews"> {
  const { renewed, fields = [] } = kind.stages.find(({ name }) => name === stage)!;
  if (!renewed) return {};
  const spec = declared!.desired.spec as Spec;
  const others = fields.filter((other) => other !== field && spec[other] !== undefined);
  return others.length === 0 ? {} : { renews: Object.fromEntries(others.map((other) => [other, json(spec[other])])) };
}

/** Returns the line of a list item: the place of an equal item in the written list. */
function itemPosition(declared: Declared, path: string, value: unknown): Position {
  const list = (declared.desired.spec as Spec)[path];
  const place = Array.isArray(list) ? list.findIndex((item) => agrees(item, value)) : -1;
  return declared.desired.at(place >= 0 ? `${path}[${place}]` : path);
}

export function tagChanges(one: Decision): FieldChange[] {
  if (one.action === "replace") return [];
  return [
    ...Object.entries(one.tags.set).map(([key, value]) => tagFieldChange(one, key, value)),
    ...one.tags.remove.map((key) => tagFieldChange(one, key)),
  ];
}

export function tagFieldChange(one: Decision, key: string, after?: string): FieldChange {
  const { found, kind, declared } = one;
  const form = formsOf(one)[key];
  const have = found!.live.tags;
  const at = declared?.desired.at("tags");
  return {
    path: `tags.${key}`,
    stage: kind.stages[0]!.name,
    impact: "update",
    ...(have[key] !== undefined ? { before: have[key] } : {}),
    ...(after !== undefined ? { after: shownLate(after), ...knownAfter(after) } : {}),
    ...(form === undefined ? {} : { form: hashOf(form) }),
    ...(at ? { at } : {}),
  };
}

/** Returns the fields that a create sends, without secrets. */
export function createOnlyChanges(kind: Kind, declared: Declared): FieldChange[] {
  const written = declared.desired.spec as Spec;
  const full = withDefaults(kind, written);
  return Object.entries(full).flatMap(([field, value]): FieldChange[] => {
    const rule = (kind.fields as Readonly<Record<string, FieldRule>>)[field];
    if (!rule || rule.change === "never" || value === undefined) return [];
    const at = field in written ? { at: declared.desired.at(field) } : {};
    const isWritten = field in written;
    const base = {
      path: field,
      stage: stageOf(kind, field),
      impact: "update" as const,
      ...at,
      ...(isWritten ? {} : { unwritten: true as const }),
      ...(rule.show === "always" ? { isShown: true as const } : {}),
    };
    if (rule.secret) return [{ ...base, secret: true }];
    return [
      { ...base, after: told(rule, value), ...knownAfter(value), ...toldLines(field, rule, shownUnlessHashed(rule, value), isWritten) },
    ];
  });
}

/** Lines show the text that people see. A script is counted and hashed as it is. */
function shownUnlessHashed({ hashed }: FieldRule, value: unknown): unknown {
  return hashed ? value : shownLate(value);
}

export function summaryOf(kind: Kind, { desired }: Declared): { readonly summary?: Summary } {
  const summary = kind.summary?.(shownLate(withDefaults(kind, desired.spec as Spec)));
  return summary ? { summary } : {};
}
