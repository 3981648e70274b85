# Latchkey live, without its sandbox: docs/go-live.md. Node comes with the image, so the copies that npm would bring are left out.

FROM node:24.21.0-bookworm-slim AS base
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM base AS build
RUN npm ci --omit=optional --ignore-scripts
COPY tsconfig.json ./
COPY src ./src
COPY sandbox ./sandbox
RUN npx tsc -p tsconfig.json

FROM base AS dependencies
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production LATCHKEY_MODE=live DATA_DIR=/data PORT=3978
WORKDIR /app
COPY package.json LICENSE ./
COPY bin ./bin
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist/src ./dist/src
# The one place that is written to: everything else belongs to root, and may be mounted read-only.
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 3978
# Whether the process is alive; whether it can work is asked by the proxy, at /readyz.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["node", "dist/src/main.js"]
