/** `tandem completions`: a script for the shell, from the same tables as the flags. */

import type { shells } from "../../plan/settings.ts";
import { buildCompletionModel } from "./model.ts";
import { bashCompletions } from "./bash.ts";
import { fishCompletions } from "./fish.ts";
import { zshCompletions } from "./zsh.ts";

export function completions(shell: typeof shells[number]): string {
  const completable = buildCompletionModel();
  switch (shell) {
    case "bash":
      return bashCompletions(completable);
    case "zsh":
      return zshCompletions(completable);
    case "fish":
      return fishCompletions(completable);
  }
}
