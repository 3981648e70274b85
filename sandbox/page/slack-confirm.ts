import { make } from './dom.js';
import { renderText, type Names } from './slack-mrkdwn.js';
import type { SlackConfirm } from './slack-wire.js';

/** Asks before something is done, as the element's `confirm` says. Resolves to whether it may be. */
export function askFirst(confirm: SlackConfirm, names: Names): Promise<boolean> {
  const title = confirm.title?.text ?? 'Are you sure?';
  const deny = make('button', { class: 'slack-button', type: 'button' }, confirm.deny?.text ?? 'Cancel');
  const style = confirm.style ?? 'primary';
  const yes = make('button', { class: `slack-button ${style}`, type: 'button' }, confirm.confirm?.text ?? 'Yes');
  const dialog = make(
    'dialog',
    { class: 'slack-dialog slack-confirm', 'aria-label': title },
    make('h3', {}, title),
    make('p', {}, ...renderText(confirm.text, names)),
    make('div', { class: 'slack-dialog-buttons' }, deny, yes),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    deny.addEventListener('click', () => dialog.close('no'));
    yes.addEventListener('click', () => dialog.close('yes'));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}
