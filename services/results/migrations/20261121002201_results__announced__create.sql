-- Runs whose results were said to be ready. A rebuild of the read model leaves them: nothing is said twice.
create table results.announced (
  run_id uuid primary key,
  school_id uuid not null
);
alter table results.announced enable row level security;
create policy school on results.announced
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, update, delete on results.announced to assay_app;
