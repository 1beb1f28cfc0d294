# mailtide runs from its TypeScript: there is nothing to build.
FROM node:26-slim

WORKDIR /opt/mailtide
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund --ignore-scripts && npm cache clean --force
COPY . .
# What Node makes of the TypeScript is kept beside it, made once here.
ENV NODE_COMPILE_CACHE=/opt/mailtide/.runtime/compile-cache
RUN node bin/mailtide.ts replay src/app/demonstration/recording --every 5m > /dev/null
# The state has to belong to the user before a volume is laid over it: a new volume takes this over.
RUN mkdir -p /var/lib/mailtide && chown node:node /var/lib/mailtide

USER node
ENV NODE_ENV=production
VOLUME ["/var/lib/mailtide"]
EXPOSE 9786
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9786/-/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

ENTRYPOINT ["node", "bin/mailtide.ts"]
CMD ["serve", "--listen", "0.0.0.0:9786"]
