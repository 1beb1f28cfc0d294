// The types of setup.mjs, for its test: the file itself has to stay plain JavaScript.

interface Lock {
  readonly packages?: Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>;
}

export const OLDEST_NODE: number;
export const NODE_VERSION: string;
export const OLDEST_NPM: number;
export const NODE_PACKAGES: Readonly<Record<string, string>>;
export const COMMANDS: Readonly<Record<string, readonly string[]>>;
export function major(version: string): number;
export function misfit(lock: Lock, installed: Lock | undefined): string | undefined;
export function npmTrouble(output: string): string;
export function alone<T>(lock: string, work: () => Promise<T>, onWaiting: () => void): Promise<T>;
