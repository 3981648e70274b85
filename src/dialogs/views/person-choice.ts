import { describePerson, type EntraPerson } from '../../services/index.js';
import type { Choice } from './view.js';

/** Somebody in a list, with what tells them apart. @param value absent: the object id. */
export function personChoice(person: EntraPerson, value = person.id): Choice {
  return nameAndDetail(person.name, describePerson(person), value);
}

/** What is not told apart by its name alone. */
export function nameAndDetail(name: string, detail: string, value: string): Choice {
  return { title: `${name} (${detail})`, value, parts: { name, detail } };
}
