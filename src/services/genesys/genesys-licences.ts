import type { Pace } from '../platform/http.js';
import type { AskGenesys } from './genesys-call.js';
import { licencesWire } from './genesys-wire.js';

export interface GenesysLicences {
  /** Ids of the licences that somebody with that role needs, such as `cloudCX1`. What was read is good for ten minutes. */
  licencesOf(roleId: string): Promise<readonly string[]>;
}

/** Which permissions a role has, and with them its licences, changes about once a quarter; each card asks of every role. */
const GOOD_FOR_MS = 600_000;

interface Known {
  readonly until: number;
  readonly licences: Promise<readonly string[]>;
}

/** Licences follow from roles. Source: Genesys's API definition, `POST /license/infer`, which takes no permission. */
export function createLicences({ ask, pace }: { readonly ask: AskGenesys; readonly pace: Pace }): GenesysLicences {
  const known = new Map<string, Known>();

  async function licencesOf(roleId: string): Promise<readonly string[]> {
    const now = pace.wall().getTime();
    const kept = known.get(roleId);
    if (kept && kept.until > now) return kept.licences;
    const licences = infer(roleId);
    known.set(roleId, { until: now + GOOD_FOR_MS, licences });
    // What could not be read is asked for again.
    licences.catch(() => known.delete(roleId));
    return licences;
  }

  function infer(roleId: string): Promise<readonly string[]> {
    return ask({
      to: 'read which licences a role needs',
      send: ({ license }) => license.postLicenseInfer({ body: [roleId] }),
      body: licencesWire,
    });
  }

  return { licencesOf };
}
