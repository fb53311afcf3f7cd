/** Reports what a property test has done to `task test:properties`, which names the file. */

export interface PropertyResult {
  name: string;
  cases: number;
  failed: boolean;
  seed: number;
  milliseconds: number;
}

const REPORT = Deno.env.get("TANDEM_CASES_REPORT");

export function reportProperty(result: PropertyResult): void {
  if (!REPORT) return;
  Deno.writeTextFileSync(REPORT, `${JSON.stringify(result)}\n`, { append: true });
}
