# One image for the API, the worker and the migrations; the command says which.
FROM node:24-slim AS build
RUN npm install --global pnpm@12.21.0
WORKDIR /src
COPY . .
RUN node scripts/build.js \
 && CI=true pnpm --filter @tellwire/api --prod --legacy deploy /app/apps/api \
 && CI=true pnpm --filter @tellwire/worker --prod --legacy deploy /app/apps/worker \
 && cp -r prisma /app/prisma \
 && mkdir /app/docs && cp -r docs/guides /app/docs/guides

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app /app
# Uploaded files, where they are kept in a volume.
RUN mkdir /files && chown node:node /files
USER node
EXPOSE 3000
CMD ["node", "apps/api/dist/main.js"]
