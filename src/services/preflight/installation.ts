import { fine, type Finding } from './finding.js';
import type { Reach } from './reachability.js';

/** What the settings say of themselves. */
export interface SettingsFacts {
  /** One sentence or more each, beginning with the name of the setting. */
  readonly problems: readonly string[];
  /** Where business time comes from; absent: this machine's clock. */
  readonly clockUrl?: string | undefined;
  /** Settings that put something on this machine in the place of a system. */
  readonly standIns: readonly string[];
  /** Set, and nearly the name of a setting that is not. */
  readonly lookAlikes: readonly { readonly name: string; readonly meant: string }[];
}

export function judgeSettings(facts: SettingsFacts, mode: 'live' | 'sandbox'): Finding[] {
  const { problems, clockUrl, standIns, lookAlikes } = facts;
  const found = problems.map(judgeSetting);
  return [
    ...(found.length > 0 ? found : [fine('settings', 'Every setting that is needed is there, and makes sense.')]),
    ...lookAlikes.map(judgeLookAlike),
    judgeClockSource(clockUrl, mode),
    ...judgeStandIns(standIns, mode),
  ];
}

function judgeSetting(problem: string): Finding {
  const [, what = problem, rest] = /^(.+?[.?])\s+(.+)$/s.exec(problem) ?? [];
  const [subject = 'settings'] = problem.split(/\s/);
  return {
    name: `setting:${subject}`,
    state: 'missing',
    what,
    remedy: howToSet(what, rest),
  };
}

/** What follows on a complaint says what to do; on "is missing" it says where the value is found, if not that. */
function howToSet(what: string, rest: string | undefined): string {
  if (rest === undefined) return 'Correct it in .env or in the environment; .env.example explains every setting.';
  return / is missing\b/.test(what) && !rest.startsWith('Set ')
    ? `Set it in .env or in the environment. Where to find it: ${rest}`
    : rest;
}

function judgeLookAlike({ name, meant }: SettingsFacts['lookAlikes'][number]): Finding {
  return {
    name: `setting:${name}`,
    state: 'warning',
    what: `${name} is set, and Latchkey has no such setting.`,
    remedy: `If ${meant} is meant, write it so, also in upper and lower case.`,
  };
}

/** Who forgets one of these believes that all is well with systems that were never asked. */
function judgeStandIns(standIns: readonly string[], mode: 'live' | 'sandbox'): Finding[] {
  if (standIns.length === 0 || mode === 'sandbox') return [];
  return [
    {
      name: 'stand-ins',
      state: 'warning',
      what: `${standIns.join(', ')} ${standIns.length === 1 ? 'puts' : 'put'} something on this machine in the place of the real systems: what is said here is about that.`,
      remedy: 'Remove them, unless this is a rehearsal.',
    },
  ];
}

function judgeClockSource(clockUrl: string | undefined, mode: 'live' | 'sandbox'): Finding {
  const name = 'clock-source';
  if (clockUrl === undefined) return fine(name, 'The time of day is that of this machine.');
  if (mode === 'sandbox') return fine(name, 'The time of day is that of the sandbox.');
  return {
    name,
    state: 'warning',
    what: 'LATCHKEY_CLOCK_URL is set: the time of day comes from a test server on this machine.',
    remedy: 'Remove it before people work with this installation.',
  };
}

/** @param reach of `/healthz` under it, from this machine. */
export function judgePublicUrl(publicUrl: string, reach: Reach): Finding {
  const name = 'public-url';
  const { host } = new URL(publicUrl);
  switch (reach.kind) {
    case 'answered':
      if (reach.status === 200) return fine(name, `Latchkey answers at ${publicUrl}.`);
      return {
        name,
        state: 'warning',
        what: `${publicUrl} answers ${String(reach.status)} at /healthz, so that it does not lead to a running Latchkey.`,
        remedy: 'Start Latchkey. If it runs, let the proxy or tunnel pass everything on to its PORT.',
      };
    case 'unknown-name':
      return {
        name,
        state: 'missing',
        what: `The name ${host} of PUBLIC_URL is not found (DNS says ${reach.code}).`,
        remedy: 'Add the name to the DNS of its domain, or correct PUBLIC_URL. It must be found from outside.',
      };
    case 'not-trusted':
      return {
        name,
        state: 'missing',
        what: `The certificate at ${publicUrl} is not accepted (${reach.code}), neither by the chats nor by a browser.`,
        remedy: 'Give the proxy or tunnel a certificate of a public authority for that name.',
      };
    case 'no-connection':
    case 'no-answer':
      return {
        name,
        state: 'warning',
        what: `Nothing answers at ${publicUrl}, as seen from this machine.`,
        remedy:
          'Start Latchkey and its proxy. Some networks do not let a machine reach its own public name: then try it from outside.',
      };
  }
}

/** What can be seen of the database without changing it. */
export type DatabaseFacts =
  | {
      readonly kind: 'embedded';
      readonly folder: string;
      readonly state: 'new' | 'present' | 'in-use' | 'not-writable';
    }
  | {
      readonly kind: 'postgres';
      /** Of the database and its server, without who we are there. */
      readonly title: string;
      /** Names of the migrations that it has had, and that this release has; none: Latchkey has never started on it. */
      readonly applied: readonly string[];
      readonly known: readonly string[];
      readonly mayCreate: boolean;
    };

export function judgeDatabase(facts: DatabaseFacts): Finding {
  return facts.kind === 'embedded' ? judgeEmbedded(facts) : judgePostgres(facts);
}

function judgeEmbedded({ folder, state }: Extract<DatabaseFacts, { kind: 'embedded' }>): Finding {
  const name = 'database';
  switch (state) {
    case 'in-use':
      return fine(name, `The embedded database in ${folder} is open: a Latchkey that runs has it.`);
    case 'present':
      return fine(
        name,
        `The embedded database in ${folder} is one that this release can open. It was not opened, as that writes.`,
      );
    case 'new':
      return fine(name, `The first start makes the embedded database in ${folder}.`);
    case 'not-writable':
      return {
        name,
        state: 'missing',
        what: `Latchkey may not write to ${folder}.`,
        remedy: 'Give the account that Latchkey runs under the folder, or set DATA_DIR to another one.',
      };
  }
}

function judgePostgres({ title, applied, known, mayCreate }: Extract<DatabaseFacts, { kind: 'postgres' }>): Finding {
  const name = 'database';
  const pending = known.filter((one) => !applied.includes(one));
  if (pending.length > 0 && !mayCreate) {
    return {
      name,
      state: 'missing',
      what: `PostgreSQL ${title} answers. Its tables lack ${pending.join(', ')}, and Latchkey’s role may not change them.`,
      remedy:
        'Run "npx latchkey migrate" as the role that owns the tables, or grant Latchkey’s role CREATE on the schema public.',
    };
  }
  if (applied.length === 0) return fine(name, `PostgreSQL ${title} answers. The first start makes the tables.`);
  if (pending.length > 0) {
    return {
      name,
      state: 'warning',
      what: `PostgreSQL ${title} answers. The next start of this release changes its tables (${pending.join(', ')}).`,
      remedy: 'Back the database up first: the release before may not run on the changed tables.',
    };
  }
  if (applied.length > known.length) {
    return {
      name,
      state: 'warning',
      what: `PostgreSQL ${title} answers, and a newer release of Latchkey has changed its tables.`,
      remedy: 'Use that release, or make sure that both are meant to run side by side.',
    };
  }
  return fine(name, `PostgreSQL ${title} answers, and its tables are those of this release.`);
}
