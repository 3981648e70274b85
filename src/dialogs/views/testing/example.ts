import type { View } from '../view.js';

/**
 * Makes of a text from outside (a name, an address, a file, what a remote system said) what stands in its place: the text
 * itself, or something hostile. Words of our own and what only programs read (ids, references, addresses of links) are
 * not passed through it.
 */
export type Said = (text: string) => string;

/** The states of each view function of one file: by the name of the function, then by the state in words. */
export type Examples = (said: Said) => Readonly<Record<string, Readonly<Record<string, View>>>>;
