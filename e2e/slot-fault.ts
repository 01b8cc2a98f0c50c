import type { System } from './system.ts'

const query = (system: Pick<System, 'testDatabase'>, text: string, values?: unknown[]) =>
  system.testDatabase.ownerPool.query(text, values)

/** From now on no slot can be given: the handler of `essays` throws for every file. Twice is once. */
export const breakSlots = (system: Pick<System, 'testDatabase'>) =>
  query(
    system,
    `create or replace function essays.planted_fault() returns trigger language plpgsql as $$
       begin raise exception 'planted fault' using errcode = '23514'; end $$;
     create or replace trigger planted_fault before insert or update on essays.slots
       for each row execute function essays.planted_fault()`,
  )

export const mendSlots = (system: Pick<System, 'testDatabase'>) =>
  query(system, 'drop trigger planted_fault on essays.slots; drop function essays.planted_fault()')

/** As if the next hop of the file had been waited for two minutes too long. */
export const makeOverdue = (system: Pick<System, 'testDatabase'>, fileUploadId: string) =>
  query(
    system,
    `update trace.expectations set since = now() - interval '3 minutes', due_at = now() - interval '2 minutes'
     where file_upload_id = $1`,
    [fileUploadId],
  )
