/** The colours of the plots, for a page in light and for one in dark colours. */

export const themes = ["light", "dark"] as const;
export type ThemeName = typeof themes[number];

export interface Theme {
  /** The page's own colour; a plot is transparent. */
  page: string;
  text: string;
  /** Axes, and whiskers over the bars. */
  muted: string;
  grid: string;
  tandem: string;
  slim: string;
  peer: string;
  /** For lines, where grey ones could not be told apart. */
  peers: readonly string[];
}

/** On GitHub's two pages; a test holds the contrasts. */
export const colours: Record<ThemeName, Theme> = {
  light: {
    page: "#ffffff",
    text: "#1f2328",
    muted: "#59636e",
    grid: "#d1d9e0",
    tandem: "#bc4c00",
    slim: "#0550ae",
    peer: "#8c959f",
    peers: ["#1a7f37", "#8250df", "#bf3989", "#6e7781", "#9a6700", "#0a7f8f", "#a40e26", "#57606a"],
  },
  dark: {
    page: "#0d1117",
    text: "#f0f6fc",
    muted: "#9198a1",
    grid: "#3d444d",
    tandem: "#f0883e",
    slim: "#58a6ff",
    peer: "#6e7681",
    peers: ["#56d364", "#bc8cff", "#f778ba", "#8b949e", "#e3b341", "#39c5cf", "#ff7b72", "#b1bac4"],
  },
};

export function isOwn(candidate: string): boolean {
  return candidate.startsWith("tandem");
}

/** One colour for each candidate, in their order; `peer` for the nth of the others. */
export function colourOf(
  candidates: readonly string[],
  theme: Theme,
  peer: (index: number) => string,
): string[] {
  let others = 0;
  return candidates.map((name) =>
    name === "tandem" ? theme.tandem : isOwn(name) ? theme.slim : peer(others++)
  );
}
