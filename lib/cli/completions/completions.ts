/** `tandem completions`: prints a completion script, made from the tables of commands and settings. */

import type { shells } from "../../plan/settings.ts";
import { buildCompletionModel } from "./model.ts";
import { bashCompletions } from "./bash.ts";
import { fishCompletions } from "./fish.ts";
import { zshCompletions } from "./zsh.ts";

export function completions(shell: typeof shells[number]): string {
  const model = buildCompletionModel();
  switch (shell) {
    case "bash":
      return bashCompletions(model);
    case "zsh":
      return zshCompletions(model);
    case "fish":
      return fishCompletions(model);
  }
}
