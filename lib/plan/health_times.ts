/** How long `tandem health` waits for an answer, in milliseconds. */

/**
 * Longer than the 2 s that SageMaker allows a ping, so the platform's own limit decides; shorter than the 30 s after
 * which Docker kills a HEALTHCHECK, so the reason is still printed.
 */
export const HEALTH_MS = 5000;
