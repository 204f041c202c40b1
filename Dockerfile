# One image for the API, the worker and the migrations; the command says which.
#
# Images are named by digest, here and in docker-compose.yml, so that everybody runs the same bytes.
# `docker buildx imagetools inspect node:24-trixie-slim` tells the digest of today's.
FROM node:24-trixie-slim@sha256:8ec5d7557396cfe32d21c3f9c13072355ceab22b584578ca4bb28af31120cffe AS build
RUN npm install --global pnpm@12.21.0
WORKDIR /src
COPY . .
RUN node scripts/build.js \
 && CI=true pnpm --filter @tellwire/api --prod --legacy deploy /app/apps/api \
 && CI=true pnpm --filter @tellwire/worker --prod --legacy deploy /app/apps/worker \
 && cp -r prisma /app/prisma \
 && mkdir /app/docs && cp -r docs/guides /app/docs/guides

FROM node:24-trixie-slim@sha256:8ec5d7557396cfe32d21c3f9c13072355ceab22b584578ca4bb28af31120cffe
ENV NODE_ENV=production
# What each thread of a service has freed is taken from again by the others: 20 to 40 MB less are held.
ENV MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=build /app /app
# Uploaded files, where they are kept in a volume.
RUN mkdir /files && chown node:node /files
USER node
EXPOSE 3000
# Of the garbage of requests under way less is kept for long with more room for it: a fifth of the CPU for 40 MB.
CMD ["node", "--max-semi-space-size=32", "apps/api/bundle/main.js"]
