-- Files that are removed: the news of a text may come late, or a second time, and must not seat them again.
create table essays.removed (
  file_upload_id uuid primary key,
  school_id uuid not null
);
alter table essays.removed enable row level security;
create policy school on essays.removed
  using (school_id = nullif(current_setting('assay.school_id', true), '')::uuid);
grant select, insert, delete on essays.removed to assay_app;
