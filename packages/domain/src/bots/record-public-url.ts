import type { Database } from '@tellwire/db'

/**
 * Tells the workers where Telegram reaches this service, which is asked of nobody else: only the API is told. Where that
 * has changed, every bot is looked at soon.
 * @param publicUrl without a slash at the end; undefined where Telegram reaches nothing.
 */
export async function recordPublicUrl(db: Database, publicUrl: string | undefined): Promise<void> {
  const changed = await db.$executeRaw`
    INSERT INTO service_settings AS s (name, value) VALUES ('public_url', ${publicUrl ?? null})
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = now()
      WHERE s.value IS DISTINCT FROM excluded.value`
  if (changed === 0) return
  // A hundred a second, or all within ten minutes.
  await db.$executeRaw`
    UPDATE bots SET webhook_due_at = clock_timestamp() + make_interval(
      secs => random() * least(600, (SELECT count(*) FROM bots WHERE status = 'active') / 100.0)
    )
    WHERE status = 'active'`
}
