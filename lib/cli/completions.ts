/** `tandem completions`: a script for the shell, from the same tables as the flags. */

import type { shells } from "../plan/settings.ts";
import { gatherCompletable } from "./completable.ts";
import { bashCompletions } from "./completions_bash.ts";
import { fishCompletions } from "./completions_fish.ts";
import { zshCompletions } from "./completions_zsh.ts";

export function completions(shell: typeof shells[number]): string {
  const completable = gatherCompletable();
  switch (shell) {
    case "bash":
      return bashCompletions(completable);
    case "zsh":
      return zshCompletions(completable);
    case "fish":
      return fishCompletions(completable);
  }
}
