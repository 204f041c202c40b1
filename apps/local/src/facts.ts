/** The object that `--json` prints. */
export interface Facts {
  api: string
  docs: string
  sandbox: string | null
  tenant_id: string
  api_key: string
  admin_key: string
  bot: { id: string; username: string }
}
