import { zonedText } from '../../services/index.js';
import type { Deed } from './delivery.js';

/** So much of what somebody wrote tells them which of their messages it was. */
const QUOTED = 80;

/** What somebody did and when, to that person alone: “On Tue 1 Dec 2026, 14:02 (UTC) you pressed “Approve”.” */
export function deedWords(deed: Deed, at: Date): string {
  return `On ${zonedText(at, 'UTC')} you ${doneWords(deed)}.`;
}

function doneWords(deed: Deed): string {
  switch (deed.kind) {
    case 'click':
      return deed.label === undefined ? 'pressed a button' : `pressed “${shortened(deed.label)}”`;
    case 'form':
      return deed.title === undefined ? 'sent a form' : `sent the form “${shortened(deed.title)}”`;
    case 'command':
      return deed.text === '' ? 'used the command of Latchkey' : `wrote the command “${shortened(deed.text)}”`;
    case 'message': {
      const [file] = deed.files;
      return file ? `sent the file “${shortened(file.name)}”` : `wrote “${shortened(deed.text)}”`;
    }
    case 'mention':
      return 'mentioned Latchkey in a channel';
    case 'about':
      return 'asked about somebody';
    case 'search':
    case 'home':
      return 'looked at Latchkey';
  }
}

/** Never half a character. */
function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= QUOTED ? text : `${characters.slice(0, QUOTED).join('')}…`;
}
