import { Problem } from '../problem.js';

export function belongsToOthers(database: string, names: readonly string[]): Problem {
  const more = names.length > 3 ? ` and ${String(names.length - 3)} more` : '';
  return new Problem({
    kind: 'refused',
    what: `The database ${database} holds tables of something else: ${names.slice(0, 3).join(', ')}${more}. Nothing was changed there.`,
    remedy: 'Give Latchkey a database of its own.',
    code: 'move-target-not-empty',
  });
}

export function deliveriesLeft(dataDir: string, count: number): Problem {
  return new Problem({
    kind: 'refused',
    what: `What Slack handed over last is not in the database in ${dataDir} yet (deliveries: ${String(count)}); nothing was moved.`,
    why: 'Latchkey was killed there, and takes it in when it starts again.',
    remedy: 'Start Latchkey once more with the embedded database, and stop it. Then move.',
    code: 'move-deliveries-left',
  });
}

export function notEmpty(): Problem {
  return new Problem({
    kind: 'refused',
    what: 'The database to move to is not empty; nothing was changed there.',
    remedy: 'Name an empty database. If this one holds nothing that is needed, drop it and create it anew.',
    code: 'move-target-not-empty',
  });
}

export function notEqual(table: string): Problem {
  return new Problem({
    kind: 'internal',
    what: `The table ${table} did not arrive as it was sent, so nothing was moved.`,
    remedy: 'Go on with the embedded database, and report this.',
    code: 'move-not-equal',
  });
}
