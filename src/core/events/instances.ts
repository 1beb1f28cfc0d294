// MTA instances seen: the same number always means the same instance, within one observation.

/** Interns the names of MTA instances, `host/syslog name`. At most 65,535; past that all share the last number. */
export class Instances {
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of an instance, a new one if it is seen for the first time. */
  number(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    if (this.#names.length >= 0xffff) return 0xffff - 1;
    const number = this.#names.length;
    this.#names.push(name);
    this.#numbers.set(name, number);
    return number;
  }

  /** The name of an instance; the empty text for a number that was never given out. */
  name(number: number): string {
    return this.#names[number] ?? "";
  }

  /** All names, in the order of their numbers: for the checkpoint. */
  names(): readonly string[] {
    return this.#names;
  }
}
