/** The marks of a run's objects (resource/made-marks.ts): written before entries are made, removed once they are gone. */
import type { Aws } from "../aws/aws.ts";
import type { Address, Driver, Live, Tags } from "../kinds/kind.ts";
import { isMadeTag, marksChange, marksIn, tagsOfMarks } from "../resource/made-marks.ts";
import type { Marking } from "../plan/entry-marks.ts";

interface Standing {
  /** The tags that hold marks, as the object has them now. */
  tags: Tags;
  /** Marks that this run added and that the plan did not know. */
  readonly made: Set<string>;
}

export class Marks {
  readonly #aws: Aws;
  readonly #objects = new Map<Address, Standing>();

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  /** Adds marks, before their entries are made. */
  async add(driver: Driver, address: Address, live: Live, marks: readonly string[]): Promise<void> {
    const object = this.#of(address, live);
    for (const mark of marks) object.made.add(mark);
    await this.#write(driver, object, live, new Set([...marksIn(object.tags), ...marks]));
  }

  /** Removes marks, after their entries are gone. */
  async remove(driver: Driver, address: Address, live: Live, marks: readonly string[]): Promise<void> {
    const object = this.#of(address, live);
    const left = new Set(marksIn(object.tags));
    for (const mark of marks) left.delete(mark);
    await this.#write(driver, object, live, left);
  }

  /** Returns the mark tags to set and remove after all stages, so that every entry has its mark and no mark is without an entry. */
  remaining(address: Address, live: Live, { mark, tidy }: Marking): { readonly set: Tags; readonly remove: readonly string[] } {
    const object = this.#of(address, live);
    const left = new Set([...marksIn(object.tags), ...mark]);
    for (const one of tidy) if (!object.made.has(one)) left.delete(one);
    return marksChange(object.tags, left);
  }

  async #write(driver: Driver, object: Standing, live: Live, marks: ReadonlySet<string>): Promise<void> {
    const { set, remove } = marksChange(object.tags, marks);
    if (Object.keys(set).length + remove.length === 0) return;
    await driver.tag(this.#aws, live, set, remove);
    object.tags = tagsOfMarks(marks);
  }

  #of(address: Address, { tags }: Live): Standing {
    let object = this.#objects.get(address);
    if (!object) {
      object = { tags: Object.fromEntries(Object.entries(tags).filter(([key]) => isMadeTag(key))), made: new Set() };
      this.#objects.set(address, object);
    }
    return object;
  }
}
