import { createHash, timingSafeEqual } from 'node:crypto';
import { sendText } from './guarded-routes.js';
import type { Routes } from './routes.js';

export interface MetricsPage {
  scrape(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** What whoever scrapes must bring as `Authorization: Bearer`. Absent: there is no such page, unless `isOpen`. */
  readonly token?: { reveal(): string } | undefined;
}

/**
 * Mounts `/metrics`. Figures tell a stranger when people work and what fails, and one port serves everybody: without a
 * token nobody reads them. Where a request comes from proves nothing here, as the proxy in front may be a neighbour.
 * @param isOpen every request comes from this machine anyway.
 */
export function mountMetricsPage(routes: Routes, page: MetricsPage, { isOpen }: { isOpen: boolean }): void {
  const token = page.token?.reveal();
  if (token === undefined && !isOpen) return;
  routes.get(
    '/metrics',
    async (request, response) => {
      if (token !== undefined && !isSame(request.headers.authorization ?? '', `Bearer ${token}`)) {
        response.setHeader('WWW-Authenticate', 'Bearer');
        return sendText(response, 401, 'Only with the token of METRICS_TOKEN.');
      }
      const { contentType, text } = await page.scrape();
      response.writeHead(200, { 'Content-Type': contentType });
      response.end(text);
    },
    { limit: { burst: 20, perSecond: 2 } },
  );
}

/** Compares in a time that tells nothing of where the two differ. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
