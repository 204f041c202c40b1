/** Where the file store keeps a tenant's content: the same content once. */
export function fileKey(tenantId: string, contentHash: Uint8Array): string {
  return `${tenantId}/${Buffer.from(contentHash).toString('hex')}`
}
