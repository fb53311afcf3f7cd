/** The form of docs/benchmark.json, and how a run replaces the parts that it measured. */

/** When, on which sources, and at which load average a part was measured. */
export interface Measured {
  date: string;
  commit: string;
  load: number;
}

/** `null` where the candidate cannot do it. */
export interface Figures {
  title: string;
  digits: number;
  median: number | null;
  min: number | null;
  max: number | null;
  /** To the baseline; `null` without one. */
  ratio: number | null;
  samples: (number | null)[];
}

export interface Result {
  measurement: string;
  title: string;
  notes: readonly string[];
  rounds: number;
  candidates: { name: string; metrics: Figures[] }[];
  failures: { name: string; reason: string }[];
  measured?: Measured;
}

export interface GrowthResult {
  /** "workers-memory": of the growth `workers`, which has several curves. */
  name: string;
  title: string;
  notes: readonly string[];
  /** Titles of the axes. */
  x: string;
  y: string;
  digits: number;
  candidates: { name: string; points: { x: number; samples: number[] }[] }[];
  failures?: { name: string; x: number; reason: string }[];
  measured?: Measured;
}

export interface FeatureTable {
  notes: readonly string[];
  columns: { name: string; question: string }[];
  candidates: { name: string; cells: string[] }[];
  failures?: { name: string; column: string; reason: string }[];
  measured?: Measured;
}

export interface Machine {
  cpu: string;
  cores: number;
  memory: string;
  kernel: string;
  debian: string;
}

export interface Benchmark {
  machine: Machine;
  versions: Record<string, string>;
  baseline: string;
  /** Candidate -> why it was left out. */
  unavailable: Record<string, string>;
  results: Result[];
  growth: GrowthResult[];
  features: FeatureTable;
}

/** Figures of two machines in one table would compare nothing. */
export function isSameMachine(one: Machine, other: Machine): boolean {
  return one.cpu === other.cpu && one.cores === other.cores;
}

/** A run that measured only some parts leaves the others of `before` as they are. */
export function merge(before: Benchmark | undefined, run: Benchmark, order: Order): Benchmark {
  if (before === undefined) return run;
  const results = replaced(before.results, run.results, ({ measurement }) => measurement);
  const growth = replaced(before.growth, run.growth, ({ name }) => name);
  return {
    ...run,
    results: order.results.flatMap((name) =>
      results.filter(({ measurement }) => measurement === name)
    ),
    growth: order.growth.flatMap((growthName) =>
      growth.filter(({ name }) => growthOf(name) === growthName)
    ),
    features: run.features.columns.length > 0 ? run.features : before.features,
  };
}

/** The names of all parts, in the order of the document; parts that no longer exist are dropped. */
export interface Order {
  results: readonly string[];
  growth: readonly string[];
}

function replaced<T>(before: T[], now: T[], nameOf: (part: T) => string): T[] {
  return [...new Map([...before, ...now].map((part) => [nameOf(part), part])).values()];
}

/** "start, tandem: why" for each failure of a run. */
export function failuresOf({ results, growth, features }: Benchmark): string[] {
  return [
    ...results.flatMap(({ measurement, failures }) =>
      failures.map(({ name, reason }) => `${measurement}, ${name}: ${reason}`)
    ),
    // The curves of one growth are measured together, and fail together.
    ...new Set(
      growth.flatMap(({ name: curve, failures = [] }) =>
        failures.map(({ name, x, reason }) => `${growthOf(curve)} ${x}, ${name}: ${reason}`)
      ),
    ),
    ...(features.failures ?? []).map(({ name, column, reason }) => `${column}, ${name}: ${reason}`),
  ];
}

/** "workers" for the curve "workers-memory". */
export function growthOf(curve: string): string {
  return curve.split("-")[0]!;
}

/** All parts, whatever their kind. */
export function partsOf({ results, growth, features }: Benchmark): { measured?: Measured }[] {
  return [...results, ...growth, ...features.columns.length > 0 ? [features] : []];
}
