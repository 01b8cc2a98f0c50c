-- When a phase of an essay first succeeded, or last failed; null for what was done before this was kept, until
-- the projection is rebuilt.
alter table results.essay_phases add column done_at timestamptz;

-- When the essay took its slot.
alter table results.essays add column seated_at timestamptz;
