import { sql } from 'kysely'
import type { SchoolId } from '#contracts/common.ts'
import type { UserId } from '#contracts/identity.ts'
import type { Tx } from '#platform/database/database.ts'

export interface ProviderRow {
  providerId: string
  schoolId: SchoolId
  name: string
  issuer: string
  domain: string
}

const providers = sql`
  select provider_id as "providerId", organization_id as "schoolId", name, issuer, domain
  from identity.sso_providers`

export async function listProviders(tx: Tx): Promise<ProviderRow[]> {
  const { rows } = await sql<ProviderRow>`${providers} order by name, provider_id`.execute(tx)
  return rows
}

export async function findProvider(tx: Tx, providerId: string): Promise<ProviderRow | null> {
  const { rows } = await sql<ProviderRow>`${providers} where provider_id = ${providerId}`.execute(tx)
  return rows[0] ?? null
}

/** A provider of the same name is replaced when it is the same school's; false when it is another's. */
export async function upsertProvider(
  tx: Tx,
  id: string,
  provider: ProviderRow,
  oidcConfig: string,
): Promise<boolean> {
  const { providerId, schoolId, name, issuer, domain } = provider
  const { numAffectedRows } = await sql`
    insert into identity.sso_providers as p (id, provider_id, organization_id, name, issuer, domain, oidc_config)
    values (${id}, ${providerId}, ${schoolId}, ${name}, ${issuer}, ${domain}, ${oidcConfig})
    on conflict (provider_id) do update set name = excluded.name, issuer = excluded.issuer,
      domain = excluded.domain, oidc_config = excluded.oidc_config
    where p.organization_id = excluded.organization_id`.execute(tx)
  return numAffectedRows === 1n
}

/** False when there is none of that name. */
export async function deleteProvider(tx: Tx, providerId: string): Promise<boolean> {
  await sql`delete from identity.accounts where provider_id = ${providerId}`.execute(tx)
  const { numAffectedRows } = await sql`
    delete from identity.sso_providers where provider_id = ${providerId}`.execute(tx)
  return numAffectedRows === 1n
}

/** Who has signed in with this account of this provider before. */
export async function findAccountOwner(
  tx: Tx,
  providerId: string,
  accountId: string,
): Promise<UserId | null> {
  const { rows } = await sql<{ userId: UserId }>`
    select user_id as "userId" from identity.accounts
    where provider_id = ${providerId} and account_id = ${accountId}`.execute(tx)
  return rows[0]?.userId ?? null
}
