/** The confs and arguments that decide whether a connection to gunicorn is kept, and who closes it when. */

import type { PairForm } from "../pair.ts";
import { type Suite, SUITES } from "../roots.ts";
import { userConf } from "./user_conf.ts";

/** Suite -> its nginx. */
export const NGINX_OF: Record<Suite, string> = {
  bullseye: "1.18",
  bookworm: "1.22",
  trixie: "1.26",
  forky: "1.30",
};

/** Clients of one pool send at the same time, so that each of their connections to gunicorn is idle for their pause. */
export interface Pools {
  count: number;
  size: number;
}

export interface Form extends PairForm {
  name: string;
  /** Whether gunicorn's `--keep-alive 75` is tandem's; without it, lost requests are only counted. */
  isPlain: boolean;
  pools: Pools;
  /** The suites in which nginx keeps idle connections for its default of 60 s. */
  keepsMinute?: readonly Suite[];
}

/** The built-in conf has one upstream, hence one pool. */
const ONE_POOL: Pools = { count: 1, size: 384 };
/** A user's conf here has an upstream for each. */
const POOLS: Pools = { count: 12, size: 32 };

/** The lines of a million requests would cost more than the requests. */
const BUILT_IN = ["--nginx-conf", "builtin", "--access-log", "off"];

const builtInKept: Omit<Form, "isPlain"> = {
  name: `built-in conf, --upstream-keep-alive ${ONE_POOL.size}`,
  flags: [...BUILT_IN, "--upstream-keep-alive", `${ONE_POOL.size}`],
  pools: ONE_POOL,
};
const userDefault: Omit<Form, "isPlain"> = {
  name: "user's conf, upstream block",
  flags: [],
  conf: userConf(POOLS.count, ""),
  pools: POOLS,
  // From 1.29.7 on.
  keepsMinute: ["forky"],
};
const userKept: Omit<Form, "isPlain"> = {
  name: `user's conf, keepalive ${POOLS.size}`,
  flags: [],
  conf: userConf(POOLS.count, `keepalive ${POOLS.size};`),
  pools: POOLS,
  keepsMinute: SUITES,
};

export const forms: readonly Form[] = [
  {
    name: "built-in conf",
    isPlain: false,
    flags: BUILT_IN,
    pools: ONE_POOL,
  },
  ...[builtInKept, userDefault, userKept].flatMap((form) => [
    { ...form, isPlain: false },
    { ...form, isPlain: true, flags: [...form.flags, "--plain-gunicorn"] },
  ]),
];
