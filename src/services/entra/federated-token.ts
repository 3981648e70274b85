import { readFile } from 'node:fs/promises';
import { Problem } from '../platform/problem.js';

const LONGEST_TOKEN = 16_384;

/**
 * The token in `AZURE_FEDERATED_TOKEN_FILE`, which the platform writes anew before it ends. Throws a `Problem` when the
 * file is missing, unreadable or holds no JWT. What the token says is for Entra to judge.
 */
export async function readFederatedToken(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw unusable(`Latchkey cannot read its federated token at ${path} (${error.code ?? 'unknown'}).`);
  });
  const token = text.trim();
  if (token.length <= LONGEST_TOKEN && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return token;
  throw unusable(`The file ${path} does not hold a federated token.`);
}

function unusable(what: string): Problem {
  return new Problem({
    kind: 'remote',
    system: 'entra',
    answer: 'unauthorized',
    code: 'federated-token',
    what,
    remedy:
      'Check AZURE_FEDERATED_TOKEN_FILE, and that the platform (workload identity in Kubernetes) writes its token there.',
  });
}
