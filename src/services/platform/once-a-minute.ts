const MINUTE_MS = 60_000;

/**
 * For a warning that would otherwise come with everything that goes wrong.
 * @param now milliseconds that only grow.
 * @returns says whether it is due: at first, and then once a minute.
 */
export function onceAMinute(now = (): number => performance.now()): () => boolean {
  let dueMs = -Infinity;
  return () => {
    const nowMs = now();
    if (nowMs < dueMs) return false;
    dueMs = nowMs + MINUTE_MS;
    return true;
  };
}
