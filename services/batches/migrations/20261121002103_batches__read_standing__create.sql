-- Asked by every request that names something of a batch, so it is one statement and no transaction, and the
-- owner's: the row is of the school that the caller names, and the caller names what a credential has shown.
create function batches.read_standing(asked_school uuid, asked_batch uuid, asked_user uuid)
  returns table (mine boolean, shared boolean, removed boolean)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select b.owner_id is not distinct from asked_user,
      exists (select from batches.shares s
        where s.batch_id = b.batch_id and s.user_id = asked_user and s.school_id = asked_school),
      b.removed_at is not null
    from batches.batches b where b.batch_id = asked_batch and b.school_id = asked_school
  $$;
revoke all on function batches.read_standing(uuid, uuid, uuid) from public;
grant execute on function batches.read_standing(uuid, uuid, uuid) to assay_app;
