import type { Persona } from './persona.js';
import type { SeenCard } from './seen-card.js';

/** What admins do again and again, one line each for the stories. */

/** Answers both questions by typing and returns the plan card. */
export async function plansSso(admin: Persona, where: 'personal' | 'channel' = 'personal'): Promise<SeenCard> {
  await admin.saysAndSees('set up sso', 'Which Genesys Cloud region?', where);
  await admin.saysAndSees('Frankfurt', 'Which organisation?', where);
  return admin.saysAndSees('contoso-gc', 'Plan for SSO', where);
}

/** Plans, runs, and returns the done card. */
export async function setsUpSso(admin: Persona): Promise<SeenCard> {
  const plan = await plansSso(admin);
  await admin.presses(plan, 'Run');
  return admin.watches(plan, 'SSO is set up');
}

export async function assigns(admin: Persona, who: string): Promise<SeenCard> {
  const card = await admin.saysAndSees(`assign ${who}`, 'to Genesys Cloud');
  await admin.presses(card, /^Assign /);
  return admin.watches(card, /^(Assigned|Already assigned)$/m);
}

export async function provisions(admin: Persona, who: string): Promise<SeenCard> {
  const card = await admin.saysAndSees(`provision ${who}`, 'in Genesys Cloud');
  await admin.presses(card, /^Provision /);
  return admin.watches(card, /^(Provisioned|Already provisioned)$/m);
}

/** Both steps. @param done what the card says in the end. */
export async function offBoards(
  admin: Persona,
  who: string,
  done: string | RegExp = /^Off-boarded/m,
): Promise<SeenCard> {
  const card = await admin.saysAndSees(`off-board ${who}`, 'Nothing is changed before you confirm');
  await admin.presses(card, /^Off-board /);
  await admin.presses(await admin.watches(card, 'This will be done'), /^Yes, off-board /);
  return admin.watches(card, done);
}
