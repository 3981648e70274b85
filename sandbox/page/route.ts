import type { Persona, Place } from './wire.js';

/** Who looks at which conversation: the part of the address behind `#`, so that it can be linked to. */
export interface Route {
  readonly persona: Persona;
  readonly place: Place;
}

/** Reads `#persona=<UPN or id>&conversation=<personal|channel>`; what is missing or unknown is the first. */
export function readRoute(hash: string, personas: readonly [Persona, ...Persona[]]): Route {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const wanted = parameters.get('persona')?.toLowerCase();
  const persona = personas.find(
    ({ id, userPrincipalName }) => wanted === id || wanted === userPrincipalName.toLowerCase(),
  );
  return {
    persona: persona ?? personas[0],
    place: parameters.get('conversation') === 'channel' ? 'channel' : 'personal',
  };
}

export function writeRoute({ persona, place }: Route): string {
  const parameters = new URLSearchParams({ persona: persona.userPrincipalName, conversation: place });
  return `#${parameters.toString().replace(/%40/g, '@')}`;
}
